"""What an account has to do by the calendar, and when next: cycles, fees, due days."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mockserver.ledger import calendar
from mockserver.ledger.calendar import LAST
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
    month_fee_at: datetime
    year_fee_at: datetime
    due_days: tuple[DueDay, ...] = ()
    loan_at: datetime = LAST
    """When the initial charge is rolled into a loan (ledger.md L4)."""
    months: int = 0
    """How many monthly anniversaries have passed."""
    years: int = 0

    def after_cycle(self, terms: Terms, due_day: DueDay | None) -> Schedule:
        """Give the schedule once a cycle is closed."""
        zone = calendar.zone(terms.product.time_zone)
        assert terms.cycle_type is not None
        interval = terms.cycle_type.cycle_interval
        end = calendar.midnight_after(self.cycle_end, interval, zone)
        due_days = self.due_days if due_day is None else (*self.due_days, due_day)
        return _next(self._replace(cycle_start=self.cycle_end, cycle_end=end, due_days=due_days))

    def after_month_fee(self, terms: Terms) -> Schedule:
        """Give the schedule once a monthly fee is charged."""
        zone = calendar.zone(terms.product.time_zone)
        at = calendar.anniversary(terms.effective_at, self.months + 2, zone)
        return _next(self._replace(month_fee_at=at, months=self.months + 1))

    def after_year_fee(self, terms: Terms) -> Schedule:
        """Give the schedule once a yearly fee is charged."""
        zone = calendar.zone(terms.product.time_zone)
        months = (self.years + 2) * _MONTHS_PER_YEAR
        at = calendar.anniversary(terms.effective_at, months, zone)
        return _next(self._replace(year_fee_at=at, years=self.years + 1))

    def after_due_day(self) -> Schedule:
        """Give the schedule once the first due day has passed."""
        return _next(self._replace(due_days=self.due_days[1:]))

    def after_loan(self) -> Schedule:
        """Give the schedule once the loan is made."""
        return _next(self._replace(loan_at=LAST))


def _next(schedule: Schedule) -> Schedule:
    due_at = schedule.due_days[0].at if schedule.due_days else LAST
    next_at = min(
        schedule.cycle_end, schedule.month_fee_at, schedule.year_fee_at, schedule.loan_at, due_at
    )
    return schedule._replace(next_at=next_at)


def opening_schedule(terms: Terms) -> Schedule:
    """Give the schedule of an account that was just opened."""
    zone = calendar.zone(terms.product.time_zone)
    opened_at = terms.effective_at
    fees = terms.fees
    return _next(
        Schedule(
            next_at=LAST,
            cycle_start=opened_at,
            cycle_end=_first_cycle_end(terms, zone),
            month_fee_at=calendar.anniversary(opened_at, 1, zone) if fees.month_cents else LAST,
            year_fee_at=(
                calendar.anniversary(opened_at, _MONTHS_PER_YEAR, zone) if fees.year_cents else LAST
            ),
            loan_at=opened_at if terms.lends else LAST,
        )
    )


def _first_cycle_end(terms: Terms, zone: ZoneInfo) -> datetime:
    if terms.cycle_type is None:
        return LAST
    interval = terms.cycle_type.first_cycle_interval or terms.cycle_type.cycle_interval
    return calendar.first_cycle_end(terms.effective_at, interval, zone)


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
