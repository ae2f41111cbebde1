"""Closing billing cycles: interest, statements, due days (ledger.md L12, L16, L22, L23)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mockserver.ledger import calendar
from mockserver.ledger.account import Account
from mockserver.ledger.calendar import LAST
from mockserver.ledger.draft import Draft
from mockserver.ledger.events import ClosedCycle, CyclesClosed
from mockserver.ledger.interest import interest_cents, min_pay_cents
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import Balances, Bucket, Cents
from mockserver.ledger.schedule import due_day
from mockserver.ledger.statement import Statement
from mockserver.ledger.views import credit_left_cents

_new = tuple.__new__  # see lots.py

_SECOND = timedelta(seconds=1)


def close_cycles(draft: Draft, to: datetime) -> None:
    """Close the cycle that is due, and all that end by ``to`` and before anything else comes.

    Nothing but interest changes from one of them to the next, so they are one event.
    """
    account = draft.account
    standing = account.standing
    schedule = standing.schedule
    waiting = account.waiting.head
    until = min(
        to,
        schedule.next_beside_cycles(),
        LAST if waiting is None else waiting.effective_at,
        *(of.next_change(schedule.cycle_end) for of in standing.ahead),
    )
    run = Run(account)
    closed = []
    due_days = schedule.due_days
    while run.end <= until:
        cycle = run.close_next(draft)
        closed.append(cycle)
        due = due_day(account.terms, cycle.statement)
        if due is not None:
            due_days = (*due_days, due)
            until = min(until, due.at)
    account_id = account.terms.account_id
    draft.add(CyclesClosed(account_id, tuple(closed), run.last_day, due_days))


class Run:
    """Cycles that follow each other, with nothing between them."""

    def __init__(self, account: Account) -> None:
        """Begin with the cycle that ``account`` closes next."""
        terms, schedule = account.terms, account.standing.schedule
        figures, product = account.figures, terms.product
        assert terms.cycle_type is not None, "an account without cycles has none to close"
        self.end = schedule.cycle_end
        """The end of the cycle that is closed next."""
        self.last_day: date = schedule.last_day
        """The local day that begins there."""
        self._start = schedule.cycle_start
        self._interval = terms.cycle_type.cycle_interval
        self._due_interval = terms.cycle_type.cycle_due_interval
        self._min_pay = product.min_pay
        self._zone = calendar.zone(product.time_zone)
        self._item_type, self._bucket = ItemType.INTEREST, Bucket.INTEREST
        if product.defers_interest:
            self._item_type, self._bucket = ItemType.DEFERRED_INTEREST, Bucket.DEFERRED_INTEREST
        owed = figures.owed
        charges_cents = 0
        between = (of.item for of in account.standing.ahead if of.is_between(self.end))
        for item in between:
            assert item.poured is not None, "what cancels has poured"
            owed = owed.plus(item.poured.taken)
            if item.item_type is ItemType.CHARGE_REVERSAL:
                charges_cents -= item.amount_cents
        principal_cents = owed.principal_cents - figures.surplus_cents
        self._owed = owed._replace(principal_cents=principal_cents)
        self._cents = interest_cents(terms, principal_cents, is_first=False)
        self._first_cents = interest_cents(terms, principal_cents, is_first=True)
        self._parts: tuple[Cents, ...] = (
            figures.charges_cents + charges_cents,
            figures.loans_cents,
            figures.reversals_cents,
            credit_left_cents(account, charges_cents),
        )
        previous = account.standing.statements.last
        self._number = 0 if previous is None else previous.number + 1
        self._previous_cents = 0 if previous is None else previous.owed.total_cents

    def close_next(self, draft: Draft) -> ClosedCycle:
        """Post a cycle's interest, cut its statement, and go on to the next cycle."""
        interest = self._interest(draft)
        created_at = draft.created_at()
        owed, start, end, number = self._owed, self._start, self.end, self._number
        due_on = calendar.date_after(self.last_day, self._due_interval)
        statement = _new(
            Statement,
            (
                *(draft.generated_id(), number, start, end, created_at),
                calendar.midnight(due_on, self._zone),
                min_pay_cents(self._min_pay, owed),
                *(owed, *self._parts, self._previous_cents),
            ),
        )
        self._previous_cents = owed.total_cents
        self._number = number + 1
        self._start = end
        self.last_day = calendar.date_after(self.last_day, self._interval)
        self.end = calendar.midnight(self.last_day, self._zone)
        return _new(ClosedCycle, (statement, interest))

    def _interest(self, draft: Draft) -> LineItem | None:
        owed = self._owed
        cents = self._cents if self._number else self._first_cents
        if not cents:
            return None
        amounts = list(owed)
        amounts[self._bucket] += cents
        self._owed = _new(Balances, amounts)
        return draft.item(self._item_type, cents, self.end - _SECOND)
