"""Instants as RFC 3339 writes them: the one checker and the one reader of ``date-time``."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

_PATTERN = re.compile(
    r"(?P<date>[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))"
    r"[Tt](?P<minute>(?:[01][0-9]|2[0-3]):[0-5][0-9]):(?P<second>[0-5][0-9]|60)"
    r"(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<offset>[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)

_MINUTE = timedelta(minutes=1)

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
"""What stands for an instant before the year 1 in UTC, which no ``datetime`` shows."""

AFTER_ALL = datetime.max.replace(tzinfo=UTC)
"""What stands for an instant after the year 9999 in UTC."""


def is_instant(text: str, *, needs_offset: bool = True) -> bool:
    """Tell whether ``text`` is an RFC 3339 date-time whose day exists."""
    match = _PATTERN.fullmatch(text)
    if match is None or (needs_offset and match["offset"] is None):
        return False
    year, month, day = map(int, match["date"].split("-"))
    return day <= _days_in(year, month)


def is_date(text: str) -> bool:
    """Tell whether ``text`` is a day that exists, as RFC 3339 writes it."""
    return is_instant(f"{text}T00:00:00Z") and len(text) == len("2020-01-01")


@functools.cache
def time_zones() -> frozenset[str]:
    """Give the IANA names of all zones."""
    return frozenset(available_timezones())


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Read an instant for which :func:`is_instant` holds, as UTC in microseconds.

    Without an offset it is local to ``zone``. A second of 60 is the second after it. What UTC
    cannot show between the years 1 and 9999 is :data:`BEFORE_ALL` or :data:`AFTER_ALL`.
    """
    match = _PATTERN.fullmatch(text)
    assert match is not None, f"{text!r} is not a date-time"
    leap = match["second"] == "60"
    second = "59" if leap else match["second"]
    micro = (match["fraction"] or "")[:6].ljust(6, "0")
    try:
        local = datetime.fromisoformat(f"{match['date']}T{match['minute']}:{second}.{micro}")
        local = local.replace(tzinfo=_offset(match["offset"], zone))
        return local.astimezone(UTC) + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        return AFTER_ALL if match["date"].startswith("9999") else BEFORE_ALL


def midnight(day: str, zone: ZoneInfo) -> datetime:
    """Give the instant at which a day for which :func:`is_date` holds begins in ``zone``."""
    return parse_instant(f"{day}T00:00:00", zone)


def format_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Write ``instant`` local to ``zone``, with a numeric offset, cut to whole seconds."""
    try:
        local = instant.astimezone(zone)
    except OverflowError:  # within a day of the years 1 and 9999
        local = instant
    offset = local.utcoffset()
    if offset is None or offset % _MINUTE:  # RFC 3339 cannot write the local mean times of old
        local = instant
    return local.isoformat(timespec="seconds")


def _offset(text: str | None, zone: ZoneInfo | None) -> timezone | ZoneInfo:
    if text is None:
        return zone or UTC
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _days_in(year: int, month: int) -> int:
    if month == 2:  # noqa: PLR2004
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
