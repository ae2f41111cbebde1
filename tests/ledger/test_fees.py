"""Fees that fall due by the calendar, minimum payments, and being late (ledger.md L23)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from mockserver.ledger.commands import ReversePayment, Roll
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.interest import min_pay_cents
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Balances
from mockserver.ledger.terms import Fees, MinPay
from tests.living import NEW_YORK, TWO_DAYS, WEEK, Life

OPENED = datetime(2023, 1, 31, 10, 30, tzinfo=NEW_YORK)
TEN_PERCENT = MinPay(Decimal(10))


def dates(life: Life, item_type: ItemType) -> list[str]:
    return [
        item.effective_at.astimezone(NEW_YORK).isoformat()[:16] for item in life.items(item_type)
    ]


def test_monthly_fees_fall_on_anniversaries_and_never_on_the_opening() -> None:
    life = Life(opened=OPENED, cycle_type=None, fees=Fees(month_cents=300))
    life.do(Roll("can_1", datetime(2023, 5, 1, tzinfo=NEW_YORK)))

    assert dates(life, ItemType.MONTH_FEE) == [
        "2023-02-28T10:30",
        "2023-03-31T10:30",
        "2023-04-30T10:30",
    ]
    assert life.owed.fee_cents == 900


def test_yearly_fees_fall_on_anniversaries() -> None:
    life = Life(opened=OPENED, cycle_type=None, fees=Fees(year_cents=5_000))
    life.do(Roll("can_1", datetime(2025, 1, 31, 10, 30, tzinfo=NEW_YORK)))
    assert dates(life, ItemType.YEAR_FEE) == ["2024-01-31T10:30"]

    life.do(Roll("can_1", datetime(2025, 1, 31, 10, 31, tzinfo=NEW_YORK)))
    assert dates(life, ItemType.YEAR_FEE) == ["2024-01-31T10:30", "2025-01-31T10:30"]


def test_an_earlier_offset_does_not_pay_a_later_fee() -> None:
    # ledger.md, "Figures that pin the rules"
    life = Life(opened=OPENED, cycle_type=None, fees=Fees(month_cents=3_000))
    day = (OPENED - life.at(0)).total_seconds() / 86_400
    life.post(ItemType.MANUAL_FEE, 11_000, day + 1)
    life.charge(5_000, day + 1)
    life.charge(2_000, day + 2)
    life.post(ItemType.DEBIT_OFFSET, 2_000, day + 3)
    life.pay(3_000, day + 4)
    life.do(Roll("can_1", datetime(2023, 3, 1, tzinfo=NEW_YORK)))

    assert life.owed == Balances(principal_cents=5_000, fee_cents=11_000)


@pytest.mark.parametrize(
    ("min_pay", "owed", "cents"),
    [
        (MinPay(), Balances(10_000, 100, 50, 30), 0),
        (TEN_PERCENT, Balances(10_009, 100, 50, 30), 1_000 + 180),
        (TEN_PERCENT, Balances(-500, 100, 0, 30), 0),
        (TEN_PERCENT, Balances(-50, 100, 0, 30), 80),
        (MinPay(Decimal(0)), Balances(10_000, 0, 0, 30), 30),
    ],
)
def test_the_minimum_is_a_part_of_the_principal_and_all_interest_and_fees(
    min_pay: MinPay, owed: Balances, cents: int
) -> None:
    assert min_pay_cents(min_pay, owed) == cents


def late(*payments: tuple[int, float], grace: Interval | None = None) -> list[str]:
    """Give when late fees fell, if the first minimum of 1 000 is paid so.

    The account is opened on day -14; its first cycle ends on day -6, its payment is due on day -4.
    """
    life = Life(
        initial=10_000,
        cycle_type=CycleType(WEEK, TWO_DAYS, late_fee_grace=grace),
        min_pay=TEN_PERCENT,
        fees=Fees(late_cents=2_900),
    )
    for cents, day in payments:
        life.pay(cents, day)
    life.roll(0)
    return dates(life, ItemType.LATE_FEE)


def test_a_late_fee_is_charged_on_the_due_date() -> None:
    assert late() == ["2024-05-28T00:00"]
    assert late((999, -5)) == ["2024-05-28T00:00"]
    assert late((1_000, -3.9)) == ["2024-05-28T00:00"]
    assert late((1_000, -13)) == ["2024-05-28T00:00"]


def test_a_payment_in_time_spares_the_late_fee() -> None:
    assert late((1_000, -5)) == []
    assert late((400, -5.5), (600, -4.6)) == []


def test_the_grace_puts_the_late_fee_off() -> None:
    grace = Interval(2, Unit.DAY)

    assert late(grace=grace) == ["2024-05-30T00:00"]
    assert late((1_000, -3), grace=grace) == []


def test_a_reversed_payment_does_not_spare_the_late_fee() -> None:
    life = Life(
        initial=10_000,
        min_pay=TEN_PERCENT,
        fees=Fees(late_cents=2_900),
    )
    payment = life.pay(1_000, -5)
    life.do(ReversePayment("can_1", payment.line_item_id))
    life.roll(0)

    assert dates(life, ItemType.LATE_FEE) == ["2024-05-28T00:00"]


def test_without_a_minimum_nobody_is_late() -> None:
    life = Life(initial=10_000, fees=Fees(late_cents=2_900))
    life.roll(30)

    assert life.items(ItemType.LATE_FEE) == []


def test_it_is_asked_once_per_cycle() -> None:
    life = Life(initial=10_000, min_pay=TEN_PERCENT, fees=Fees(late_cents=100))
    life.roll(15)

    assert len(life.statements) == 4
    assert len(life.items(ItemType.LATE_FEE)) == 3
