"""Money: where an amount is taken from does not depend on what else a post says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, cycle
from typing import Any

from contract_tests.bench import Bench, UntestedError
from contract_tests.echo import differences
from contract_tests.probe import probe
from contract_tests.reading import figures
from contract_tests.valid import PAST

_OTHERS = (
    ("line_item_id", None),
    ("effective_at", PAST),
    ("external_fields", [{"key": "Card", "value": "22445702"}]),
    ("note", "means nothing"),
)
"""What may be said beside an amount and an allocation; the id is another each time."""
_ENOUGH_CENTS = 20


@probe("money", "money.bucket", "money.total-falls")
def whatever_else_is_said(bench: Bench) -> None:
    """An allocated amount is taken from its bucket, beside any of the other members or none."""
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    filled = [name for name, owed in before.buckets.items() if owed >= _ENOUGH_CENTS]
    if not filled:
        raise UntestedError("no bucket owes enough, as far as the account shows them")
    for bucket, given in zip(cycle(filled), _bodies(bench), strict=False):
        body = {"allocation": bucket, **given}  # first of all and last of all, in turn
        if given["original_amount_cents"] == 1:
            body = dict(reversed(body.items()))
        post = bench.post(body, account)
        if not post.is_ok and "effective_at" in body:
            continue  # the account may have been opened later
        bench.accepted(post)
        after = figures(bench, account)
        cents = body["original_amount_cents"]
        expected = {**before.buckets, bucket: before.buckets[bucket] - cents}
        told = f"{cents} less in {bucket}, beside {', '.join(body)}, and nothing else changed"
        got = f"{before.told()} became {after.told()}"
        seen = (before.exchange, post, after.exchange)
        bench.check("money.bucket", after.buckets == expected, told, got, *seen)
        fell = before.total_cents - after.total_cents
        bench.check("money.total-falls", fell == cents, f"it falls by {cents}", got, *seen)
        wrong = "; ".join(differences(body, post.member() or {}))
        bench.check("money.bucket", not wrong, "what was sent", wrong, post)
        before = after


def _bodies(bench: Bench) -> Iterator[dict[str, Any]]:
    """Give bodies with all, some or none of the other members."""
    for count in range(len(_OTHERS) + 1):
        for others in combinations(_OTHERS, count):
            body = bench.offset(1 + count % 2)
            line_item_id = body.pop("line_item_id")
            body |= dict(others)
            if "line_item_id" in body:
                body["line_item_id"] = line_item_id
            yield body
