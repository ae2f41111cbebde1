"""Who carries out what is due, in however many steps (ledger.md L10, L14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger.account import Account
from mockserver.ledger.calendar import LAST
from mockserver.ledger.commands import Command, Open, Processing, ReverseCharge, Roll, WaiveFee
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.decide import decide
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.refusals import OutOfReach
from mockserver.ledger.terms import Fees, MinPay, ProductType
from mockserver.ledger.views import view
from tests.living import TWO_DAYS, WEEK, Life

MIXED: list[tuple[ItemType, Bucket | None]] = [
    (ItemType.CHARGE, None),
    (ItemType.PAYMENT, None),
    (ItemType.REFUND, None),
    (ItemType.MANUAL_FEE, None),
    (ItemType.CREDIT_OFFSET_INTEREST, None),
    *((ItemType.DEBIT_OFFSET, bucket) for bucket in (None, *Bucket)),
]


def life(processing: Processing = Processing.CONTROLLED, **details: Any) -> Life:
    return Life(
        **{
            "opened": 0,
            "initial": 100_000,
            "rate": "12",
            "min_pay": MinPay(Decimal(10)),
            "fees": Fees(500, 100, 200, 300, 400),
            "cycle_type": CycleType(WEEK, TWO_DAYS, late_fee_grace=Interval(1, Unit.DAY)),
            "processing": processing,
            **details,
        }
    )


def outcome(account: Account) -> list[object]:
    """Give what happened on an account, without the ids and instants at which it was learned."""
    items = [
        (item.effective_at, item.item_type, item.amount_cents, view(account, item).balance_cents)
        for item in account.items
    ]
    statements = [
        statement._replace(statement_id="", created_at=LAST)
        for statement in account.standing.statements
    ]
    return [sorted(items, key=str), statements, account.figures]


posts = st.lists(
    st.tuples(st.sampled_from(MIXED), st.integers(0, 50_000), st.integers(0, 30)), max_size=12
)


@given(posts=posts, steps=st.lists(st.integers(1, 39), max_size=6))
def test_a_roll_in_one_step_is_a_roll_in_many(
    posts: list[tuple[tuple[ItemType, Bucket | None], int, int]], steps: list[int]
) -> None:
    at_once, in_steps = life(), life()
    for (item_type, allocation), cents, day in posts:
        for each in (at_once, in_steps):
            each.post(item_type, cents, day + 0.3, allocation)
    at_once.roll(40)
    for day in [*sorted(steps), 40]:
        in_steps.roll(day)

    assert outcome(in_steps.account) == outcome(at_once.account)


@given(posts=posts, product_type=st.sampled_from(ProductType))
def test_automatic_processing_over_a_span_is_a_roll_to_its_end(
    posts: list[tuple[tuple[ItemType, Bucket | None], int, int]], product_type: ProductType
) -> None:
    automatic = life(Processing.AUTOMATIC, product_type=product_type)
    controlled = life(product_type=product_type)
    for (item_type, allocation), cents, day in sorted(posts, key=lambda p: p[2]):
        for each in (automatic, controlled):
            each.now = max(each.now, each.at(day + 0.3))
            each.post(item_type, cents, None, allocation)
    automatic.now = automatic.at(40)
    automatic.pass_days(0)
    controlled.do(Roll("can_1", automatic.now))

    assert outcome(automatic.account) == outcome(controlled.account)


@given(
    posts=st.lists(
        st.tuples(
            st.sampled_from([ItemType.CHARGE, ItemType.MANUAL_FEE]),
            st.integers(1, 50_000),
            st.integers(0, 30),
            st.none() | st.integers(0, 30),
        ),
        max_size=8,
    )
)
def test_a_cancellation_is_on_no_statement_of_a_cycle_that_ended_before_it(
    posts: list[tuple[ItemType, int, int, int | None]],
) -> None:
    automatic, controlled = life(Processing.AUTOMATIC), life()
    steps: list[tuple[float, int, Command]] = []
    for number, (item_type, cents, day, days_later) in enumerate(posts):
        post = Post("can_1", item_type, cents, f"li_{number}")
        cancel = ReverseCharge if item_type is ItemType.CHARGE else WaiveFee
        steps.append((day + 0.3, number, post))
        if days_later is not None:
            steps.append((day + days_later + 0.4, number, cancel("can_1", f"li_{number}")))
    for at, _, command in sorted(steps, key=lambda step: step[:2]):
        for each in (automatic, controlled):
            each.now = max(each.now, each.at(at))
            each.do(command)
    automatic.now = automatic.at(70)
    automatic.pass_days(0)
    controlled.do(Roll("can_1", automatic.now))

    assert outcome(automatic.account) == outcome(controlled.account)


def test_under_controlled_processing_nothing_is_done_without_a_roll() -> None:
    waiting = life()
    waiting.pay(5_000)
    waiting.pass_days(100)

    assert waiting.statements == []
    assert waiting.owed.principal_cents == 95_000
    assert [item.item_type for item in waiting.account.waiting] == [ItemType.PAYMENT]


def test_under_automatic_processing_time_does_it() -> None:
    passing = life(Processing.AUTOMATIC)
    passing.pass_days(8)

    assert len(passing.statements) == 1
    assert [item.amount_cents for item in passing.items(ItemType.INTEREST)] == [230]


def test_a_roll_never_goes_back() -> None:
    rolled = life()
    rolled.roll(10)
    account = rolled.account
    rolled.roll(3)

    assert rolled.account is account


def test_what_is_back_dated_behind_a_roll_is_poured_by_the_next_later_one() -> None:
    rolled = life(cycle_type=None)
    rolled.roll(10)
    rolled.post(ItemType.DEBIT_OFFSET, 1_000, 2)
    assert len(rolled.account.waiting) == 1
    rolled.roll(10)
    assert len(rolled.account.waiting) == 1
    rolled.roll(11)

    assert len(rolled.account.waiting) == 0
    assert rolled.owed.principal_cents == 99_000


def test_an_item_pays_only_what_counts_by_its_time() -> None:
    rolled = life(initial=0, fees=Fees(), cycle_type=None)
    rolled.charge(1_000, 5)
    rolled.pay(400, 3)
    rolled.roll(10)

    assert rolled.owed.principal_cents == 600
    payment = rolled.items(ItemType.PAYMENT)[0]
    assert view(rolled.account, payment).balance_cents == -400


def test_now_is_the_last_roll_if_that_is_later_than_the_clock() -> None:
    rolled = life()
    rolled.roll(10)
    offset = rolled.post(ItemType.CREDIT_OFFSET, 5)

    assert offset.effective_at == rolled.account.standing.processed_to > rolled.now
    assert offset.created_at <= rolled.now


@pytest.mark.parametrize("processing", Processing)
def test_the_initial_charge_becomes_a_loan_when_it_is_processed(processing: Processing) -> None:
    lent = life(processing, product_type=ProductType.INSTALLMENT, cycle_type=None, fees=Fees())
    charge = lent.items(ItemType.CHARGE)[0]
    if processing is Processing.CONTROLLED:
        assert lent.items(ItemType.LOAN) == []
        lent.roll(1)
    (loan,) = lent.items(ItemType.LOAN)

    shown = view(lent.account, charge)
    assert (shown.status, shown.balance_cents, shown.principal_cents) == ("ROLLED", 0, 0)
    assert (loan.amount_cents, loan.effective_at) == (100_000, charge.effective_at)
    assert view(lent.account, loan).principal_cents == 100_000
    assert lent.owed.total_cents == 100_000
    assert lent.summary.available_credit_cents == 200_000


def test_what_is_too_far_away_is_refused() -> None:
    rolled = life()
    far = rolled.at(36_600)
    assert rolled.try_to(Roll("can_1", far)) == OutOfReach("can_1", "exclusive_end")
    opening = rolled.account.terms._replace(account_id="can_9")
    for days in (-36_600, 36_600):
        command = Open(opening._replace(effective_at=rolled.at(days)))
        refused = decide(None, command, rolled._stamp())
        assert refused == OutOfReach("can_9", "effective_at")


@pytest.mark.parametrize("processing", Processing)
def test_what_is_posted_before_the_opening_counts_from_the_opening(processing: Processing) -> None:
    to_come = life(processing, opened=30, fees=Fees(), product_type=ProductType.INSTALLMENT)
    offset = to_come.post(ItemType.DEBIT_OFFSET, 100)

    assert offset.effective_at == to_come.account.terms.effective_at
    assert to_come.owed.principal_cents == 100_000
    assert to_come.items(ItemType.LOAN) == []
    to_come.now = to_come.at(31)
    if processing is Processing.CONTROLLED:
        to_come.roll(31)
    else:
        to_come.pass_days(0)
    assert to_come.owed.principal_cents == 99_900
    assert len(to_come.items(ItemType.LOAN)) == 1
