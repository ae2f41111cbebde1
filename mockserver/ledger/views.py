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
from mockserver.ledger.line_item import RULES, ItemStatus, ItemType, LineItem
from mockserver.ledger.money import NOTHING, Balances, Bucket, Cents, in_bucket
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
    status: ItemStatus = ItemStatus.VALID


def balances(account: Account, now: datetime) -> Balances:
    """Give what is owed at ``now``, bucket by bucket. Principal may be negative (ledger.md L7)."""
    owed = account.owed.minus(in_bucket(Bucket.PRINCIPAL, account.surplus_cents))
    for item in account.waiting:
        if item.effective_at > now:
            break
        owed = owed.plus(_as_waiting(item))
    return owed


def balances_as_of(account: Account, effective_at: datetime, created_at: datetime) -> Balances:
    """Give the balances at ``effective_at`` as far as they were known at ``created_at``.

    A fold over items (ledger.md L21): both bounds are inclusive. An item that was not processed
    by ``created_at`` counts as in :func:`balances`.
    """
    owed = NOTHING
    for item in account.items:
        if item.created_at > created_at or _counts_from(item) > effective_at:
            continue
        processed = account.processed.get(item.line_item_id)
        bucket = RULES[item.item_type].bucket
        if bucket is not None or processed is None or processed.processed_at > created_at:
            owed = owed.plus(_as_waiting(item))
        else:
            left = in_bucket(Bucket.PRINCIPAL, processed.left_cents)
            owed = owed.minus(processed.taken).minus(left)
    return owed


def _counts_from(item: LineItem) -> datetime:
    """Give the instant from which an item counts: what does not wait counts from its creation."""
    if RULES[item.item_type].waits_for_effect:
        return item.effective_at
    return min(item.effective_at, item.created_at)


def _as_waiting(item: LineItem) -> Balances:
    """Give what an item adds before, or without, being poured."""
    bucket = RULES[item.item_type].bucket
    return in_bucket(Bucket.PRINCIPAL if bucket is None else bucket, item.amount_cents)


def available_credit_cents(account: Account) -> Cents:
    """Give what the limit leaves to charges and loans, from 0 to the limit (ledger.md L15)."""
    limit_cents = account.terms.credit_limit_cents
    return max(0, min(limit_cents, limit_cents - account.credit_used_cents))


def summary(account: Account, now: datetime) -> Summary:
    """Give the account's summary at ``now``.

    On INSTALLMENT products both kinds of interest are amortised (ledger.md L5).
    """
    owed = balances(account, now)
    terms = account.terms
    amortised = terms.product.product_type is ProductType.INSTALLMENT
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
        total_paid_to_date_cents=-account.paid_cents,
        total_interest_paid_to_date_cents=-account.interest_paid_cents,
        initial_principal_cents=terms.initial_principal_cents,
        interest_rate_percent=terms.interest_rate_percent,
    )


def view(account: Account, item: LineItem) -> ItemView:
    """Give ``item`` of ``account`` as it is read back."""
    processed = account.processed.get(item.line_item_id)
    bucket = RULES[item.item_type].bucket
    updated_at = item.created_at if processed is None else processed.processed_at
    description = item.description
    if bucket is not None:
        left_cents = _still_owed_cents(account, item, bucket)
    elif processed is None:
        left_cents = item.amount_cents
    else:
        left_cents = -processed.left_cents
        poured_cents = processed.taken.total_cents
        description = f"upd payment principal_cents: {item.amount_cents} + {poured_cents}"
    is_principal = item.item_type in (ItemType.CHARGE, ItemType.LOAN)
    return ItemView(item, left_cents, left_cents * is_principal, description, updated_at)


def as_created(item: LineItem) -> ItemView:
    """Give ``item`` as a POST answers it: before anything was done with it (ledger.md L17)."""
    amount_cents = item.amount_cents
    return ItemView(item, amount_cents, amount_cents, item.description, item.created_at)


def _still_owed_cents(account: Account, item: LineItem, bucket: Bucket) -> Cents:
    key = item[:2]
    if account.waiting.find(key) is not None:
        return item.amount_cents
    lot = account.lots[bucket].find(key)
    return 0 if lot is None else lot.left_cents
