"""Giving back what a run took: every bucket is to owe what it owed before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.bench import JSON, Bench, ProbeEndedError, amount_of, encoded, items_of
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Request
from contract_tests.reading import Figures
from contract_tests.rules import FIRST_OPERATION
from contract_tests.traces import trace

_LARGEST = 2**53 - 1
_MOST_POSTS = 40
_OPERATIONS = {"credit_offsets": "createAccountCreditOffset", "debit_offsets": FIRST_OPERATION}


def undo(bench: Bench, before: Mapping[str, Figures | None]) -> Sequence[str]:
    """Offset what was posted, account by account; give what is left, a line each.

    ``before`` is what the accounts owed at first, None where that cannot be read.
    """
    posted: dict[str, dict[str, int]] = defaultdict(dict)
    for exchange in bench.client.exchanges:
        answer = exchange.member() if exchange.status == 200 else None
        if exchange.request.operation == FIRST_OPERATION and isinstance(answer, dict):
            account, line_item_id = answer.get("account_id"), answer.get("line_item_id")
            posted[str(account)][str(line_item_id)] = amount_of(answer) or 0
    return [
        _undo(bench, account, items, before.get(account))
        for account, items in posted.items()
        if account in before
    ]


def _undo(bench: Bench, account: str, items: Mapping[str, int], before: Figures | None) -> str:
    told = f"{account}: {len(items)} debit offsets of {sum(items.values())} cents in all"
    try:
        if before is None:
            is_whole = all(_offset(bench, account, sum(items.values()), None))
            left = "credited as much" if is_whole else "not taken back: it takes no credit offset"
            return f"{told}, {left}"
        now = trace(bench, account).figures
        for allocation, cents in _differences(before, now):
            if not all(_offset(bench, account, cents, allocation)):
                break
        now = trace(bench, account).figures
    except (OutOfTimeError, ProbeEndedError):
        return f"{told}, not all of it taken back: out of time, or the account cannot be read"
    if now is None:
        return f"{told}; the account cannot be read any more"
    if now.total_cents == before.total_cents:
        return f"{told}, taken back: it owes {now.total_cents} as before"
    return f"{told}, not taken back: it owes {now.total_cents}, not {before.total_cents}"


def _differences(before: Figures, now: Figures | None) -> Iterator[tuple[str | None, int]]:
    """Give by how much each bucket owes less than before, or the total if none is shown."""
    if now is None:
        return
    if before.buckets and now.buckets:
        for name, cents in before.buckets.items():
            yield name, cents - now.buckets[name]
    else:
        yield None, before.total_cents - now.total_cents


def _offset(bench: Bench, account: str, cents: int, allocation: str | None) -> Iterator[bool]:
    """Credit ``cents``, or debit them where negative; give for each post whether it was taken."""
    kind = "credit_offsets" if cents > 0 else "debit_offsets"
    left = abs(cents)
    limit = min(_LARGEST, bench.target.max_cents or _LARGEST)
    more = {} if allocation is None else {"allocation": allocation}
    for _ in range(_MOST_POSTS):
        if not left:
            return
        part = min(left, limit)
        body: dict[str, Any] = {"line_item_id": bench.new_id(), "original_amount_cents": part}
        body |= more
        target = f"{items_of(account)}/{kind}"
        content, headers = encoded(body), bench.headers(JSON)
        request = Request("POST", target, headers, content, _OPERATIONS[kind])
        yield bench.client.send(request).is_ok
        left -= part
    yield not left
