"""Money: each bucket of each account, one by one, and posts of nothing."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.bench import Bench, UntestedError
from contract_tests.probe import Turn, probe
from contract_tests.probes.money import MOST_CENTS, adds_up, fell
from contract_tests.reading import all_figures, figures


@probe("money", "money.bucket", "money.total-falls", turn=Turn.FIRST)
def zero(bench: Bench) -> None:
    """Nothing is a legal amount, and changes nothing."""
    for allocation in (None, "FEE", "PRINCIPAL"):
        before = figures(bench)
        more = {} if allocation is None else {"allocation": allocation}
        post = bench.accepted(bench.post(bench.offset(0, **more)))
        after = figures(bench)
        fell(bench, before, after, 0, post)
        same = (after.total_cents, after.buckets) == (before.total_cents, before.buckets)
        bench.check(
            "money.bucket", same, before.told(), after.told(), before.exchange, post, after.exchange
        )


@probe(
    "money",
    *("money.bucket", "money.buckets-add-up", "money.other-accounts", "money.total-falls"),
    turn=Turn.FIRST,
)
def buckets_of_all(bench: Bench) -> None:
    """The buckets of each account are its own, and like those of the first.

    This comes before anything empties them.
    """
    for account in bench.target.accounts:
        others = [of for of in bench.target.accounts if of != account]
        before = all_figures(bench, others)
        known = len(bench.client.exchanges)
        _take_from_each(bench, account, lambda owed: min(owed, 3))
        posts = [of for of in bench.client.exchanges[known:] if of.request.method == "POST"]
        for other, after in all_figures(bench, others).items():
            first = before[other]
            if first is None or after is None:
                continue
            same = (after.total_cents, after.buckets) == (first.total_cents, first.buckets)
            told, seen = f"{other} as it was: {first.told()}", (first.exchange, *posts)
            bench.check("money.other-accounts", same, told, after.told(), *seen, after.exchange)


@probe("money", "money.bucket", "money.buckets-add-up", "money.total-falls")
def buckets(bench: Bench) -> None:
    """An allocated post takes from the bucket it names; the buckets add up to the total."""
    _take_from_each(bench, bench.account, lambda owed: owed // 3)
    _take_from_each(bench, bench.account, lambda owed: min(owed, 3))


def _take_from_each(bench: Bench, account: str, part: Callable[[int], int]) -> None:
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


@probe("money", "money.bucket")
def all_of_a_bucket(bench: Bench) -> None:
    """What takes exactly what a bucket owes empties it, and takes nothing elsewhere.

    Each time it is another bucket, as that one is empty afterwards.
    """
    limit = min(bench.target.max_cents or MOST_CENTS, MOST_CENTS)
    for account in reversed(bench.target.accounts):
        before = figures(bench, account)
        for bucket, owed in before.buckets.items():
            if bucket == "PRINCIPAL" or not 0 < owed <= limit:
                continue
            post = bench.accepted(bench.post(bench.offset(owed, allocation=bucket), account))
            after = figures(bench, account)
            told, seen = f"nothing left in {bucket}", (before.exchange, post, after.exchange)
            fine = after.buckets == {**before.buckets, bucket: 0}
            bench.check("money.bucket", fine, told, after.told(), *seen)
            return
    raise UntestedError("no bucket owes little enough, as far as the accounts show them")
