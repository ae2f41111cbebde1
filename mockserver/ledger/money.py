"""Cents, the four buckets of a balance, and an amount in each of them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, TypeAlias

_new = tuple.__new__

Cents: TypeAlias = int
"""An amount of money in whole cents, exact at any size. Never a float."""

MAX_AMOUNT_CENTS: Cents = 2**53 - 1
"""The largest amount a request may carry: what every JSON reader keeps exact."""


class Bucket(IntEnum):
    """What a balance consists of. Its values index :class:`Balances`."""

    PRINCIPAL = 0
    INTEREST = 1
    DEFERRED_INTEREST = 2
    FEE = 3


class Balances(NamedTuple):
    """Cents in each bucket, in the order of :class:`Bucket`; positive is owed."""

    principal_cents: Cents = 0
    interest_cents: Cents = 0
    deferred_interest_cents: Cents = 0
    fee_cents: Cents = 0

    @property
    def total_cents(self) -> Cents:
        """The sum of the buckets (ledger.md L9)."""
        principal, interest, deferred, fee = self
        return principal + interest + deferred + fee

    def plus(self, other: Balances) -> Balances:
        """Give the bucket-by-bucket sum of the two."""
        principal, interest, deferred, fee = self
        more_principal, more_interest, more_deferred, more_fee = other
        return _new(
            Balances,
            (
                principal + more_principal,
                interest + more_interest,
                deferred + more_deferred,
                fee + more_fee,
            ),
        )

    def minus(self, other: Balances) -> Balances:
        """Give the bucket-by-bucket difference of the two."""
        principal, interest, deferred, fee = self
        less_principal, less_interest, less_deferred, less_fee = other
        return _new(
            Balances,
            (
                principal - less_principal,
                interest - less_interest,
                deferred - less_deferred,
                fee - less_fee,
            ),
        )


def in_bucket(bucket: Bucket, amount_cents: Cents) -> Balances:
    """Give balances that hold ``amount_cents`` in ``bucket`` and nothing elsewhere."""
    amounts = [0, 0, 0, 0]
    amounts[bucket] = amount_cents
    return _new(Balances, amounts)


NOTHING = Balances()
"""Zero in every bucket."""
