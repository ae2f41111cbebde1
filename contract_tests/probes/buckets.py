"""Money: an allocated amount is taken from the bucket it names, up to all that is there."""

from __future__ import annotations

from contract_tests.bench import Bench, UntestedError
from contract_tests.moving import MOST_CENTS, take_from_each
from contract_tests.probe import probe
from contract_tests.reading import figures


@probe("money", "money.bucket", "money.buckets-add-up", "money.total-falls")
def buckets(bench: Bench) -> None:
    """An allocated post takes from the bucket it names; the buckets add up to the total."""
    take_from_each(bench, bench.account, lambda owed: owed // 3)
    take_from_each(bench, bench.account, lambda owed: min(owed, 3))


@probe("money", "money.bucket")
def all_of_a_bucket(bench: Bench) -> None:
    """What takes exactly what a bucket owes empties it, and takes nothing elsewhere.

    Each time it is another bucket, as that one is empty afterwards.
    """
    limit = min(bench.target.max_cents or MOST_CENTS, MOST_CENTS)
    for account in reversed(bench.target.accounts):
        before = figures(bench, account)
        for bucket, owed in reversed(list(before.buckets.items())):
            if bucket == "PRINCIPAL" or not 0 < owed <= limit:
                continue
            post = bench.accepted(bench.post(bench.offset(owed, allocation=bucket), account))
            after = figures(bench, account)
            told, seen = f"nothing left in {bucket}", (before.exchange, post, after.exchange)
            fine = after.buckets == {**before.buckets, bucket: 0}
            bench.check("money.bucket", fine, told, after.told(), *seen)
            return
    raise UntestedError("no bucket owes little enough, as far as the accounts show them")
