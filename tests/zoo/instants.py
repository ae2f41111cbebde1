"""RFC 3339 instants: strict to read, and shown in the time zone of the product."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
AFTER_ALL = datetime.max.replace(tzinfo=UTC)

RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)


def is_instant(text: str) -> bool:
    """Tell whether ``text`` is a date-time with an offset, of a day and a time that exist."""
    found = RFC_3339.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 60:
        return False
    if found[9] and (int(found[10]) > 23 or int(found[11]) > 59):
        return False
    days = calendar.monthrange(year or 4, month)[1]
    return 1 <= day <= days


def read_instant(text: str) -> datetime:
    """Read what ``is_instant`` holds for, as UTC; a second of 60 is the one after it."""
    found = RFC_3339.fullmatch(text)
    assert found is not None, text
    leap = found[6] == "60"
    offset = timedelta(0)
    if found[9]:
        offset = timedelta(hours=int(found[10]), minutes=int(found[11]))
    zone = timezone(-offset if found[9] == "-" else offset)
    micros = int((found[7] or "")[:6].ljust(6, "0"))
    try:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        local = datetime(year, month, day, hour, minute, 59 if leap else second, micros, zone)
        return local.astimezone(UTC) + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        return AFTER_ALL if found[1] == "9999" else BEFORE_ALL


def shown_instant(instant: datetime) -> str:
    """Write ``instant`` in the product's zone, with a numeric offset, cut to whole seconds."""
    return instant.astimezone(ZONE).isoformat(timespec="seconds")
