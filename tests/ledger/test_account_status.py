"""Changing what an account may be used for (ledger.md L20)."""

from __future__ import annotations

import pytest

from mockserver.ledger.commands import ChangeStatus
from mockserver.ledger.draft import Accepted
from mockserver.ledger.events import Processed, StatusChanged
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Balances, Bucket
from mockserver.ledger.refusals import AccountStateForbids
from mockserver.ledger.terms import AccountStatus
from tests.building import DAY, Ledger, debit, owing, post
from tests.living import Life

ACTIVE, SUSPENDED, CLOSED, CHARGED_OFF = AccountStatus


def to(status: AccountStatus) -> ChangeStatus:
    return ChangeStatus("can_1", status)


def waiting() -> Ledger:
    """An account that owes 50 cents of fees, 30 of which are due to be given back."""
    ledger = owing(fees=50)
    ledger.do(debit(30, Bucket.FEE, effective_at=ledger.now + DAY))
    ledger.now += 2 * DAY
    return ledger


@pytest.mark.parametrize("before", AccountStatus)
@pytest.mark.parametrize("after", AccountStatus)
def test_any_status_follows_any_other_and_nothing_else_changes(
    before: AccountStatus, after: AccountStatus
) -> None:
    ledger = owing(principal=100).do(to(before))
    account = ledger.account
    changed = ledger.do(to(after)).account

    assert changed.status is after
    assert changed._replace(standing=changed.standing._replace(status=before)) == account


@pytest.mark.parametrize("status", AccountStatus)
def test_the_status_that_an_account_has_can_be_set_again_and_nothing_happens(
    status: AccountStatus,
) -> None:
    ledger = owing(principal=100).do(to(status))
    before = ledger.account
    outcome = ledger.try_to(to(status))

    assert outcome == Accepted(before, ())
    assert ledger.account is before


@pytest.mark.parametrize("status", [CLOSED, ACTIVE])
def test_what_is_due_is_done_before_the_status_changes_or_stays(status: AccountStatus) -> None:
    ledger = waiting().do(to(status))
    kinds: list[type[object]] = [Processed] if status is ACTIVE else [Processed, StatusChanged]

    assert [type(event) for event in ledger.last.events] == kinds
    stamps = [event.created_at for event in ledger.last.events]
    assert stamps == sorted(set(stamps))
    assert ledger.account.figures.owed == Balances(fee_cents=20)


def test_under_controlled_processing_what_is_due_waits_for_a_roll_at_any_status() -> None:
    life = Life(opened=-14)
    life.charge(100)
    life.pay(30)
    life.do(to(CLOSED))
    assert (len(life.account.waiting), len(life.statements)) == (2, 0)

    life.roll(2)
    assert (len(life.account.waiting), len(life.statements)) == (0, 2)


def test_a_closed_account_takes_again_when_it_is_active_again() -> None:
    ledger = owing(principal=100).do(to(CLOSED))
    for item_type in (ItemType.PAYMENT, ItemType.CHARGE, ItemType.DEBIT_OFFSET):
        refusal = AccountStateForbids("can_1", CLOSED, item_type)
        assert ledger.try_to(post(item_type, 10)) == refusal

    ledger.do(to(ACTIVE), post(ItemType.PAYMENT, 10), post(ItemType.CHARGE, 30), debit(5))
    assert ledger.account.figures.owed == Balances(principal_cents=115)
