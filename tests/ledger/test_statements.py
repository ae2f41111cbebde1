"""Statements: snapshots that are never rewritten, and what is on them (ledger.md L16)."""

from __future__ import annotations

from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import Fees, ProductType
from mockserver.ledger.views import items_of
from tests.living import Life


def on(life: Life, number: int) -> list[tuple[str, int]]:
    """Give what is on a statement, newest first."""
    items = items_of(life.account, life.statements[number])
    return [(item.item_type.value, item.amount_cents) for item in items]


def test_a_back_dated_item_is_on_the_next_statement_and_changes_none_before() -> None:
    life = Life(opened=-4)
    life.charge(5_000, -3)
    life.roll(6)
    first = life.statements[0]
    life.post(ItemType.DEBIT_OFFSET, 1_000, 0, Bucket.PRINCIPAL)
    life.roll(12)

    assert life.statements[0] is first
    assert first.owed.principal_cents == 5_000
    assert life.statements[1].owed.principal_cents == 4_000
    assert life.statements[1].previous_total_cents == 5_000
    assert on(life, 0) == [("CHARGE", 5_000)]
    assert on(life, 1) == [("DEBIT_OFFSET", -1_000)]


def test_an_item_of_a_later_cycle_is_on_a_later_statement() -> None:
    life = Life(opened=-4)
    life.charge(5_000, 5)
    life.roll(12)

    assert [s.owed.total_cents for s in life.statements] == [0, 5_000]
    assert (on(life, 0), on(life, 1)) == ([], [("CHARGE", 5_000)])
    assert [s.available_credit_cents for s in life.statements] == [300_000, 295_000]


def test_the_principal_of_a_statement_counts_credit_offsets_but_no_reversed_payments() -> None:
    life = Life(opened=-4, initial=100_000, fees=Fees(20_000))
    payment = life.pay(100_000, -3)
    life.post(ItemType.CREDIT_OFFSET, 2_000, -3)
    life.roll(6)
    life.reverse(payment)
    life.roll(12)
    before, after = life.statements

    assert before.owed.total_cents == 100_000 + 20_000 + 2_000 - 100_000
    assert after.owed.total_cents == 122_000
    assert after.reversals_cents == 80_000
    assert after.owed.principal_cents - after.reversals_cents == 22_000
    assert (after.charges_cents, after.loans_cents) == (20_000, 0)
    assert before.available_credit_cents == after.available_credit_cents == 280_000
    assert life.summary.principal_cents == 102_000


def test_loans_and_charges_are_told_apart() -> None:
    life = Life(ProductType.INSTALLMENT, opened=-4, initial=100_000)
    life.charge(7_000, -3)
    life.roll(6)

    assert (life.statements[0].charges_cents, life.statements[0].loans_cents) == (7_000, 100_000)


def test_interest_is_on_the_statement_of_its_cycle() -> None:
    life = Life(initial=1_000_000, rate="5")
    life.roll(-5)

    assert on(life, 0) == [("INTEREST", 958), ("CHARGE", 1_000_000)]
    assert life.statements[0].owed.total_cents == 1_000_958


def test_a_total_may_be_negative() -> None:
    life = Life(opened=-4, initial=0, fees=Fees(200))
    life.post(ItemType.DEBIT_OFFSET, 450, -3)
    life.roll(6)

    assert life.statements[0].owed.total_cents == -250
    assert life.statements[0].available_credit_cents == 300_000
