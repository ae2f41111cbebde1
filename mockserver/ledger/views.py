"""What can be read of an account: balances, its summary, its items. Nothing here changes anything.

Every view takes ``now``: an item with a later ``effective_at`` that waits to be processed counts
in no balance (ledger.md L19), one that waits although its time has come counts as negative
principal (ledger.md L10).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import NOTHING, Balances, Bucket, Cents, in_bucket
from mockserver.ledger.pouring import Poured
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import ProductType


class Summary(NamedTuple):
    """The figures of an account, as its summary shows them (openapi.yaml, ``AccountSummary``)."""

    total_balance_cents: Cents
    principal_cents: Cents
    interest_balance_cents: Cents
    am_interest_balance_cents: Cents
    deferred_interest_balance_cents: Cents
    am_deferred_interest_balance_cents: Cents
    fees_balance_cents: Cents
    credit_limit_cents: Cents
    available_credit_cents: Cents
    open_to_buy_cents: Cents
    total_payoff_cents: Cents
    total_paid_to_date_cents: Cents
    total_interest_paid_to_date_cents: Cents
    initial_principal_cents: Cents
    interest_rate_percent: Decimal


class ItemView(NamedTuple):
    """A line item as it is read back (ledger.md L17)."""

    item: LineItem
    balance_cents: Cents
    """What is left of it: of a positive item what is still owed, of a negative one what found no
    bucket, or all of it while it waits.
    """
    principal_cents: Cents
    """The same for charges and loans, 0 for everything else."""
    description: str
    updated_at: datetime
    status: str


def balances(account: Account, now: datetime) -> Balances:
    """Give what is owed at ``now``, bucket by bucket. Principal may be negative (ledger.md L7)."""
    figures = account.figures
    owed = figures.owed
    if figures.surplus_cents:
        owed = owed.minus(in_bucket(Bucket.PRINCIPAL, figures.surplus_cents))
    for item in account.waiting:
        if item.effective_at <= now or not item.item_type.rule.waits_for_effect:
            owed = owed.plus(_as_waiting(item))
    return owed


def balances_as_of(account: Account, effective_at: datetime, created_at: datetime) -> Balances:
    """Give the balances at ``effective_at`` as far as they were known at ``created_at``.

    A fold over items (ledger.md L21): both bounds are inclusive. An item that was not processed
    by ``created_at`` counts as in :func:`balances`. A loan stands for the charge it was made of.
    """
    owed = NOTHING
    for item in account.items:
        if item.created_at > created_at or _counts_from(item) > effective_at:
            continue
        poured = _poured_by(account, item, created_at)
        if is_made_of_charge(account, item):
            continue
        if item.item_type.rule.bucket is not None or poured is None:
            owed = owed.plus(_as_waiting(item))
        else:
            left = in_bucket(Bucket.PRINCIPAL, poured.left_cents)
            owed = owed.minus(poured.taken).minus(left)
    return owed


def is_made_of_charge(account: Account, item: LineItem) -> bool:
    """Tell whether ``item`` is the loan that the initial charge was rolled into (ledger.md L4)."""
    if item.item_type is not ItemType.LOAN or item.asked is not None:
        return False
    charge = next(iter(account.items))
    return account.standing.offspring.get(charge.line_item_id) == (item.line_item_id,)


def _poured_by(account: Account, item: LineItem, created_at: datetime) -> Poured | None:
    """Give how ``item`` had poured by ``created_at``, or None if it had not."""
    if item.poured is not None:
        return item.poured
    processed = account.processed.get(item.line_item_id)
    return None if processed is None or processed.created_at > created_at else processed.poured


def _counts_from(item: LineItem) -> datetime:
    """Give the instant from which an item counts: what does not wait counts from its creation."""
    if item.item_type.rule.waits_for_effect:
        return item.effective_at
    return min(item.effective_at, item.created_at)


def _as_waiting(item: LineItem) -> Balances:
    """Give what an item adds before, or without, being poured."""
    bucket = item.item_type.rule.bucket
    return in_bucket(Bucket.PRINCIPAL if bucket is None else bucket, item.amount_cents)


def available_credit_cents(account: Account) -> Cents:
    """Give what the limit leaves to charges and loans, those that wait included."""
    waiting = (item for item in account.waiting if item.item_type is ItemType.CHARGE)
    return credit_left_cents(account, sum(item.amount_cents for item in waiting))


def credit_left_cents(account: Account, more_cents: Cents = 0) -> Cents:
    """Give what the limit leaves to what is open of charges and loans and to ``more_cents``.

    From 0 to the limit (ledger.md L15).
    """
    limit_cents = account.terms.credit_limit_cents
    used_cents = account.figures.charges_cents + account.figures.loans_cents + more_cents
    return max(0, min(limit_cents, limit_cents - used_cents))


def summary(account: Account, now: datetime) -> Summary:
    """Give the account's summary at ``now``.

    On INSTALLMENT products both kinds of interest are amortised (ledger.md L5).
    """
    owed = balances(account, now)
    terms = account.terms
    amortised = terms.product.product_type == ProductType.INSTALLMENT
    interest, deferred = owed.interest_cents, owed.deferred_interest_cents
    available_cents = available_credit_cents(account)
    return Summary(
        total_balance_cents=owed.total_cents,
        principal_cents=owed.principal_cents,
        interest_balance_cents=0 if amortised else interest,
        am_interest_balance_cents=interest if amortised else 0,
        deferred_interest_balance_cents=0 if amortised else deferred,
        am_deferred_interest_balance_cents=deferred if amortised else 0,
        fees_balance_cents=owed.fee_cents,
        credit_limit_cents=terms.credit_limit_cents,
        available_credit_cents=available_cents,
        open_to_buy_cents=available_cents,
        total_payoff_cents=max(owed.total_cents, 0),
        total_paid_to_date_cents=-account.figures.paid_cents,
        total_interest_paid_to_date_cents=-account.figures.interest_paid_cents,
        initial_principal_cents=terms.initial_principal_cents,
        interest_rate_percent=terms.interest_rate_percent,
    )


def view(account: Account, item: LineItem) -> ItemView:
    """Give ``item`` of ``account`` as it is read back."""
    bucket = item.item_type.rule.bucket
    updated_at, description = item.created_at, item.description
    if bucket is not None:
        left_cents = _still_owed_cents(account, item, bucket)
    else:
        processed = account.processed.get(item.line_item_id)
        poured = item.poured if processed is None else processed.poured
        left_cents = item.amount_cents if poured is None else -poured.left_cents
        if processed is not None:
            updated_at = processed.created_at
        if poured is not None and item.item_type.rule.waits_for_effect:
            poured_cents = poured.taken.total_cents
            description = f"upd payment principal_cents: {item.amount_cents} + {poured_cents}"
    is_principal = item.item_type in (ItemType.CHARGE, ItemType.LOAN)
    return ItemView(
        item,
        left_cents,
        left_cents * is_principal,
        description,
        updated_at,
        _status(account, item),
    )


def _status(account: Account, item: LineItem) -> str:
    """Give what has become of an item; a charge keeps the status it was sent with until then."""
    children = account.standing.offspring.get(item.line_item_id)
    if children is not None:
        child = account.items.get(children[0])
        rolled = child is not None and child.item_type is ItemType.LOAN
        return "ROLLED" if rolled else "REVERSED"
    return _sent_status(item)


def _sent_status(item: LineItem) -> str:
    sent = None if item.asked is None else item.asked.status
    return "VALID" if sent is None else sent


def as_created(item: LineItem) -> ItemView:
    """Give ``item`` as a POST answers it: before anything was done with it (ledger.md L17)."""
    amount_cents = item.amount_cents
    return ItemView(
        item,
        amount_cents,
        amount_cents,
        item.description,
        item.created_at,
        _sent_status(item),
    )


def _still_owed_cents(account: Account, item: LineItem, bucket: Bucket) -> Cents:
    key = item[:2]
    if account.waiting.find(key) is not None:
        return item.amount_cents
    lot = account.lots[bucket].find(key)
    return 0 if lot is None else lot.left_cents


def children(account: Account, item: LineItem) -> list[LineItem]:
    """Give the items that came out of ``item``, oldest first."""
    ids = account.standing.offspring.get(item.line_item_id) or ()
    found = (account.items.get(line_item_id) for line_item_id in ids)
    return [child for child in found if child is not None]


def items_of(account: Account, statement: Statement) -> list[LineItem]:
    """Give the items that are on ``statement`` and on none before it, newest first.

    An item is on the first statement whose cycle ends after its ``effective_at`` and that was cut
    after it was created: a back-dated item is on the next one (ledger.md L16).
    """
    statements = list(account.standing.statements)[: statement.number + 1]
    before = statements[-2] if statement.number else None
    return [
        item
        for item in account.listed.below()
        if _is_on(item, statement) and not (before is not None and _is_on(item, before))
    ]


def _is_on(item: LineItem, statement: Statement) -> bool:
    """Tell whether an item is on ``statement``, or on one before it."""
    return item.effective_at < statement.cycle_end and item.created_at < statement.created_at
