"""Interest per cycle: what is posted, on what, when (ledger.md L12)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import Product, ProductType, cycle_type_of, rate_percent
from tests.living import MONTHLY, TWO_DAYS, WEEK, WEEKLY, Life

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("principal", "rate", "cycle_type", "interest"),
    [
        (5_000_000, "5", WEEKLY, 4_794),
        (2_070_000, "5", WEEKLY, 1_984),
        (17_000_000, "5", WEEKLY, 16_301),
        (1_000_000, "5", WEEKLY, 958),
        (1_000_000, "5", CycleType(Interval(1, Unit.WEEK), TWO_DAYS), 958),
        (100_000, "10", MONTHLY, 833),
        (100_000, "10", CycleType(Interval(3, Unit.MONTH), TWO_DAYS), 2_500),
        (365_000, "10", CycleType(Interval(1, Unit.DAY), TWO_DAYS), 100),
        (364_999, "10", CycleType(Interval(1, Unit.DAY), TWO_DAYS), 99),
        (1_000_000, "4.75", WEEKLY, 910),
        (7, "5", WEEKLY, 0),
    ],
)
def test_interest_is_truncated(
    principal: int, rate: str, cycle_type: CycleType, interest: int
) -> None:
    life = Life(opened=-1, initial=principal, rate=rate, cycle_type=cycle_type)
    end = life.account.standing.schedule.cycle_end
    life.roll((end - life.now).days + 2)

    assert life.statements[0].owed.interest_cents == interest
    posted = life.items(ItemType.INTEREST)
    assert [item.amount_cents for item in posted][:1] == [interest] * bool(interest)
    if interest:
        assert posted[0].effective_at == end - SECOND


def test_nothing_compounds_and_each_cycle_bears_the_same() -> None:
    life = Life(initial=1_000_000, rate="5")
    life.roll(1)

    assert [i.amount_cents for i in life.items(ItemType.INTEREST)] == [958, 958]
    assert life.owed.interest_cents == 1_916


def test_a_charge_inside_the_cycle_counts_for_all_of_it() -> None:
    life = Life(initial=14_000_000, rate="5", limit=15_000_000)
    life.charge(500_000, -14)
    life.charge(2_500_000, -13)
    life.roll(-5)

    assert life.owed.interest_cents == 16_301


def test_a_charge_after_the_cycle_does_not_count_in_it() -> None:
    life = Life(initial=1_000_000, rate="5")
    life.charge(9_000_000, -3)
    life.roll(-5)
    assert life.owed.interest_cents == 958

    life.roll(1)
    assert life.owed.interest_cents == 958 + 9_589


def test_credit_offsets_on_principal_bear_interest_and_other_buckets_do_not() -> None:
    life = Life(initial=1_000_000, rate="5")
    life.post(ItemType.CREDIT_OFFSET, 1_000_000, -13)
    life.post(ItemType.CREDIT_OFFSET_FEE, 1_000_000, -13)
    life.post(ItemType.CREDIT_OFFSET_INTEREST, 1_000_000, -13)
    life.roll(-5)

    assert life.owed.interest_cents == 1_000_000 + 1_917


def test_there_is_no_interest_on_what_is_not_owed() -> None:
    life = Life(initial=1_000, rate="5")
    life.post(ItemType.DEBIT_OFFSET, 5_000_000, -13)
    life.roll(1)

    assert life.items(ItemType.INTEREST) == []
    assert life.owed.total_cents == 1_000 - 5_000_000


@pytest.mark.parametrize(
    ("product_type", "defers", "item_type", "shown_as"),
    [
        (ProductType.REVOLVING, False, ItemType.INTEREST, "interest_balance_cents"),
        (ProductType.MIXED_RATE_INSTALLMENT, False, ItemType.INTEREST, "interest_balance_cents"),
        (ProductType.CREDIT, False, ItemType.INTEREST, "interest_balance_cents"),
        (ProductType.INSTALLMENT, False, ItemType.INTEREST, "am_interest_balance_cents"),
        (
            ProductType.REVOLVING,
            True,
            ItemType.DEFERRED_INTEREST,
            "deferred_interest_balance_cents",
        ),
        (
            ProductType.INSTALLMENT,
            True,
            ItemType.DEFERRED_INTEREST,
            "am_deferred_interest_balance_cents",
        ),
    ],
)
def test_the_product_decides_which_interest_it_is(
    product_type: ProductType,
    defers: bool,  # noqa: FBT001 - a column of the table
    item_type: ItemType,
    shown_as: str,
) -> None:
    life = Life(product_type, initial=1_000_000, rate="5", defers=defers)
    life.roll(-5)

    assert [item.amount_cents for item in life.items(item_type)] == [958]
    figures = life.summary._asdict()
    shown = {name for name, cents in figures.items() if cents == 958}
    assert shown == {shown_as}


def test_a_debit_offset_on_interest_takes_from_what_was_posted_by_then() -> None:
    life = Life(initial=2_000_000, rate="5", limit=5_000_000)
    life.charge(70_000, -13)
    life.roll(-5)
    life.post(ItemType.DEBIT_OFFSET, 1_550, -4, Bucket.INTEREST)
    life.roll(3)

    assert life.owed.interest_cents == 1_984 - 1_550 + 1_984


@pytest.mark.parametrize(
    ("has_promo", "promo", "post_promo", "expected"),
    [
        (True, None, None, 3),
        (True, "0", None, 0),
        (True, "7", "8", 7),
        (True, None, "8", 3),
        (False, None, None, 5),
        (False, None, "0", 0),
        (False, "7", "8", 8),
        (False, "7", None, 5),
    ],
)
def test_the_rate_is_the_accounts_own_or_its_products(
    has_promo: bool,  # noqa: FBT001 - a column of the table
    promo: str | None,
    post_promo: str | None,
    expected: int,
) -> None:
    product = Product(
        "can_2",
        "Line",
        "REVOLVING",
        "UTC",
        has_promo=has_promo,
        promo_rate_percent=Decimal(3),
        post_promo_rate_percent=Decimal(5),
    )
    own = [None if rate is None else Decimal(rate) for rate in (promo, post_promo)]

    assert rate_percent(product, *own) == expected


def test_cycles_are_the_accounts_own_or_its_products() -> None:
    product = Product("can_2", "Line", "REVOLVING", "UTC", WEEKLY)
    without = product._replace(cycle_type=None)

    assert cycle_type_of(product, {}) == WEEKLY
    assert cycle_type_of(product, {"cycle_due_interval": WEEK}) == CycleType(WEEK, WEEK)
    assert cycle_type_of(without, {"cycle_due_interval": WEEK}) is None
    assert cycle_type_of(without, {"cycle_interval": WEEK}) == CycleType(WEEK)


def test_the_first_cycle_bears_interest_for_its_own_interval() -> None:
    cycle_type = WEEKLY._replace(first_cycle_interval=Interval(2, Unit.DAY))
    life = Life(initial=1_000_000, rate="5", cycle_type=cycle_type)
    life.roll(-3)

    assert [i.amount_cents for i in life.items(ItemType.INTEREST)] == [273, 958]
