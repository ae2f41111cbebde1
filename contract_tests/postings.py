"""What a run posted, account by account: what it took, what it gave, and what nobody knows of."""

from __future__ import annotations

import contextlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from contract_tests.bench import amount_of
from contract_tests.exchange import Exchange
from contract_tests.instants import instant

_PATH = re.compile(r"/accounts/([^/?]+)/line_items/(debit|credit)_offsets/?(?:\?.*)?", re.DOTALL)
_NEVER_POST = ("HEAD", "OPTIONS", "TRACE")
_NOT_IMPLEMENTED = 501


@dataclass(slots=True)
class Tally:
    """What a run did to one account. What it took counts up, what it gave counts down."""

    debits: int = 0
    """Debit offsets that were answered 200, each id once."""
    debit_cents: int = 0
    credits: int = 0
    credit_cents: int = 0
    perhaps: int = 0
    """Posts that were not answered, or with an error, or with another 2xx than 200."""
    perhaps_cents: int = 0
    least_cents: int = 0
    """What it took in all, at least; with what it gave at most."""
    most_cents: int = 0
    later_cents: int = 0
    """What it took for certain, but perhaps not by now; it is not in the least."""
    most_debit_cents: int = 0
    """What it may have taken, whatever it gave."""
    most_credit_cents: int = 0


class _Post(NamedTuple):
    """A request that posts, and what was answered."""

    account: str
    """Where it was posted to, whatever the answer says."""
    is_credit: bool
    key: object
    """What it has in common with its repeats, and with nothing else."""
    is_sure: bool
    """Whether it was carried out; else nobody knows."""
    is_due: bool
    """Whether it counts by now, if it was carried out."""
    asked_cents: int | None
    shown_cents: int | None
    """What the answer says; it is of the first post where this one is a repeat."""


def tallies(exchanges: Sequence[Exchange]) -> Mapping[str, Tally]:
    """Add up what was posted, by the account that was asked for; not what the run opened itself."""
    groups: defaultdict[object, list[_Post]] = defaultdict(list)
    for post in _posts(exchanges):
        groups[post.key].append(post)
    opened = _opened(exchanges)
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for group in groups.values():
        if group[0].account not in opened:
            _add(found, group)
    return found


def _opened(exchanges: Iterable[Exchange]) -> set[str]:
    opening = (of for of in exchanges if of.request.operation == "createAccount" and of.is_ok)
    return {str(of.member("account_id")) for of in opening}


def _add(found: Mapping[str, Tally], group: Sequence[_Post]) -> None:
    """Add a post and its repeats, of which one counts: the first that was carried out."""
    sure = [post for post in group if post.is_sure]
    first = (sure or group)[0]
    tally = found[first.account]
    cents = _cents(sure or group)
    least, most = min(cents), max(cents)
    told = most if least == most or first.asked_cents is None else first.asked_cents
    if not sure:
        tally.perhaps += 1
        tally.perhaps_cents += told
    elif first.is_credit:
        tally.credits += 1
        tally.credit_cents += told
    else:
        tally.debits += 1
        tally.debit_cents += told
    if sure and not (first.is_due or first.is_credit):
        tally.later_cents += max(least, 0)
    if not (sure and first.is_due):
        least, most = min(least, 0), max(most, 0)
    if first.is_credit:
        tally.most_credit_cents += most
        least, most = -most, -least
    else:
        tally.most_debit_cents += most
    tally.least_cents += least
    tally.most_cents += most


def _cents(group: Sequence[_Post]) -> set[int]:
    """Give what posts with one id may have moved: what is shown, if that was asked for."""
    asked = {post.asked_cents for post in group} - {None}
    shown = {post.shown_cents for post in group} - {None}
    cents = shown if shown and shown <= asked else asked | shown
    return {of for of in cents if of is not None} or {0}


def _posts(exchanges: Iterable[Exchange]) -> Iterator[_Post]:
    for number, exchange in enumerate(exchanges):
        match = _PATH.fullmatch(exchange.request.target)
        if match is not None and _may_be_done(exchange):
            account = unquote(match[1])
            yield _post(exchange, account, number, is_credit=match[2] == "credit")


def _may_be_done(exchange: Exchange) -> bool:
    """Tell whether a request to the path of offsets was carried out, as far as one can know."""
    request = exchange.request
    if request.method in _NEVER_POST or (request.method != "POST" and not request.body):
        return False
    is_error = exchange.status >= 500 and exchange.status != _NOT_IMPLEMENTED
    return exchange.is_ok or is_error or exchange.answer is None


def _post(exchange: Exchange, account: str, number: int, *, is_credit: bool) -> _Post:
    body, answer = _object_in(exchange.request.body), exchange.member()
    answer = answer if isinstance(answer, dict) else {}
    is_sure = exchange.request.method == "POST" and exchange.status == 200
    line_item_id, named = body.get("line_item_id"), answer.get("account_id")
    # an id may be used on each account, or on one only: then the answer names that one
    key: object = (named if isinstance(named, str) else account, line_item_id)
    return _Post(
        account,
        is_credit,
        key if isinstance(line_item_id, str) else number,
        is_sure,
        _is_due(exchange, body.get("effective_at")),
        _whole(body.get("original_amount_cents")),
        amount_of(answer),
    )


def _whole(value: Any) -> int | None:
    """Give an amount that is a whole number, also where it is written as 1.0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and value // 1 == value else None


def _is_due(exchange: Exchange, effective_at: Any) -> bool:
    """Tell whether a post is effective by now, by the clock of the server."""
    if effective_at is None:
        return True
    now = datetime.fromtimestamp(exchange.began, UTC)
    header = exchange.answer.header("Date") if exchange.answer else None
    with contextlib.suppress(ValueError, OverflowError):
        now = parsedate_to_datetime(header).astimezone(UTC) if header else now
    at = instant(effective_at)
    return at is not None and at <= now


def _object_in(body: bytes | None) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
