"""Taking back what a run posted, with credit offsets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from contract_tests.bench import JSON, Bench, amount_of, encoded, items_of
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Request
from contract_tests.rules import FIRST_OPERATION

_LARGEST = 2**53 - 1
_MOST_POSTS = 40


def undo(bench: Bench) -> Sequence[str]:
    """Credit what was debited, account by account; give what is left, a line each."""
    posted: dict[str, dict[str, int]] = defaultdict(dict)
    for exchange in bench.client.exchanges:
        answer = exchange.member() if exchange.status == 200 else None
        if exchange.request.operation != FIRST_OPERATION or not isinstance(answer, dict):
            continue
        cents = amount_of(answer)
        posted[str(answer.get("account_id"))][str(answer.get("line_item_id"))] = cents or 0
    return [_undo(bench, account, items) for account, items in posted.items()]


def _undo(bench: Bench, account: str, items: dict[str, int]) -> str:
    left = total = sum(items.values())
    told = f"{account}: {len(items)} debit offsets of {total} cents in all"
    limit = min(_LARGEST, bench.target.max_cents or _LARGEST)
    posts = 0
    try:
        while left > 0 and posts < _MOST_POSTS:
            cents = min(left, limit)
            body = {"line_item_id": bench.new_id(), "original_amount_cents": cents}
            target = f"{items_of(account)}/credit_offsets"
            operation = "createAccountCreditOffset"
            exchange = bench.client.send(
                Request("POST", target, bench.headers(JSON), encoded(body), operation)
            )
            if not exchange.is_ok:
                break
            left -= cents
            posts += 1
    except OutOfTimeError:
        pass
    if left == 0:
        return f"{told}, taken back with {posts} credit offsets"
    return f"{told}, of which {total - left} are taken back: the server takes no credit offset"
