"""Pouring: spreading what reduces a balance over the buckets it can be taken from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from mockserver.ledger.money import Balances, Bucket, Cents, in_bucket

_new = tuple.__new__  # see lots.py

DEFAULT_ORDER: tuple[Bucket, ...] = (
    Bucket.FEE,
    Bucket.INTEREST,
    Bucket.PRINCIPAL,
    Bucket.DEFERRED_INTEREST,
)
"""The order in which buckets are paid off when nothing else is said (ledger.md L7)."""


def _first(bucket: Bucket) -> tuple[Bucket, ...]:
    return (bucket, *(other for other in DEFAULT_ORDER if other is not bucket))


ORDER_BY_ALLOCATION: dict[Bucket, tuple[Bucket, ...]] = {b: _first(b) for b in Bucket}
"""The allocated bucket first, the overflow in the default order (ledger.md L5, L7)."""


class Poured(NamedTuple):
    """What pouring took from each bucket, and what nothing could take."""

    taken: Balances
    left_cents: Cents = 0

    @property
    def interest_cents(self) -> Cents:
        """What was taken from both interest buckets."""
        return self.taken.interest_cents + self.taken.deferred_interest_cents


def _wholly(bucket: Bucket, amount_cents: Cents) -> Poured:
    """Give what pours into one bucket."""
    return _new(Poured, (in_bucket(bucket, amount_cents), 0))


_WHOLLY = tuple(lru_cache(maxsize=1_024)(partial(_wholly, bucket)) for bucket in Bucket)
"""By bucket. Most items pour so, and the same amounts come again: they share what they poured."""


def pour(amount_cents: Cents, owed: Balances, order: Sequence[Bucket]) -> Poured:
    """Spread ``amount_cents`` over what is owed, bucket by bucket in ``order``.

    Takes from no bucket more than it owes. What nothing can take is ``left_cents``; there is no
    sufficiency check (ledger.md L7).
    """
    first = order[0]
    if owed[first] >= amount_cents:
        return _WHOLLY[first](amount_cents)
    taken = [0, 0, 0, 0]
    left_cents = amount_cents
    for bucket in order:
        if owed[bucket] >= left_cents:
            taken[bucket] = left_cents
            left_cents = 0
            break
        taken[bucket] = owed[bucket]
        left_cents -= owed[bucket]
    return Poured(Balances(*taken), left_cents)
