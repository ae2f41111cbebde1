"""Money: where an amount is taken from does not depend on what else a post says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from itertools import combinations, cycle, islice
from typing import Any

from contract_tests.bench import Bench, UntestedError
from contract_tests.echo import differences
from contract_tests.instants import now_of
from contract_tests.moving import fell
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
_SOME_MINUTES = timedelta(minutes=5)


@probe("money", "money.total-falls")
def just_past(bench: Bench) -> None:
    """What has been effective for some minutes counts, wherever the clock is that says so."""
    before = figures(bench)
    past = now_of(before.exchange) - _SOME_MINUTES
    for hours in (0, 14, 5.5, -12):
        at = past.astimezone(timezone(timedelta(hours=hours)))
        post = bench.post(bench.offset(1, effective_at=at.isoformat(timespec="seconds")))
        if not (hours or post.is_ok):
            raise UntestedError("the account was opened a moment ago")
        bench.accepted(post, "accepts.instants")
        after = figures(bench)
        fell(bench, before, after, 1, post)
        before = after


@probe("money", "money.bucket", "money.total-falls")
def whatever_else_is_said(bench: Bench) -> None:
    """An amount is taken from its bucket, beside any of the other members or none.

    Without an allocation that is the principal.
    """
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    filled = [name for name, owed in before.buckets.items() if owed >= _ENOUGH_CENTS]
    if not filled:
        raise UntestedError("no bucket owes enough, as far as the account shows them")
    bodies = list(zip(cycle(filled), _bodies(bench), strict=False))
    if "PRINCIPAL" in filled:
        bodies += [("", of) for of in islice(_bodies(bench), 1 + len(_OTHERS))]
    for allocation, given in bodies:
        bucket = allocation or "PRINCIPAL"
        body = {"allocation": bucket, **given} if allocation else given
        if given["original_amount_cents"] == 1:  # first of all and last of all, in turn
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
        by = before.total_cents - after.total_cents
        bench.check("money.total-falls", by == cents, f"it falls by {cents}", got, *seen)
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
