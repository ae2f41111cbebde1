"""Taking back payments, charges and fees (ledger.md L11, L22)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger.commands import (
    ChangeStatus,
    Processing,
    Reversal,
    ReverseCharge,
    ReversePayment,
    WaiveFee,
)
from mockserver.ledger.draft import Accepted
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.refusals import (
    AccountStateForbids,
    LineItemNotFound,
    LineItemStateForbids,
)
from mockserver.ledger.terms import AccountStatus, Fees, ProductType
from mockserver.ledger.views import children, view
from tests.living import Life

AUTOMATIC = Processing.AUTOMATIC


def full(processing: Processing = AUTOMATIC, **details: int) -> Life:
    """An account that owes 1 000 in each bucket."""
    fees = Fees(payment_reversal_cents=details.get("fee", 0))
    life = Life(cycle_type=None, processing=processing, fees=fees)
    for item_type in (ItemType.CHARGE, ItemType.MANUAL_FEE, ItemType.INTEREST):
        life.post(item_type, 1_000, -5)
    life.post(ItemType.DEFERRED_INTEREST, 1_000, -5)
    return life


@given(cents=st.integers(0, 6_000), later=st.integers(0, 3_000))
def test_a_reversal_restores_every_bucket(cents: int, later: int) -> None:
    life = full()
    before = life.owed
    payment = life.pay(cents)
    between = life.owed
    life.reverse(payment)

    assert life.owed == before
    assert between.total_cents == before.total_cents - cents
    assert life.summary.total_paid_to_date_cents == 0
    assert life.summary.total_interest_paid_to_date_cents == 0
    again = life.pay(later)
    life.reverse(again)
    assert life.owed == before


def test_a_reversal_posts_an_item_for_each_bucket_that_was_paid() -> None:
    life = full()
    payment = life.pay(4_500)
    answered = life.reverse(payment)
    posted = children(life.account, payment)

    assert [(i.item_type.value, i.amount_cents) for i in posted] == [
        ("PAYMENT_REVERSAL", 1_500),  # with the 500 that had found no bucket
        ("PAYMENT_REVERSAL_FEE", 1_000),
        ("PAYMENT_REVERSAL_INTEREST", 1_000),
        ("PAYMENT_REVERSAL_DEFERRED_INTEREST", 1_000),
    ]
    assert answered is posted[0]
    assert {view(life.account, item).status for item in posted} == {"VALID"}
    assert view(life.account, payment).status == "REVERSED"


def test_parts_of_zero_post_nothing_and_the_first_part_is_answered() -> None:
    life = full()
    payment = life.pay(1_600)
    answered = life.reverse(payment)

    assert answered is not None
    assert (answered.item_type, answered.amount_cents) == (ItemType.PAYMENT_REVERSAL_FEE, 1_000)
    assert len(children(life.account, payment)) == 2


def test_a_payment_of_nothing_is_answered_with_a_reversal_of_nothing() -> None:
    life = full()
    answered = life.reverse(life.pay(0))

    assert answered is not None
    assert (answered.item_type, answered.amount_cents) == (ItemType.PAYMENT_REVERSAL, 0)


def test_a_reversal_costs_the_payment_reversal_fee() -> None:
    life = full(fee=700)
    life.reverse(life.pay(100))

    assert life.owed.fee_cents == 1_700
    assert [item.amount_cents for item in life.items(ItemType.RETURN_CHECK_FEE)] == [700]


def test_a_payment_that_waits_pours_before_it_is_reversed() -> None:
    life = full(Processing.CONTROLLED)
    before = life.owed
    earlier = life.pay(0, -2)
    payment = life.pay(1_500, -1)
    assert life.owed.principal_cents == before.principal_cents - 1_500
    life.reverse(payment)

    assert life.owed == before
    assert [item.item_type.value for item in children(life.account, payment)] == [
        "PAYMENT_REVERSAL_FEE",
        "PAYMENT_REVERSAL_INTEREST",
    ]
    assert earlier not in life.account.waiting
    life.roll(5)
    assert life.owed == before
    assert len(life.account.waiting) == 0


def test_a_reversal_is_effective_now() -> None:
    life = full(Processing.CONTROLLED)
    payment = life.pay(100, -1)
    life.roll(6)
    item = life.reverse(payment)

    assert item is not None
    assert item.effective_at == life.account.standing.processed_to > life.now


def test_a_charge_reversal_takes_what_is_left_and_frees_the_credit() -> None:
    life = Life(cycle_type=None, processing=AUTOMATIC)
    charge = life.charge(10_000, -5)
    life.post(ItemType.DEBIT_OFFSET, 4_000)
    assert life.summary.available_credit_cents == 294_000
    item = life.do(ReverseCharge("can_1", charge.line_item_id))

    assert item is not None
    assert (item.item_type, item.amount_cents) == (ItemType.CHARGE_REVERSAL, -6_000)
    assert life.owed.total_cents == 0
    assert life.summary.available_credit_cents == 300_000
    assert view(life.account, charge).status == "REVERSED"
    shown = view(life.account, item)
    assert (shown.balance_cents, shown.description) == (0, "Charge reversal")


def test_a_fee_waiver_takes_what_is_left_of_that_fee() -> None:
    life = Life(cycle_type=None, processing=AUTOMATIC)
    life.post(ItemType.MANUAL_FEE, 500, -5)
    fee = life.post(ItemType.MANUAL_FEE, 700, -4)
    life.pay(600)
    item = life.do(WaiveFee("can_1", fee.line_item_id))

    assert item is not None
    assert (item.item_type, item.amount_cents) == (ItemType.FEE_REVERSAL, -600)
    assert life.owed.total_cents == 0


def test_a_charge_that_is_yet_to_come_can_be_taken_back() -> None:
    life = Life(cycle_type=None, processing=AUTOMATIC)
    charge = life.charge(10_000, 5)
    assert life.owed.principal_cents == 10_000
    assert life.summary.available_credit_cents == 290_000
    life.do(ReverseCharge("can_1", charge.line_item_id))

    assert life.owed.total_cents == 0
    assert life.summary.available_credit_cents == 300_000


@pytest.mark.parametrize("kind", [ReversePayment, ReverseCharge, WaiveFee])
def test_what_cannot_be_taken_back_is_refused(kind: type[Reversal]) -> None:
    life = full()
    payment, charge = life.pay(10), life.charge(10)
    fee = life.post(ItemType.MANUAL_FEE, 10)
    offset = life.post(ItemType.DEBIT_OFFSET, 10)
    right = {ReversePayment: payment, ReverseCharge: charge, WaiveFee: fee}[kind]

    assert life.try_to(kind("can_1", "nothing")) == LineItemNotFound("can_1", "nothing")
    for item in (payment, charge, fee, offset):
        outcome = life.try_to(kind("can_1", item.line_item_id))
        if item is right:
            assert isinstance(outcome, Accepted)
            outcome = life.try_to(kind("can_1", item.line_item_id))
        assert outcome == LineItemStateForbids("can_1", item.line_item_id)
    life.do(ChangeStatus("can_1", AccountStatus.CLOSED))
    refused = life.try_to(kind("can_1", right.line_item_id))
    assert refused == AccountStateForbids("can_1", AccountStatus.CLOSED, right.item_type)


def test_what_is_paid_off_or_rolled_is_not_taken_back() -> None:
    life = Life(ProductType.INSTALLMENT, cycle_type=None, processing=AUTOMATIC, initial=500)
    fee = life.post(ItemType.MANUAL_FEE, 10, -5)
    life.pay(10)
    charge = life.items(ItemType.CHARGE)[0]

    for command in (
        WaiveFee("can_1", fee.line_item_id),
        ReverseCharge("can_1", charge.line_item_id),
    ):
        assert life.try_to(command) == LineItemStateForbids("can_1", command.line_item_id)


def test_a_refund_pours_like_a_payment_and_is_none() -> None:
    life = full()
    life.post(ItemType.REFUND, 1_500)

    assert life.owed == (1_000, 500, 1_000, 0)
    assert life.summary.total_paid_to_date_cents == 0
    life.pay(600)
    assert life.summary.total_paid_to_date_cents == -600
    assert life.summary.total_interest_paid_to_date_cents == -500


def test_an_earlier_payment_that_waits_pours_first() -> None:
    life = Life(cycle_type=None, initial=5_000, fees=Fees(1_000))
    life.pay(1_000, -3)
    second = life.pay(1_000, -2)
    life.reverse(second)

    assert [item.item_type.value for item in children(life.account, second)] == ["PAYMENT_REVERSAL"]


@pytest.mark.parametrize("cents", [2_000, 20_000])
def test_the_loan_is_made_before_anything_is_taken_back(cents: int) -> None:
    life = Life(ProductType.INSTALLMENT, opened=-4, initial=10_000, fees=Fees(500))
    payment = life.pay(cents, -3)
    life.reverse(payment)
    life.roll(6)

    assert life.owed.total_cents == life.statements[0].owed.total_cents == 10_500


def test_the_initial_charge_of_a_loan_is_not_taken_back() -> None:
    life = Life(ProductType.INSTALLMENT, opened=-4, initial=10_000)
    charge = life.items(ItemType.CHARGE)[0]

    refused = life.try_to(ReverseCharge("can_1", charge.line_item_id))
    assert refused == LineItemStateForbids("can_1", charge.line_item_id)
    life.roll(6)
    assert life.owed.total_cents == 10_000


@pytest.mark.parametrize("day", [40, 2_900_000])
def test_taking_back_what_is_yet_to_come_lets_no_time_pass(day: int) -> None:
    life = Life(opened=-4, initial=10_000, rate="5", processing=AUTOMATIC)
    life.post(ItemType.DEBIT_OFFSET, 500, 10)
    payment, fee = life.pay(700, day), life.post(ItemType.MANUAL_FEE, 5, 30)
    item = life.reverse(payment)
    life.do(WaiveFee("can_1", fee.line_item_id))
    charge = life.charge(1)

    assert item is not None
    assert item.effective_at <= charge.effective_at <= life.now
    assert life.owed.total_cents == 10_001
    assert life.statements == []


@pytest.mark.parametrize("item_type", [ItemType.PAYMENT, ItemType.MANUAL_FEE])
def test_taking_back_does_not_roll(item_type: ItemType) -> None:
    life = Life(opened=-20, initial=1_000_000, rate="5")
    item = life.post(item_type, 500, 0)
    kind = ReversePayment if item_type is ItemType.PAYMENT else WaiveFee
    life.roll(-12)
    life.do(kind("can_1", item.line_item_id))
    life.roll(-5)

    assert [s.owed.interest_cents for s in life.statements][:1] == [958]
    assert len(life.statements) >= 2


def test_a_reversal_is_on_no_statement_before_it() -> None:
    life = Life(opened=-20, initial=10_000)
    payment = life.pay(5_000, -19)
    life.roll(-12)
    life.reverse(payment)
    assert life.owed.total_cents == 10_000
    life.roll(-5)

    assert [s.owed.total_cents for s in life.statements] == [5_000, 5_000]
    life.roll(5)
    assert life.statements[-1].owed.total_cents == 10_000
