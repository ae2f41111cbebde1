"""Assumptions about instants: which are taken, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract_tests.assuming.asking import (
    account_of,
    all_of,
    items_on,
    moment,
    odd_account,
    post,
    posted,
    refused,
    require,
    same,
    shown,
    taken,
    total_of,
)
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError
from contract_tests.exchange import Exchange
from contract_tests.instants import instant
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, ids_of

_OFFSET = re.compile(r".*[+-][0-9]{2}:[0-9]{2}")
_FOUR_DIGITS = 1000
"""The first year that ``strftime`` writes as RFC 3339 wants it."""
_SECOND = timedelta(seconds=1)


@assumption("leap-second", otherwise="It refuses :60, or takes it for the second before.")
def leap_second(bench: Bench) -> Seen:
    """Posts an effective_at of 23:59:60 of a day this week."""
    day = moment(days=2).partition("T")[0]
    plain = post(bench, bench.offset(effective_at=f"{day}T23:59:59Z"))
    if not plain.is_ok:
        raise UntestedError("an offset of two days ago is refused too")
    leaping = post(bench, bench.offset(effective_at=f"{day}T23:59:60Z"))
    if not leaping.is_ok:
        return taken(leaping, f"{day}T23:59:60Z")
    before = instant(shown(plain.member(), "effective_at"))
    after = instant(shown(leaping.member(), "effective_at"))
    is_next = before is not None and after == before + _SECOND
    return Seen(is_next, f"23:59:60 is shown as {leaping.member('effective_at')}")


@assumption(
    "before-opening", otherwise="It takes items from before the opening, or moves them to it."
)
def before_opening(bench: Bench) -> Seen:
    """Posts an effective_at of a second before the opening, or of 1850, and one of the year 0."""
    early = "1850-01-01T00:00:00Z"
    if READ_ACCOUNT in bench.reads:
        opened = instant(account_of(bench).get("effective_at"))
        if opened is not None and opened.year >= _FOUR_DIGITS:
            early = (opened - _SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
    return all_of(
        *(
            refused(post(bench, bench.offset(effective_at=text)), f"an effective_at of {text}")
            for text in (early, "0001-01-01T00:00:00+23:59")
        )
    )


@assumption("future-counts-later", otherwise="It counts at once, or is refused, or not listed yet.")
def future(bench: Bench) -> Seen:
    """Posts an effective_at of next week, and looks at the total and at the list."""
    account = odd_account(bench)
    require(bench, LIST_ITEMS)
    before = total_of(bench, account)
    later = post(bench, bench.offset(effective_at=moment(days=-7)), account)
    if not later.is_ok:
        return taken(later, "an effective_at of next week")
    is_listed = later.member("line_item_id") in ids_of(items_on(bench, account))
    return all_of(
        same("the total after an offset of next week", before, total_of(bench, account)),
        Seen(is_listed, "an offset of next week is not listed"),
    )


@assumption("numeric-offset", otherwise="It shows UTC as Z.")
def numeric_offset(bench: Bench) -> Seen:
    """Posts an effective_at with Z, and looks at the instants of the answer."""
    exchange = posted(bench, effective_at=moment(minutes=1))
    return all_of(
        *(
            Seen(_OFFSET.fullmatch(text) is not None, f"{name} is shown as {text}")
            for name, text in _instants(exchange)
        )
    )


@assumption("whole-seconds", otherwise="It shows milliseconds or microseconds.")
def whole_seconds(bench: Bench) -> Seen:
    """Posts an effective_at with half a second, and looks at the instants of the answer."""
    exchange = posted(bench, effective_at=moment(minutes=1).replace("Z", ".5Z"))
    return all_of(
        *(Seen("." not in text, f"{name} is shown as {text}") for name, text in _instants(exchange))
    )


@assumption("product-time-zone", otherwise="It shows UTC, or the zone of the request.")
def time_zone(bench: Bench) -> Seen:
    """Posts an effective_at with an offset of +05:30, and compares with the zone of the product."""
    name = shown(account_of(bench), "account_product", "product_time_zone")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
        raise UntestedError(f"product_time_zone is {name!r}, which is no zone here") from error
    exchange = posted(bench, effective_at=moment(days=1).replace("Z", "+05:30"))
    return all_of(*(_in_zone(member, text, zone) for member, text in _instants(exchange)))


def _in_zone(member: str, text: str, zone: ZoneInfo) -> Seen:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return Seen(confirmed=False, what=f"{member} is shown as {text}")
    in_zone = read.utcoffset() == read.astimezone(zone).utcoffset()
    return Seen(in_zone, f"{member} is shown as {text}, which is not the time in {zone.key}")


def _instants(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Give the instants that an answer shows. Raises UntestedError."""
    found = [(name, exchange.member(name)) for name in ("effective_at", "created_at")]
    texts = [(name, value) for name, value in found if isinstance(value, str)]
    if not texts:
        raise UntestedError("the answer shows no instants")
    return iter(texts)
