"""Whether money moved as it has to, between two looks at an account."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.bench import Bench, UntestedError
from contract_tests.exchange import Exchange
from contract_tests.reading import Figures, figures

MOST_CENTS = 10_000_000
"""To be taken from what a bucket owes."""


def fell(
    bench: Bench,
    before: Figures,
    after: Figures,
    cents: int,
    *posts: Exchange,
    rule_id: str = "money.total-falls",
) -> bool:
    """Note whether the total fell by ``cents`` between two looks."""
    by = before.total_cents - after.total_cents
    return bench.check(
        rule_id,
        by == cents,
        f"the total falls by {cents}, from {before.total_cents} to {before.total_cents - cents}",
        f"it fell by {by}, to {after.total_cents}",
        before.exchange,
        *posts,
        after.exchange,
    )


def adds_up(bench: Bench, seen: Figures) -> None:
    """Note whether the buckets add up to the total."""
    if seen.buckets:
        bench.check(
            "money.buckets-add-up",
            sum(seen.buckets.values()) == seen.total_cents,
            f"a total of {sum(seen.buckets.values())}, the sum of the buckets",
            seen.told(),
            seen.exchange,
        )


def take_from_each(bench: Bench, account: str, part: Callable[[int], int]) -> None:
    """Take ``part`` of what each bucket owes, and note what moves. Raises UntestedError."""
    before = figures(bench, account)
    if not before.buckets:
        raise UntestedError("the account's summary does not show all buckets")
    for allocation, owed in [*before.buckets.items(), (None, before.buckets["PRINCIPAL"])]:
        cents = part(min(owed, bench.target.max_cents or owed, MOST_CENTS))
        if cents <= 0:
            continue
        more = {} if allocation is None else {"allocation": allocation}
        post = bench.accepted(bench.post(bench.offset(cents, **more), account))
        after = figures(bench, account)
        fell(bench, before, after, cents, post)
        adds_up(bench, after)
        bucket = allocation or "PRINCIPAL"
        expected = {**before.buckets, bucket: before.buckets[bucket] - cents}
        bench.check(
            "money.bucket",
            after.buckets == expected,
            f"{cents} less in {bucket}, and nothing else changed",
            f"{before.told()} became {after.told()}",
            *(before.exchange, post, after.exchange),
        )
        before = after
