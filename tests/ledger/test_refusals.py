"""What the ledger refuses, in which order, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from mockserver.ledger.commands import ChangeStatus, Open, Stamp
from mockserver.ledger.decide import decide
from mockserver.ledger.draft import Accepted
from mockserver.ledger.external_fields import ExternalField
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Bucket
from mockserver.ledger.refusals import (
    AccountNotFound,
    AccountStateForbids,
    EffectiveBeforeOpening,
    LineItemConflict,
)
from mockserver.ledger.terms import AccountStatus
from tests.building import NOW, OPENED, debit, owing, post, terms

ASKED = debit(
    20,
    Bucket.FEE,
    line_item_id="li_1",
    effective_at=NOW,
    external_fields=(ExternalField("a", "b"), ExternalField("c", "d")),
)


def test_an_amount_with_a_sign_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="has a sign"):
        owing().try_to(debit(-1))


def test_an_unknown_account_is_refused() -> None:
    assert decide(None, debit(1), Stamp(NOW, 1)) == AccountNotFound("can_1")
    assert decide(None, ChangeStatus("can_1", AccountStatus.CLOSED), Stamp(NOW, 1)) == (
        AccountNotFound("can_1")
    )


def test_the_same_request_again_gets_the_first_answer_and_posts_nothing() -> None:
    ledger = owing(fees=100).do(ASKED)
    first, account = ledger.last.line_item, ledger.account
    again = ledger.try_to(ASKED)

    assert again == Accepted(account, (), first)


def test_an_instant_is_the_same_in_any_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    ledger = owing(fees=100).do(ASKED)

    assert isinstance(ledger.try_to(ASKED._replace(effective_at=elsewhere)), Accepted)
    assert len(ledger.account.items) == 2


@pytest.mark.parametrize(
    "changed",
    [
        ASKED._replace(amount_cents=21),
        ASKED._replace(allocation=Bucket.PRINCIPAL),
        ASKED._replace(allocation=None),
        ASKED._replace(effective_at=NOW + timedelta(microseconds=1)),
        ASKED._replace(effective_at=None),
        ASKED._replace(external_fields=None),
        ASKED._replace(external_fields=()),
        ASKED._replace(external_fields=(ExternalField("c", "d"), ExternalField("a", "b"))),
        ASKED._replace(item_type=ItemType.PAYMENT),
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(changed: object) -> None:
    ledger = owing(fees=100).do(ASKED)
    before = ledger.account

    assert ledger.try_to(changed) == LineItemConflict("can_1", "li_1")  # type: ignore[arg-type]
    assert ledger.account is before


def test_the_id_of_any_item_counts_as_used_whatever_its_type() -> None:
    ledger = owing().do(post(ItemType.LATE_FEE, 20, line_item_id="li_fee"))

    assert isinstance(ledger.try_to(debit(20, line_item_id="li_fee")), LineItemConflict)


def test_an_offset_may_count_from_the_opening_but_not_from_before() -> None:
    ledger = owing(fees=100)

    assert isinstance(ledger.try_to(debit(1, effective_at=OPENED)), Accepted)
    before = OPENED - timedelta(microseconds=1)
    assert ledger.try_to(debit(1, effective_at=before)) == EffectiveBeforeOpening("can_1", OPENED)


@pytest.mark.parametrize(
    ("status", "item_type", "accepted"),
    [
        (AccountStatus.ACTIVE, ItemType.DEBIT_OFFSET, True),
        (AccountStatus.ACTIVE, ItemType.CHARGE, True),
        (AccountStatus.SUSPENDED, ItemType.DEBIT_OFFSET, True),
        (AccountStatus.SUSPENDED, ItemType.CREDIT_OFFSET, True),
        (AccountStatus.SUSPENDED, ItemType.PAYMENT, True),
        (AccountStatus.SUSPENDED, ItemType.CHARGE, False),
        (AccountStatus.CLOSED, ItemType.DEBIT_OFFSET, False),
        (AccountStatus.CLOSED, ItemType.CREDIT_OFFSET, False),
        (AccountStatus.CLOSED, ItemType.PAYMENT, False),
        (AccountStatus.CLOSED, ItemType.CHARGE, False),
        (AccountStatus.CHARGED_OFF, ItemType.DEBIT_OFFSET, True),
        (AccountStatus.CHARGED_OFF, ItemType.CHARGE, False),
    ],
)
def test_the_account_status_decides_what_is_taken(
    status: AccountStatus,
    item_type: ItemType,
    accepted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    ledger = owing(principal=100).do(ChangeStatus("can_1", status))
    outcome = ledger.try_to(post(item_type, 10))

    if accepted:
        assert isinstance(outcome, Accepted)
    else:
        assert outcome == AccountStateForbids("can_1", status, item_type)


def test_a_repeat_wins_over_a_conflict_over_the_opening_over_the_status() -> None:
    ledger = owing(fees=100).do(ASKED, ChangeStatus("can_1", AccountStatus.CLOSED))
    early = OPENED - timedelta(days=1)

    assert isinstance(ledger.try_to(ASKED), Accepted)
    assert isinstance(ledger.try_to(ASKED._replace(effective_at=early)), LineItemConflict)
    assert isinstance(ledger.try_to(debit(1, effective_at=early)), EffectiveBeforeOpening)
    assert isinstance(ledger.try_to(debit(1)), AccountStateForbids)


def test_a_refusal_leaves_due_work_undone_too() -> None:
    ledger = owing(fees=100).do(ASKED)
    ledger.do(debit(30, Bucket.FEE, effective_at=ledger.now + timedelta(days=1)))
    before = ledger.account
    ledger.now += timedelta(days=2)
    ledger.try_to(ASKED._replace(amount_cents=21))

    assert ledger.account is before


def test_an_account_without_an_id_gets_one() -> None:
    opened = decide(None, Open(terms(account_id="")), Stamp(OPENED, 77))

    assert isinstance(opened, Accepted)
    assert opened.account.terms.account_id == "can_77"


def test_an_item_has_the_external_fields_that_were_sent_and_those_of_the_ledger_have_none() -> None:
    item = owing().do(ASKED).last.line_item
    assert item is not None

    assert item.external_fields == ASKED.external_fields
    assert item._replace(asked=None).external_fields is None
    assert item._replace(asked=None).allocation is None
