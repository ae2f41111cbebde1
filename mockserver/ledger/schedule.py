"""What an account has to do by the calendar, and when next: cycles, fees, due days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from mockserver.ledger import calendar
from mockserver.ledger.calendar import LAST
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Cents
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import Terms

_MONTHS_PER_YEAR = 12


class DueDay(NamedTuple):
    """When it is asked whether a statement's minimum payment was made (ledger.md L23)."""

    at: datetime
    since: datetime
    """The end of the statement's cycle: payments count from here."""
    min_pay_cents: Cents


class Schedule(NamedTuple):
    """What comes next of each kind; :data:`~mockserver.ledger.calendar.LAST` where nothing does."""

    next_at: datetime
    """The earliest of all that follow."""
    cycle_start: datetime
    cycle_end: datetime
    last_day: date
    """The local day that begins at the end of the cycle."""
    month_fee_at: datetime
    year_fee_at: datetime
    due_days: tuple[DueDay, ...] = ()
    loan_at: datetime = LAST
    """When the initial charge is rolled into a loan (ledger.md L4)."""
    months: int = 0
    """How many monthly anniversaries have passed."""
    years: int = 0

    def next_beside_cycles(self) -> datetime:
        """Give when the first thing comes that is not the end of a cycle."""
        due_at = self.due_days[0].at if self.due_days else LAST
        return min(self.month_fee_at, self.year_fee_at, self.loan_at, due_at)

    def after_cycles(
        self, terms: Terms, cycle_start: datetime, last_day: date, due_days: tuple[DueDay, ...]
    ) -> Schedule:
        """Give the schedule once cycles are closed."""
        cycle_end = calendar.midnight(last_day, calendar.zone(terms.product.time_zone))
        return self._with(
            cycle_start=cycle_start, cycle_end=cycle_end, last_day=last_day, due_days=due_days
        )

    def after_fee(self, terms: Terms, item_type: ItemType) -> Schedule:
        """Give the schedule once a monthly or a yearly fee is charged."""
        zone = calendar.zone(terms.product.time_zone)
        if item_type is ItemType.MONTH_FEE:
            months = self.months + 1
            at = calendar.anniversary(terms.effective_at, months + 1, zone)
            return self._with(month_fee_at=at, months=months)
        years = self.years + 1
        at = calendar.anniversary(terms.effective_at, (years + 1) * _MONTHS_PER_YEAR, zone)
        return self._with(year_fee_at=at, years=years)

    def after_due_day(self) -> Schedule:
        """Give the schedule once the first due day has passed."""
        return self._with(due_days=self.due_days[1:])

    def after_loan(self) -> Schedule:
        """Give the schedule once the loan is made."""
        return self._with(loan_at=LAST)

    def _with(self, **changes: Any) -> Schedule:
        schedule = self._replace(**changes)
        return schedule.timed()

    def timed(self) -> Schedule:
        """Give this schedule with its earliest instant in its place."""
        return self._replace(next_at=min(self.cycle_end, self.next_beside_cycles()))


def opening_schedule(terms: Terms) -> Schedule:
    """Give the schedule of an account that was just opened."""
    zone = calendar.zone(terms.product.time_zone)
    opened_at, fees = terms.effective_at, terms.fees
    cycle_end, last_day = LAST, LAST.date()
    if terms.cycle_type is not None:
        interval = terms.cycle_type.first_cycle_interval or terms.cycle_type.cycle_interval
        last_day = calendar.first_cycle_end(opened_at, interval, zone)
        cycle_end = calendar.midnight(last_day, zone)
    schedule = Schedule(
        next_at=LAST,
        cycle_start=opened_at,
        cycle_end=cycle_end,
        last_day=last_day,
        month_fee_at=calendar.anniversary(opened_at, 1, zone) if fees.month_cents else LAST,
        year_fee_at=(
            calendar.anniversary(opened_at, _MONTHS_PER_YEAR, zone) if fees.year_cents else LAST
        ),
        loan_at=opened_at if terms.lends else LAST,
    )
    return schedule.timed()


def due_day(terms: Terms, statement: Statement) -> DueDay | None:
    """Give the due day of a statement that has something to pay, where being late costs."""
    if not statement.min_pay_cents or not terms.fees.late_cents:
        return None
    assert terms.cycle_type is not None
    at = statement.due_at
    if terms.cycle_type.late_fee_grace is not None:
        zone = calendar.zone(terms.product.time_zone)
        at = calendar.midnight_after(at, terms.cycle_type.late_fee_grace, zone)
    return DueDay(at, statement.cycle_end, statement.min_pay_cents)
