"""Carrying out what is due: pouring, loans, interest, statements, fees (ledger.md L10 to L14, L23).

Due work is done in the order of its time, whoever asks for it and in however many steps. Of what
falls on one instant a cycle is closed first, then come scheduled fees, then items.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from mockserver.ledger.account import Account
from mockserver.ledger.closing import close_cycles
from mockserver.ledger.draft import Draft
from mockserver.ledger.events import (
    ChargeRolled,
    DueDayPassed,
    FeeFellDue,
    Processed,
)
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import NOTHING, Bucket
from mockserver.ledger.pouring import DEFAULT_ORDER, ORDER_BY_ALLOCATION, Poured, pour

_new = tuple.__new__  # see lots.py

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


def is_due(account: Account, now: datetime) -> bool:
    """Tell whether something is due at ``now``."""
    if account.standing.schedule.next_at <= now:
        return True
    head = account.waiting.head
    return head is not None and head.effective_at <= now


def carry_out_to(draft: Draft, now: datetime) -> None:
    """Carry out everything up to ``now``, and including it."""
    while is_due(draft.account, now):
        _next_step(draft, now)


def carry_out_before(draft: Draft, end: datetime) -> None:
    """Carry out everything before ``end``, and a cycle that comes to its end there (L14)."""
    carry_out_to(draft, end - _MICROSECOND)
    if draft.account.standing.schedule.cycle_end <= end:
        close_cycles(draft, end)


def process_item(draft: Draft, item: LineItem) -> None:
    """Carry out one waiting item."""
    poured = Poured(NOTHING)
    if item.item_type.rule.bucket is None:
        poured = pour_item(draft.account, item.item_type, item.amount_cents, item.allocation)
    created_at = draft.created_at()
    account_id = draft.account.terms.account_id
    draft.add(Processed(account_id, item.line_item_id, created_at, poured))


def pour_item(
    account: Account, item_type: ItemType, amount_cents: int, allocation: Bucket | None
) -> Poured:
    """Give how an item of minus ``amount_cents`` pours (ledger.md L5 to L7, L11)."""
    if item_type is not ItemType.DEBIT_OFFSET:
        return pour(-amount_cents, account.figures.owed, DEFAULT_ORDER)
    first = Bucket.PRINCIPAL if allocation is None else allocation
    return pour(-amount_cents, account.figures.owed, ORDER_BY_ALLOCATION[first])


def _next_step(draft: Draft, now: datetime) -> None:
    """Carry out what comes first; there is something."""
    account = draft.account
    schedule = account.standing.schedule
    head = account.waiting.head
    if head is not None and head.effective_at < schedule.next_at:
        process_item(draft, head)
    elif schedule.cycle_end == schedule.next_at:
        close_cycles(draft, now)
    elif schedule.loan_at == schedule.next_at:
        make_loan(draft)
    elif schedule.month_fee_at == schedule.next_at:
        charge_fee(draft, ItemType.MONTH_FEE)
    elif schedule.year_fee_at == schedule.next_at:
        charge_fee(draft, ItemType.YEAR_FEE)
    else:
        pass_due_day(draft)


def charge_fee(draft: Draft, item_type: ItemType) -> None:
    """Charge the monthly or the yearly fee that is due next."""
    terms, schedule = draft.account.terms, draft.account.standing.schedule
    cents, at = {
        ItemType.MONTH_FEE: (terms.fees.month_cents, schedule.month_fee_at),
        ItemType.YEAR_FEE: (terms.fees.year_cents, schedule.year_fee_at),
    }[item_type]
    draft.add(FeeFellDue(terms.account_id, draft.item(item_type, cents, at)))


def make_loan(draft: Draft) -> None:
    """Roll the initial charge, which is the first item, into a loan."""
    account = draft.account
    charge = next(iter(account.items))
    loan = draft.item(ItemType.LOAN, charge.amount_cents, charge.effective_at)
    draft.add(ChargeRolled(account.terms.account_id, charge.line_item_id, loan))


def pass_due_day(draft: Draft) -> None:
    """Charge a late fee if less than the minimum was paid in time (ledger.md L23)."""
    account = draft.account
    day = account.standing.schedule.due_days[0]
    since = account.listed.above((day.since - _MICROSECOND, day.since))
    in_time = takewhile(lambda item: item.effective_at <= day.at, since)
    paid = -sum(
        item.amount_cents
        for item in in_time
        if item.item_type is ItemType.PAYMENT
        and account.standing.offspring.get(item.line_item_id) is None
    )
    fee = None
    if paid < day.min_pay_cents:
        fee = draft.item(ItemType.LATE_FEE, account.terms.fees.late_cents, day.at)
    created_at = draft.created_at() if fee is None else fee.created_at
    draft.add(DueDayPassed(account.terms.account_id, created_at, fee))
