"""What a debit offset does to an account: ledger.md, rule by rule."""

from __future__ import annotations

import pytest

from mockserver.ledger.commands import Processing
from mockserver.ledger.evolve import poured_by
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Balances, Bucket, Cents
from mockserver.ledger.pouring import Poured
from mockserver.ledger.terms import ProductType
from mockserver.ledger.views import as_created, available_credit_cents, balances, summary, view
from tests.building import DAY, NOW, OPENED, Ledger, debit, owing, post, terms

PRINCIPAL, INTEREST, DEFERRED, FEE = Bucket


def owed(ledger: Ledger) -> tuple[Cents, Cents, Cents, Cents]:
    """Principal, interest, deferred interest, fees."""
    principal, interest, deferred, fees = balances(ledger.account, ledger.now)
    return principal, interest, deferred, fees


def everything() -> Ledger:
    return owing(principal=500, interest=300, deferred=200, fees=100)


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        #            principal interest deferred fees
        (PRINCIPAL, (450, 300, 200, 100)),
        (INTEREST, (500, 250, 200, 100)),
        (DEFERRED, (500, 300, 150, 100)),
        (FEE, (500, 300, 200, 50)),
        (None, (450, 300, 200, 100)),
    ],
)
def test_an_offset_takes_from_its_bucket_and_no_other_while_it_suffices(
    allocation: Bucket | None, expected: tuple[int, ...]
) -> None:
    assert owed(everything().do(debit(50, allocation))) == expected


@pytest.mark.parametrize(
    ("allocation", "cents", "expected"),
    [
        #                 principal interest deferred fees
        (PRINCIPAL, 550, (0, 300, 200, 50)),
        (PRINCIPAL, 700, (0, 200, 200, 0)),
        (PRINCIPAL, 950, (0, 0, 150, 0)),
        (INTEREST, 350, (500, 0, 200, 50)),
        (INTEREST, 450, (450, 0, 200, 0)),
        (DEFERRED, 250, (500, 300, 0, 50)),
        (DEFERRED, 350, (500, 250, 0, 0)),
        (FEE, 150, (500, 250, 200, 0)),
        (FEE, 450, (450, 0, 200, 0)),
        (FEE, 1000, (0, 0, 100, 0)),
        (None, 550, (0, 300, 200, 50)),
    ],
)
def test_what_the_bucket_cannot_take_flows_over_in_the_default_order(
    allocation: Bucket | None, cents: Cents, expected: tuple[int, ...]
) -> None:
    assert owed(everything().do(debit(cents, allocation))) == expected


def test_what_nothing_can_take_makes_the_total_negative() -> None:
    ledger = Ledger(terms(origination_fee=200)).do(debit(450))
    item = ledger.last.line_item
    assert item is not None

    assert owed(ledger) == (-250, 0, 0, 0)
    assert summary(ledger.account, ledger.now).total_balance_cents == -250
    assert summary(ledger.account, ledger.now).total_payoff_cents == 0
    assert view(ledger.account, item).balance_cents == -250


def test_a_negative_total_is_not_poured_again() -> None:
    ledger = owing(limit=1000, principal=100).do(debit(150), post(ItemType.CHARGE, 80))

    assert owed(ledger) == (30, 0, 0, 0)
    assert available_credit_cents(ledger.account) == 920


def test_an_unallocated_offset_pays_principal_first_and_a_payment_fees_first() -> None:
    ledger = owing(fees=11_000)
    ledger.do(post(ItemType.CHARGE, 5_000), post(ItemType.CHARGE, 2_000))
    ledger.do(debit(2_000), post(ItemType.PAYMENT, 3_000), post(ItemType.LATE_FEE, 3_000))

    assert owed(ledger) == (5_000, 0, 0, 11_000)


def test_the_oldest_effective_item_is_paid_first_then_the_oldest_created() -> None:
    ledger = Ledger(terms())
    for item_id, day in (("late", 3), ("early", 1), ("early too", 1), ("earliest", 0)):
        ledger.do(post(ItemType.CHARGE, 100, line_item_id=item_id, effective_at=OPENED + day * DAY))
    ledger.do(debit(250, PRINCIPAL))

    left = {item.line_item_id: view(ledger.account, item) for item in ledger.account.items}
    figures = {item_id: left[item_id].principal_cents for item_id in list(left)[:4]}
    assert figures == {"late": 100, "early": 0, "early too": 50, "earliest": 0}


def test_a_charge_back_dated_before_a_half_paid_one_is_paid_next() -> None:
    ledger = owing(principal=100).do(debit(40))
    ledger.do(post(ItemType.CHARGE, 30, line_item_id="older", effective_at=OPENED))
    ledger.do(debit(50))

    older = ledger.account.items.get("older")
    assert older is not None
    assert view(ledger.account, older).principal_cents == 0
    assert owed(ledger) == (40, 0, 0, 0)


def test_a_principal_offset_frees_credit_and_a_fee_offset_does_not() -> None:
    def after(cents: Cents, bucket: Bucket) -> tuple[Cents, Cents, Cents]:
        ledger = owing(limit=300_000, principal=170_000, fees=20_000).do(debit(cents, bucket))
        principal, _, _, fees = owed(ledger)
        return principal, fees, available_credit_cents(ledger.account)

    #                                  principal  fees    available
    assert after(3_000, PRINCIPAL) == (167_000, 20_000, 133_000)
    assert after(1_550, FEE) == (170_000, 18_450, 130_000)


@pytest.mark.parametrize(
    ("limit", "posts", "available"),
    [
        (300_000, [post(ItemType.CHARGE, 170_000)], 130_000),
        (300_000, [post(ItemType.CHARGE, 170_000), post(ItemType.CREDIT_OFFSET, 2_000)], 130_000),
        (300_000, [post(ItemType.INTEREST, 5_000), post(ItemType.LATE_FEE, 5_000)], 300_000),
        (15_000_000, [post(ItemType.LOAN, 17_000_000)], 0),
        (300_000, [debit(3_500)], 300_000),
    ],
)
def test_available_credit_counts_open_charges_and_loans_within_the_limit(
    limit: Cents, posts: list[Post], available: Cents
) -> None:
    assert available_credit_cents(Ledger(terms(limit=limit)).do(*posts).account) == available


@pytest.mark.parametrize(
    ("item_type", "expected"),
    [
        (ItemType.CREDIT_OFFSET, (2_500, 0, 0, 0)),
        (ItemType.CREDIT_OFFSET_INTEREST, (500, 2_000, 0, 0)),
        (ItemType.CREDIT_OFFSET_DEFERRED_INTEREST, (500, 0, 2_000, 0)),
        (ItemType.CREDIT_OFFSET_FEE, (500, 0, 0, 2_000)),
    ],
)
def test_a_credit_offset_adds_to_its_bucket(item_type: ItemType, expected: tuple[int, ...]) -> None:
    assert owed(owing(principal=500).do(post(item_type, 2_000))) == expected


def test_the_answer_shows_the_item_before_pouring_and_reads_show_it_after() -> None:
    ledger = owing(interest=300).do(debit(20, INTEREST, line_item_id="li_1"))
    answered = ledger.last.line_item
    read = ledger.account.items.get("li_1")

    assert answered is not None
    assert (answered.amount_cents, answered.description) == (
        -20,
        "Debit offset against the account",
    )
    assert read == answered
    shown = view(ledger.account, answered)
    assert shown.description == "upd payment principal_cents: -20 + 20"
    assert (shown.balance_cents, shown.principal_cents) == (0, 0)
    assert shown.updated_at == answered.created_at


def test_read_back_only_charges_and_loans_show_principal() -> None:
    ledger = owing(principal=500, interest=300, deferred=200, fees=100)
    ledger.do(post(ItemType.CREDIT_OFFSET, 70))

    shown = {v.item.item_type: v for v in (view(ledger.account, i) for i in ledger.account.items)}
    principal = {item_type: v.principal_cents for item_type, v in shown.items()}
    left = {item_type: v.balance_cents for item_type, v in shown.items()}
    assert {t: cents for t, cents in principal.items() if cents} == {ItemType.CHARGE: 500}
    assert left == {
        ItemType.CHARGE: 500,
        ItemType.INTEREST: 300,
        ItemType.DEFERRED_INTEREST: 200,
        ItemType.LATE_FEE: 100,
        ItemType.CREDIT_OFFSET: 70,
    }


def test_a_post_is_answered_before_pouring() -> None:
    ledger = owing(fees=100).do(debit(30, Bucket.FEE))
    item = ledger.last.line_item
    assert item is not None
    created, now = as_created(item), view(ledger.account, item)

    assert (created.balance_cents, created.principal_cents) == (-30, -30)
    assert created.description == "Debit offset against the account"
    assert (now.balance_cents, now.principal_cents) == (0, 0)
    assert now.description == "upd payment principal_cents: -30 + 30"


def test_lists_are_newest_effective_first_then_newest_created() -> None:
    ledger = Ledger(terms())
    for item_id, day in (("b", 2), ("a", 1), ("c", 3), ("b too", 2)):
        ledger.do(debit(1, line_item_id=item_id, effective_at=OPENED + day * DAY))

    listed = [item.line_item_id for item in ledger.account.listed.below()]
    assert listed == ["c", "b too", "b", "a"]


def test_on_installment_both_kinds_of_interest_are_amortised() -> None:
    def kinds(product_type: ProductType) -> tuple[Cents, ...]:
        ledger = owing(interest=300, deferred=200, product_type=product_type)
        figures = summary(ledger.do(debit(50, INTEREST)).account, ledger.now)
        return (
            figures.interest_balance_cents,
            figures.am_interest_balance_cents,
            figures.deferred_interest_balance_cents,
            figures.am_deferred_interest_balance_cents,
        )

    assert kinds(ProductType.INSTALLMENT) == (0, 250, 0, 200)
    assert kinds(ProductType.REVOLVING) == (250, 0, 200, 0)
    assert kinds(ProductType.MIXED_RATE_INSTALLMENT) == (250, 0, 200, 0)
    assert kinds(ProductType.CREDIT) == (250, 0, 200, 0)


def test_the_total_is_the_sum_of_the_parts() -> None:
    figures = summary(everything().do(debit(5_000)).account, NOW + DAY)

    parts = (
        figures.principal_cents,
        figures.fees_balance_cents,
        figures.interest_balance_cents,
        figures.am_interest_balance_cents,
        figures.deferred_interest_balance_cents,
        figures.am_deferred_interest_balance_cents,
    )
    assert figures.total_balance_cents == sum(parts) == 1_100 - 5_000


def test_payments_are_summed_with_a_minus_and_offsets_are_not_payments() -> None:
    ledger = owing(principal=500, interest=300).do(post(ItemType.PAYMENT, 400), debit(100))
    figures = summary(ledger.account, ledger.now)

    assert figures.total_paid_to_date_cents == -400
    assert figures.total_interest_paid_to_date_cents == -300


@pytest.mark.parametrize("cents", [0, 1, 2**31, 2**32 + 7, 2**53 - 1])
def test_amounts_are_exact_at_every_size(cents: Cents) -> None:
    ledger = owing(principal=7).do(*[debit(cents) for _ in range(3)])

    assert owed(ledger) == (7 - 3 * cents, 0, 0, 0)


class TestTime:
    """Future-dated and unprocessed offsets (ledger.md L10, L19)."""

    def test_a_future_offset_is_listed_at_once_and_counts_when_its_time_comes(self) -> None:
        ledger = owing(principal=500)
        later = ledger.now + 10 * DAY
        ledger.do(debit(100, line_item_id="li_later", effective_at=later))
        item = ledger.account.items.get("li_later")

        assert item is not None
        assert owed(ledger) == (500, 0, 0, 0)
        assert view(ledger.account, item).balance_cents == -100
        assert balances(ledger.account, later).principal_cents == 400

    def test_a_future_offset_is_processed_before_the_next_command_after_its_time(self) -> None:
        ledger = owing(principal=500, fees=50)
        ledger.do(debit(30, FEE, effective_at=ledger.now + DAY))
        ledger.now += 2 * DAY
        ledger.do(debit(100, FEE))

        # the earlier offset found 50 of fees, the later one the 20 it left
        assert [
            item.poured or poured_by(ledger.account, item)
            for item in list(ledger.account.items)[2:]
        ] == [
            Poured(Balances(fee_cents=30)),
            Poured(Balances(principal_cents=80, fee_cents=20)),
        ]

    def test_a_future_credit_offset_counts_only_when_its_time_comes(self) -> None:
        ledger = owing(principal=500)
        ledger.do(
            post(
                ItemType.CREDIT_OFFSET,
                70,
                line_item_id="li_more",
                effective_at=ledger.now + DAY,
            )
        )
        item = ledger.account.items.get("li_more")
        assert item is not None
        assert owed(ledger) == (500, 0, 0, 0)
        assert view(ledger.account, item).balance_cents == 70

        ledger.now += 2 * DAY
        ledger.do(debit(0))
        assert owed(ledger) == (570, 0, 0, 0)
        assert view(ledger.account, item).balance_cents == 70
        assert broken_invariants(ledger.account) == []

    def test_two_future_offsets_are_processed_in_the_order_of_their_time(self) -> None:
        ledger = owing(interest=100)
        ledger.do(debit(80, INTEREST, line_item_id="second", effective_at=ledger.now + 5 * DAY))
        ledger.do(debit(60, INTEREST, line_item_id="first", effective_at=ledger.now + 4 * DAY))
        ledger.now += 6 * DAY
        ledger.do(debit(0))

        order = [(p.line_item_id, p.poured.taken.interest_cents) for p in ledger.account.processed]
        assert order[:2] == [("first", 60), ("second", 40)]

    def test_under_controlled_processing_an_offset_counts_as_negative_principal(self) -> None:
        ledger = owing(principal=500, fees=100, processing=Processing.CONTROLLED)
        ledger.do(debit(30, FEE, line_item_id="li_1"))
        item = ledger.account.items.get("li_1")

        assert item is not None
        assert owed(ledger) == (470, 0, 0, 100)
        assert view(ledger.account, item).balance_cents == -30
        assert available_credit_cents(ledger.account) == 0
