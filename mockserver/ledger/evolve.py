"""From an account and an event to the account after it. Pure, total, and the only such step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from mockserver.ledger.account import Account, Cancellation, Figures, Standing
from mockserver.ledger.events import (
    AccountEvent,
    AccountOpened,
    Cancelled,
    ChargeRolled,
    CyclesClosed,
    DueDayPassed,
    FeeFellDue,
    LineItemPosted,
    PaymentReversed,
    Processed,
    Rolled,
    StatusChanged,
)
from mockserver.ledger.history import History
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.lots import count, count_all, drop, take
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.pouring import Poured
from mockserver.ledger.schedule import opening_schedule
from mockserver.ledger.terms import AccountStatus

_new = tuple.__new__  # see lots.py


def evolve(account: Account | None, event: AccountEvent) -> Account:
    """Give the account after ``event``. Only :class:`AccountOpened` applies to no account."""
    if type(event) is LineItemPosted and account is not None:
        return _posted(account, event)
    if isinstance(event, AccountOpened):
        assert account is None, f"{event.account_id!r} was opened twice"
        return _opened(event)
    assert account is not None, f"{event.account_id!r} was never opened"
    return _STEPS[type(event)](account, event)


def replay(events: Iterable[AccountEvent], account: Account | None = None) -> Account | None:
    """Give the account after all ``events``, in order."""
    return reduce(evolve, events, account)


def _opened(event: AccountOpened) -> Account:
    terms = event.terms
    return Account(
        terms=terms,
        standing=Standing(
            status=AccountStatus.ACTIVE,
            processed_to=min(terms.effective_at, terms.created_at),
            schedule=opening_schedule(terms),
            statements=History(),
            offspring=History(),
        ),
        items=History(),
        listed=Ordered(),
        processed=History(),
        waiting=Ordered(),
        lots=(Ordered(), Ordered(), Ordered(), Ordered()),
        figures=Figures(),
    )


def _status_changed(account: Account, event: StatusChanged) -> Account:
    return account._replace(standing=account.standing._replace(status=event.status))


def _posted(account: Account, event: LineItemPosted) -> Account:
    item = event.item
    if event.waits:
        return _with_waiting_item(account, item)
    return _with_counting_item(account, item)


def _processed(account: Account, event: Processed) -> Account:
    item = account.items.get(event.line_item_id)
    assert item is not None, f"{event.line_item_id!r} was processed but never posted"
    assert account.waiting.find(item[:2]), f"{event.line_item_id!r} was processed but did not wait"
    account = account._replace(
        waiting=account.waiting.removed(item),
        processed=account.processed.added(event.line_item_id, event),
    )
    if item.item_type.rule.bucket is None:
        lots, figures = _poured(account, item.item_type, event.poured)
    else:
        lots, figures = count(account.lots, account.figures, item)
    return account._replace(lots=lots, figures=figures)


def _charge_rolled(account: Account, event: ChargeRolled) -> Account:
    charge = account.items.get(event.charge_id)
    assert charge is not None, f"{event.charge_id!r} was rolled but never posted"
    lots, figures = drop(account.lots, account.figures, charge)
    account = _with_offspring(account._replace(lots=lots, figures=figures), charge, event.loan)
    standing = account.standing._replace(schedule=account.standing.schedule.after_loan())
    return _with_counting_item(account, event.loan, standing)


def _cycles_closed(account: Account, event: CyclesClosed) -> Account:
    standing = account.standing
    statements = [statement for statement, _ in event.cycles]
    end = statements[-1].cycle_end
    schedule = standing.schedule.after_cycles(account.terms, end, event.last_day, event.due_days)
    standing = standing._replace(
        schedule=schedule,
        statements=standing.statements.extended([of.statement_id for of in statements], statements),
        ahead=tuple(of for of in standing.ahead if of.item.effective_at >= schedule.cycle_end),
    )
    interest = [item for _, item in event.cycles if item is not None]
    if not interest:
        return account._replace(standing=standing)
    lots, figures = count_all(account.lots, account.figures, interest)
    return account._replace(
        standing=standing,
        items=account.items.extended([item.line_item_id for item in interest], interest),
        listed=account.listed.extended(interest),
        lots=lots,
        figures=figures,
    )


def _fee_fell_due(account: Account, event: FeeFellDue) -> Account:
    standing = account.standing
    schedule = standing.schedule.after_fee(account.terms, event.fee.item_type)
    return _with_counting_item(account, event.fee, standing._replace(schedule=schedule))


def _due_day_passed(account: Account, event: DueDayPassed) -> Account:
    standing = account.standing
    standing = standing._replace(schedule=standing.schedule.after_due_day())
    if event.fee is None:
        return account._replace(standing=standing)
    return _with_counting_item(account, event.fee, standing)


def _payment_reversed(account: Account, event: PaymentReversed) -> Account:
    payment = account.items.get(event.payment_id)
    assert payment is not None, f"{event.payment_id!r} was reversed but never posted"
    poured = poured_by(account, payment)
    assert poured is not None, f"{event.payment_id!r} was reversed before it poured"
    account = _with_offspring(account, payment, *event.items)
    for item in event.items:
        if event.waits:
            account = _with_waiting_item(account, item)
        else:
            account = _with_counting_item(account, item)
    figures = account.figures
    return account._replace(
        figures=figures._replace(
            paid_cents=figures.paid_cents + payment.amount_cents,
            interest_paid_cents=figures.interest_paid_cents - poured.interest_cents,
        )
    )


def _cancelled(account: Account, event: Cancelled) -> Account:
    cancelled = account.items.get(event.line_item_id)
    assert cancelled is not None, f"{event.line_item_id!r} was cancelled but never posted"
    lots, figures = drop(account.lots, account.figures, cancelled)
    standing = account.standing
    if event.item.effective_at >= standing.schedule.cycle_end:
        standing = standing._replace(ahead=(*standing.ahead, Cancellation(cancelled, event.item)))
    account = account._replace(lots=lots, figures=figures, standing=standing)
    return _with_offspring(_with_item(account, event.item), cancelled, event.item)


def _rolled(account: Account, event: Rolled) -> Account:
    to = max(account.standing.processed_to, event.processed_to)
    return account._replace(standing=account.standing._replace(processed_to=to))


_STEPS: dict[type, Callable[[Account, Any], Account]] = {
    StatusChanged: _status_changed,
    LineItemPosted: _posted,
    Processed: _processed,
    ChargeRolled: _charge_rolled,
    CyclesClosed: _cycles_closed,
    FeeFellDue: _fee_fell_due,
    DueDayPassed: _due_day_passed,
    PaymentReversed: _payment_reversed,
    Cancelled: _cancelled,
    Rolled: _rolled,
}


def poured_by(account: Account, item: LineItem) -> Poured | None:
    """Give how ``item`` poured, or None if it has not yet."""
    if item.poured is not None:
        return item.poured
    processed = account.processed.get(item.line_item_id)
    return None if processed is None else processed.poured


def _with_item(account: Account, item: LineItem) -> Account:
    """Add a fact, and let it count nowhere yet."""
    return account._replace(
        items=account.items.added(item.line_item_id, item), listed=account.listed.added(item)
    )


def _with_waiting_item(account: Account, item: LineItem) -> Account:
    """Add a fact that counts, or pours, only once it is processed."""
    return _with_item(account, item)._replace(waiting=account.waiting.added(item))


def _with_counting_item(
    account: Account, item: LineItem, standing: Standing | None = None
) -> Account:
    """Add a fact that counts, or has poured, at once; and change the standing, if one is given."""
    terms, before, items, listed, processed, waiting, lots, figures = account
    if item.poured is None:
        lots, figures = count(lots, figures, item)
    elif item.item_type is ItemType.PAYMENT:
        lots, figures = _poured(account, item.item_type, item.poured)
    else:
        lots, figures = take(lots, figures, item.poured)
    return _new(
        Account,
        (
            terms,
            before if standing is None else standing,
            items.added(item.line_item_id, item),
            listed.added(item),
            processed,
            waiting,
            lots,
            figures,
        ),
    )


def _with_offspring(account: Account, parent: LineItem, *children: LineItem) -> Account:
    ids = tuple(child.line_item_id for child in children)
    offspring = account.standing.offspring.added(parent.line_item_id, ids)
    return account._replace(standing=account.standing._replace(offspring=offspring))


def _poured(
    account: Account, item_type: ItemType, poured: Poured
) -> tuple[tuple[Ordered[Any], ...], Figures]:
    lots, figures = take(account.lots, account.figures, poured)
    if item_type is not ItemType.PAYMENT:
        return lots, figures
    return lots, figures._replace(
        paid_cents=figures.paid_cents + poured.taken.total_cents + poured.left_cents,
        interest_paid_cents=figures.interest_paid_cents + poured.interest_cents,
    )
