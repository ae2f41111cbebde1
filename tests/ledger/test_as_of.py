"""Balances as of any instant, as far as they were known at any other (ledger.md L21)."""

from __future__ import annotations

from datetime import datetime

from mockserver.ledger.commands import Processing
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.money import Bucket, Cents
from mockserver.ledger.views import balances_as_of
from tests.building import DAY, NOW, OPENED, Ledger, debit, owing, post, terms


def total(ledger: Ledger, effective_at: datetime, created_at: datetime) -> Cents:
    return balances_as_of(ledger.account, effective_at, created_at).total_cents


def test_an_item_counts_from_its_effective_at_for_those_who_know_of_it() -> None:
    ledger = owing(principal=500, interest=40)
    known = ledger.now
    ledger.do(debit(100, Bucket.INTEREST, effective_at=OPENED + 10 * DAY))

    assert total(ledger, OPENED + 9 * DAY, ledger.now + DAY) == 540
    assert total(ledger, OPENED + 10 * DAY, ledger.now + DAY) == 440
    assert total(ledger, OPENED + 10 * DAY, known) == 540


def test_buckets_are_as_they_were_poured() -> None:
    ledger = owing(principal=500, interest=40).do(debit(100, Bucket.INTEREST), debit(1_000))
    as_of = balances_as_of(ledger.account, NOW + DAY, NOW + DAY)

    assert as_of == (-560, 0, 0, 0)


def test_before_it_is_processed_an_offset_is_negative_principal() -> None:
    ledger = owing(principal=500, fees=100, processing=Processing.CONTROLLED)
    ledger.do(debit(30, Bucket.FEE))

    assert balances_as_of(ledger.account, NOW + DAY, NOW + DAY) == (470, 0, 0, 100)


def test_the_order_in_which_back_dated_items_are_created_does_not_matter() -> None:
    steps = [
        post(ItemType.CHARGE, 100, effective_at=OPENED + 5 * DAY),
        post(ItemType.CHARGE, 40, effective_at=OPENED + 2 * DAY),
        post(ItemType.LATE_FEE, 7, effective_at=OPENED + 3 * DAY),
    ]
    forward, backward = Ledger(terms()).do(*steps), Ledger(terms()).do(*reversed(steps))

    for day in range(8):
        at = OPENED + day * DAY
        assert balances_as_of(forward.account, at, NOW + DAY) == balances_as_of(
            backward.account, at, NOW + DAY
        )


def test_an_offset_counts_as_negative_principal_to_those_who_do_not_know_of_its_pouring() -> None:
    ledger = owing(principal=500, fees=100)
    ledger.do(debit(30, Bucket.FEE, effective_at=ledger.now + DAY))
    created = ledger.now
    ledger.now += 3 * DAY
    ledger.do(debit(0))

    later = NOW + 9 * DAY
    assert balances_as_of(ledger.account, later, created) == (470, 0, 0, 100)
    assert balances_as_of(ledger.account, later, ledger.now) == (500, 0, 0, 70)
    assert balances_as_of(ledger.account, created, later) == (500, 0, 0, 100)
