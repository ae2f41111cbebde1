"""Dates of an account: cycles, due days and anniversaries, local to its product (ledger.md L13)."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mockserver.ledger.cycle import Interval, Unit

_DAY = timedelta(days=1)
_MONTHS_PER_YEAR = 12
LAST = datetime.max.replace(tzinfo=UTC)
"""Stands for what never comes."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Give the zone with this IANA name."""
    return ZoneInfo(name)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Give the day on which ``instant`` falls in ``zone``."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant, in UTC, at which ``day`` begins in ``zone``."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    offset = zone.utcoffset(local)
    assert offset is not None, "a zone has an offset at any time"
    return local.replace(tzinfo=UTC) - offset


def date_after(day: date, interval: Interval) -> date:
    """Give the day that is ``interval`` later; of months, clamped to the end of the month."""
    number, unit = interval
    if unit is Unit.DAY:
        return date.fromordinal(day.toordinal() + number)
    if unit is Unit.WEEK:
        return date.fromordinal(day.toordinal() + 7 * number)
    return _months_after(day, number)


def first_cycle_end(opened_at: datetime, interval: Interval, zone: ZoneInfo) -> date:
    """Give the day with which an account's first cycle ends: one later than the interval says."""
    return date_after(local_date(opened_at, zone), interval) + _DAY


def midnight_after(instant: datetime, interval: Interval, zone: ZoneInfo) -> datetime:
    """Give the midnight of the day that is ``interval`` after that of ``instant``."""
    return midnight(date_after(local_date(instant, zone), interval), zone)


def anniversary(instant: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Give the instant at the same local time, ``months`` later, clamped to the month's end."""
    local = instant.astimezone(zone)
    day = _months_after(local.date(), months)
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * _MONTHS_PER_YEAR + day.month - 1 + months, _MONTHS_PER_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
