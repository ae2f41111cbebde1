"""Giving back what a run took: every bucket is to owe what it owed before."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.bench import JSON, Bench, amount_of, encoded, items_of
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Request
from contract_tests.reading import Figures, all_figures
from contract_tests.rules import FIRST_OPERATION

_LARGEST = 2**53 - 1
_MOST_POSTS = 40
_OPERATIONS = {"credit_offsets": "createAccountCreditOffset", "debit_offsets": FIRST_OPERATION}


def undo(bench: Bench, before: Mapping[str, Figures | None]) -> Sequence[str]:
    """Offset what was posted, on all accounts at once; give what is left, a line each.

    ``before`` is what the accounts owed at first, None where that cannot be read.
    """
    posted: dict[str, dict[str, int]] = defaultdict(dict)
    for exchange in bench.client.exchanges:
        answer = exchange.member() if exchange.status == 200 else None
        if exchange.request.operation == FIRST_OPERATION and isinstance(answer, dict):
            account, line_item_id = answer.get("account_id"), answer.get("line_item_id")
            posted[str(account)][str(line_item_id)] = amount_of(answer) or 0
    touched = {account: sum(posted[account].values()) for account in before if account in posted}
    left = dict.fromkeys(touched, "not all of it taken back: out of time")
    with contextlib.suppress(OutOfTimeError):
        left = _undo(bench, touched, before)
    return [
        f"{account}: {len(posted[account])} debit offsets of {cents} cents in all, {left[account]}"
        for account, cents in touched.items()
    ]


def _undo(
    bench: Bench, touched: Mapping[str, int], before: Mapping[str, Figures | None]
) -> dict[str, str]:
    """Offset what was posted; say for each account what came of it. Raises OutOfTimeError."""
    seen = [account for account in touched if before[account] is not None]
    now = all_figures(bench, seen)
    posts = {
        account: [
            post
            for allocation, part in _differences(cents, before[account], now.get(account))
            for post in _offsets(bench, account, part, allocation)
        ]
        for account, cents in touched.items()
    }
    # one at first: where one is refused, so are all
    wanted = [account for account, of in posts.items() if of]
    first = bench.client.send_all([posts[account][0] for account in wanted])
    taken = [of for of, exchange in zip(wanted, first, strict=True) if exchange.is_ok]
    rest = bench.client.send_all([post for account in taken for post in posts[account][1:]])
    is_whole = all(exchange.is_ok for exchange in rest)
    after = all_figures(bench, seen)
    return {
        account: _told(before[account], after.get(account), taken=account in taken and is_whole)
        for account in touched
    }


def _told(before: Figures | None, after: Figures | None, *, taken: bool) -> str:
    if before is None:
        return "credited as much" if taken else "not taken back: it takes no credit offset"
    if after is None:
        return "and the account cannot be read any more"
    if after.total_cents == before.total_cents:
        return f"taken back: it owes {after.total_cents} as before"
    return f"not taken back: it owes {after.total_cents}, not {before.total_cents}"


def _differences(
    cents: int, before: Figures | None, now: Figures | None
) -> Iterator[tuple[str | None, int]]:
    """Give by how much each bucket owes less than before, or the total if none is shown.

    ``cents`` is how much that is by what was answered, where the account cannot be read.
    """
    if before is None:
        yield None, cents
    elif now is None:
        return
    elif before.buckets and now.buckets:
        for name, owed in before.buckets.items():
            yield name, owed - now.buckets[name]
    else:
        yield None, before.total_cents - now.total_cents


def _offsets(bench: Bench, account: str, cents: int, allocation: str | None) -> Iterator[Request]:
    """Make requests that credit ``cents``, or debit them where negative."""
    kind = "credit_offsets" if cents > 0 else "debit_offsets"
    left = abs(cents)
    limit = min(_LARGEST, bench.target.max_cents or _LARGEST)
    more = {} if allocation is None else {"allocation": allocation}
    for _ in range(_MOST_POSTS):
        if not left:
            return
        part = min(left, limit)
        body: dict[str, Any] = {"line_item_id": bench.new_id(), "original_amount_cents": part}
        target = f"{items_of(account)}/{kind}"
        content, headers = encoded(body | more), bench.headers(JSON)
        yield Request("POST", target, headers, content, _OPERATIONS[kind])
        left -= part
