"""Pouring neither makes nor loses money."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger.money import NOTHING, Balances, Bucket, in_bucket
from mockserver.ledger.pouring import DEFAULT_ORDER, ORDER_BY_ALLOCATION, pour

cents = st.integers(0, 2**53 - 1)
balances = st.builds(Balances, cents, cents, cents, cents)
orders = st.sampled_from([DEFAULT_ORDER, *ORDER_BY_ALLOCATION.values()])


@given(amount=cents, owed=balances, order=orders)
def test_what_is_taken_and_what_is_left_add_up(
    amount: int, owed: Balances, order: tuple[Bucket, ...]
) -> None:
    poured = pour(amount, owed, order)

    assert poured.taken.total_cents + poured.left_cents == amount
    assert all(0 <= taken <= has for taken, has in zip(poured.taken, owed, strict=True))


@given(amount=cents, owed=balances, order=orders)
def test_a_bucket_is_touched_only_when_those_before_it_are_empty(
    amount: int, owed: Balances, order: tuple[Bucket, ...]
) -> None:
    taken = pour(amount, owed, order).taken
    for earlier, later in pairwise(order):
        assert taken[earlier] == owed[earlier] or not taken[later]


def test_each_order_has_every_bucket_once_and_begins_with_its_own() -> None:
    for allocation, order in ORDER_BY_ALLOCATION.items():
        assert order[0] is allocation
        assert sorted(order) == sorted(Bucket)


def test_balances_add_and_subtract_bucket_by_bucket() -> None:
    two = in_bucket(Bucket.FEE, 5).plus(in_bucket(Bucket.PRINCIPAL, 3))

    assert two == Balances(principal_cents=3, fee_cents=5)
    assert two.minus(two) == NOTHING
    assert two.total_cents == 8
