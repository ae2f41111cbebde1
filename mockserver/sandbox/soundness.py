"""Whether a ledger could have brought an event about: it is asked to do the same again.

An event carries results, and replaying it decides nothing anew. So an event that somebody wrote by
hand is checked against what the ledger itself would have made of it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from mockserver.instants import time_zones
from mockserver.ledger.account import Account
from mockserver.ledger.closing import Run
from mockserver.ledger.commands import Processing, Stamp
from mockserver.ledger.cycle import CycleType
from mockserver.ledger.decide import REACH, post_initial, posted
from mockserver.ledger.draft import Draft
from mockserver.ledger.due import charge_fee, make_loan, pass_due_day, process_item
from mockserver.ledger.events import (
    AccountEvent,
    AccountOpened,
    Cancelled,
    ChargeRolled,
    CustomerCreated,
    CyclesClosed,
    DueDayPassed,
    Event,
    FeeFellDue,
    LineItemPosted,
    PaymentReversed,
    Processed,
    ProductCreated,
    Rolled,
    StatusChanged,
)
from mockserver.ledger.line_item import LineItem, Post
from mockserver.ledger.money import MAX_AMOUNT_CENTS
from mockserver.ledger.reversing import cancel, reverse_payment
from mockserver.ledger.schedule import due_day
from mockserver.ledger.terms import Product, Terms
from mockserver.sandbox.codec import to_json
from mockserver.sandbox.state import State

_GENERATED = re.compile(r"can_([0-9]{1,19})")
_TYPE = re.compile(r"[A-Z_]{1,50}")
_ROLES = ("PRIMARY", "SECONDARY")
_MAX_INTERVAL = 9_999
_MAX_DEPTH = 32
"""As in answers, which show what a product was created with."""


class UnsoundError(Exception):
    """No ledger brings this about. The message says why not."""


def check(state: State, event: Event, latest: datetime) -> None:
    """Make sure that ``event`` can come after ``state``, and not after ``latest``.

    Raises UnsoundError, or what the ledger raises where it cannot do the same.
    """
    first = _first_created_at(event)
    if not state.last_created_at < first or not event.created_at <= latest:
        raise UnsoundError(
            f"created_at has to be after {state.last_created_at.isoformat()} and not after "
            f"{latest.isoformat()}"
        )
    for problem in _problems(state, event, Stamp(first, state.next_id)):
        raise UnsoundError(problem)


def _first_created_at(event: Event) -> datetime:
    """Give when the first fact of an event was created."""
    if isinstance(event, PaymentReversed):
        return event.items[0].created_at
    if isinstance(event, CyclesClosed):
        statement, interest = event.cycles[0]
        return statement.created_at if interest is None else interest.created_at
    return event.created_at


def _problems(state: State, event: Event, stamp: Stamp) -> Iterator[str]:
    if isinstance(event, ProductCreated):
        yield from _of_id(state, event.product.product_id, state.products)
        yield from _of_product(event.product)
    elif isinstance(event, CustomerCreated):
        yield from _of_id(state, event.customer.customer_id, state.customers)
    elif isinstance(event, AccountOpened):
        yield from _of_id(state, event.account_id, (*state.own, *state.base))
        yield from _of_terms(state, event)
    else:
        account = state.find(event.account_id)
        if account is None:
            yield f"there is no account {event.account_id!r}"
        elif isinstance(event, Rolled):
            if event.processed_to - event.created_at > REACH:
                yield "processed_to is more than a hundred years ahead"
        elif not isinstance(event, StatusChanged):
            yield from _of_post(state, event)
            yield from _of_outcome(account, event, stamp)


def _of_id(state: State, new: str, known: Iterable[str]) -> Iterator[str]:
    if not new or new in known:
        yield f"the id {new!r} is empty, or there already"
    match = _GENERATED.fullmatch(new)
    if match is not None and int(match[1]) > state.next_id:
        yield f"the id {new!r} is still to be generated, after can_{state.next_id}"


def _of_cents(of: str, values: Iterable[int]) -> Iterator[str]:
    if not all(0 <= cents <= MAX_AMOUNT_CENTS for cents in values):
        yield f"{of} has cents that are not from 0 to {MAX_AMOUNT_CENTS}"


def _of_product(product: Product) -> Iterator[str]:
    yield from _of_cents("the product", (product.credit_limit_cents, *product.fees))
    yield from _of_cycles(product.cycle_type)
    if product.time_zone not in time_zones():
        yield f"{product.time_zone!r:.60} is no time zone"
    if not _TYPE.fullmatch(product.product_type):
        yield f"{product.product_type!r:.60} is no type of a product"
    if product.document and not _is_document(product.document):
        yield "the product's document is no JSON object as it is kept"


def _of_cycles(cycle_type: CycleType | None) -> Iterator[str]:
    for name, interval in zip(CycleType._fields, cycle_type or (), strict=False):
        least = 1 if name in ("cycle_interval", "first_cycle_interval") else 0
        if interval is not None and not least <= interval.number <= _MAX_INTERVAL:
            yield f"{name} is not from {least} to {_MAX_INTERVAL}"


def _of_terms(state: State, event: AccountOpened) -> Iterator[str]:
    terms: Terms = event.terms
    if terms.account_id != event.account_id:
        yield "the terms are those of another account"
    if abs(terms.effective_at - terms.created_at) > REACH:
        yield "effective_at is more than a hundred years from created_at"
    yield from _of_product(terms.product)
    yield from _of_cycles(terms.cycle_type)
    yield from _of_cents(
        "the account", (terms.credit_limit_cents, terms.initial_principal_cents, *terms.fees)
    )
    for holder in terms.holders:
        if holder.customer_id not in state.customers or holder.role not in _ROLES:
            yield f"{holder.customer_id!r} is no customer, or {holder.role!r} no role"


def _of_post(state: State, event: AccountEvent) -> Iterator[str]:
    """Tell what is wrong with what was asked for; what came of it is the ledger's."""
    asked: Post | None = event.item.asked if isinstance(event, LineItemPosted) else None
    if asked is None:
        return
    yield from _of_cents("what was asked for", (asked.amount_cents,))
    if asked.line_item_id is not None:
        yield from _of_id(state, asked.line_item_id, ())
    code = None if asked.merchant is None else asked.merchant.mcc_code
    if isinstance(code, float) and not math.isfinite(code):
        yield "mcc_code is no number"


def _of_outcome(account: Account, event: AccountEvent, stamp: Stamp) -> Iterator[str]:
    """Tell where the ledger does something else, whoever is to carry out what is due."""
    account = account.sealed()
    told = ""
    for processing in Processing:
        draft = Draft(account, stamp._replace(processing=processing))
        again = _as_late(_again(draft, event), event)
        if again == event:
            return
        told = told or next(_differences("", to_json(again), to_json(event)), "it is another event")
    yield told


def _differences(place: str, again: Any, event: Any) -> Iterator[str]:
    """Tell what the ledger makes otherwise, and where."""
    if isinstance(again, dict) and isinstance(event, dict):
        for name in {**again, **event}:
            yield from _differences(f"{place}.{name}", again.get(name), event.get(name))
    elif isinstance(again, list) and isinstance(event, list) and len(again) == len(event):
        for at, (one, other) in enumerate(zip(again, event, strict=True)):
            yield from _differences(f"{place}[{at}]", one, other)
    elif again != event:
        yield f"{place[1:]} is {event!r:.60}; the ledger makes it {again!r:.60}"


def _again(draft: Draft, event: AccountEvent) -> AccountEvent:
    account = draft.account
    match event:
        case LineItemPosted(item=LineItem(asked=None)):
            post_initial(draft, event.item.item_type)
        case LineItemPosted():
            assert event.item.asked is not None
            return posted(account, event.item.asked, draft.stamp, draft.now)
        case Processed():
            process_item(draft, _item(account, event.line_item_id))
        case ChargeRolled():
            make_loan(draft)
        case CyclesClosed():
            return _closed_again(draft, len(event.cycles))
        case FeeFellDue():
            charge_fee(draft, event.fee.item_type)
        case DueDayPassed():
            pass_due_day(draft)
        case PaymentReversed():
            reverse_payment(draft, _item(account, event.payment_id))
        case Cancelled():
            cancel(draft, _item(account, event.line_item_id), event.item.item_type)
    return draft.events[-1]


def _closed_again(draft: Draft, cycles: int) -> CyclesClosed:
    run, terms = Run(draft.account), draft.account.terms
    closed = tuple(run.close_next(draft) for _ in range(cycles))
    due = (due_day(terms, cycle.statement) for cycle in closed)
    days = (*draft.account.standing.schedule.due_days, *(day for day in due if day is not None))
    return CyclesClosed(terms.account_id, closed, run.last_day, days)


def _item(account: Account, line_item_id: str) -> LineItem:
    item = account.items.get(line_item_id)
    assert item is not None, f"there is no item {line_item_id!r}"
    return item


def _as_late(again: Any, event: Any) -> Any:
    """Give what was done again, with what counts from *now* where it did the first time.

    That was when the command came: before all that was due was carried out, so before created_at.
    """
    asked = event.item.asked if isinstance(event, LineItemPosted) else None
    if isinstance(event, Cancelled) or (asked is not None and asked.effective_at is None):
        return again._replace(item=_item_as_late(again.item, event.item))
    if isinstance(event, PaymentReversed):
        pairs = zip(again.items, event.items, strict=True)
        return again._replace(items=tuple(_item_as_late(*pair) for pair in pairs))
    return again


def _item_as_late(again: LineItem, item: LineItem) -> LineItem:
    earlier = item.effective_at <= again.effective_at
    return again._replace(effective_at=item.effective_at) if earlier else again


def _is_document(text: str) -> bool:
    """Tell whether a text is a JSON object, written as products keep it."""
    try:
        value = json.loads(text, parse_constant=lambda name: name)
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return False
    is_kept_so = written == text and "\\u0000" not in text
    return is_kept_so and isinstance(value, dict) and _depth(value) <= _MAX_DEPTH


def _depth(value: Any) -> int:
    """Give how deep arrays and objects nest."""
    depth, level = 0, [value]
    while level := [node for node in level if isinstance(node, dict | list)]:
        depth += 1
        level = [m for n in level for m in (n.values() if isinstance(n, dict) else n)]
    return depth
