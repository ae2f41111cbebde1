"""Instants as they are written in answers (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from contract_tests.exchange import Exchange

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:)([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)"
)
_LEAP_SECOND = 60
_WHOLE_MINUTES = "1972"
"""Since this year all zones are whole minutes from UTC; RFC 3339 has no way to write the others."""


def instant(text: object) -> datetime | None:
    """Give the instant ``text`` stands for, to the whole second, in UTC; None if it is none."""
    return _instant(text) if isinstance(text, str) else None


def now_of(exchange: Exchange) -> datetime:
    """Give what time it is for the server, as far as it says; for us, where it does not."""
    said = exchange.answer and exchange.answer.header("Date")
    try:
        return parsedate_to_datetime(said or "").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(exchange.began, UTC)


@lru_cache(maxsize=4096)  # lists say the same instants again and again
def _instant(text: str) -> datetime | None:
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    day, minutes, seconds, _, offset, odd = match.groups()
    if odd and day >= _WHOLE_MINUTES:
        return None
    leaps = int(seconds) == _LEAP_SECOND
    zone = "+00:00" if offset in "Zz" else offset
    try:
        whole = datetime.fromisoformat(f"{day}T{minutes}{'59' if leaps else seconds}{zone}")
        return whole.astimezone(UTC) + timedelta(seconds=leaps)
    except (ValueError, OverflowError):
        return None
