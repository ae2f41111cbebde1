"""Money, before anything else is posted: what others change, or empty."""

from __future__ import annotations

from collections.abc import Mapping

from contract_tests.bench import Bench
from contract_tests.exchange import Exchange
from contract_tests.moving import fell, take_from_each
from contract_tests.probe import Turn, probe
from contract_tests.reading import Figures, all_figures, figures


@probe("money", "money.total-falls", turn=Turn.FIRST)
def first_posts(bench: Bench) -> None:
    """The very first post to an account lowered its total by its amount, and others later do so."""
    before: Mapping[str, Figures | None] = bench.before
    posts: Mapping[str, Exchange] = {} if bench.is_first_judged else bench.first_posts
    bench.is_first_judged = True
    if not posts:
        before = all_figures(bench, bench.target.accounts)
        posts = {of: bench.post({"original_amount_cents": 1}, of) for of in before}
    after = all_figures(bench, list(posts))
    for account, post in posts.items():
        first, then = before.get(account), after[account]
        if first is not None and then is not None and post.is_ok:
            fell(bench, first, then, 1, post)


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
        take_from_each(bench, account, lambda owed: min(owed, 3))
        posts = [of for of in bench.client.exchanges[known:] if of.request.method == "POST"]
        for other, after in all_figures(bench, others).items():
            first = before[other]
            if first is None or after is None:
                continue
            same = (after.total_cents, after.buckets) == (first.total_cents, first.buckets)
            told, seen = f"{other} as it was: {first.told()}", (first.exchange, *posts)
            bench.check("money.other-accounts", same, told, after.told(), *seen, after.exchange)
