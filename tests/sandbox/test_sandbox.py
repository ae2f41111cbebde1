"""Sandboxes: one seed, many ledgers, one journal."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import timedelta

import pytest

from mockserver.ledger.commands import Open, Processing
from mockserver.ledger.draft import Accepted
from mockserver.ledger.events import Event
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.refusals import AccountNotFound, Refusal
from mockserver.ledger.terms import Product
from mockserver.ledger.views import balances
from mockserver.sandbox.clock import SystemClock
from mockserver.sandbox.sandbox import Sandbox, Setup
from mockserver.sandbox.sandboxes import DEFAULT, Sandboxes
from mockserver.sandbox.seed import Seed
from mockserver.seeding.plan import carry_out
from mockserver.seeding.scenario import load
from mockserver.store.memory import MemoryJournal
from tests.building import NOW, terms
from tests.conftest import ACCOUNT, TestClock

SAMPLE = load("sample")


@pytest.fixture(scope="module")
def seed() -> Seed:
    return carry_out(SAMPLE.plans, SAMPLE.customers, NOW)


@pytest.fixture
def sandbox(seed: Seed, clock: TestClock) -> Sandbox:
    return Sandbox("one", Setup(seed), MemoryJournal(), clock)


def offset(cents: int, line_item_id: str | None = None) -> Post:
    return Post(ACCOUNT, ItemType.DEBIT_OFFSET, cents, line_item_id)


def total(sandbox: Sandbox, account_id: str = ACCOUNT) -> int:
    account = sandbox.account(account_id)
    assert account is not None
    assert broken_invariants(account) == []
    return balances(account, sandbox.now()).total_cents


def test_a_command_changes_its_account_and_nothing_of_the_seed(
    sandbox: Sandbox, seed: Seed, clock: TestClock
) -> None:
    before = total(sandbox)
    sandbox.apply(offset(7))

    assert total(sandbox) == before - 7
    assert total(Sandbox("other", Setup(seed), MemoryJournal(), clock)) == before


def test_created_at_increases_though_the_clock_stands_still(sandbox: Sandbox) -> None:
    items = [sandbox.apply(offset(1)) for _ in range(5)]
    created = [i.line_item.created_at for i in items if isinstance(i, Accepted) and i.line_item]

    assert len(set(created)) == 5
    assert created == sorted(created)


def test_a_clock_that_goes_back_does_not_disorder_the_ledger(
    sandbox: Sandbox, clock: TestClock
) -> None:
    sandbox.apply(offset(1))
    clock.advance(days=-30)
    before = total(sandbox)
    sandbox.apply(offset(5))

    assert total(sandbox) == before - 5


def test_a_sandbox_is_rebuilt_from_its_journal(
    sandbox: Sandbox, seed: Seed, clock: TestClock
) -> None:
    journal = MemoryJournal()
    first = Sandbox("one", Setup(seed), journal, clock)
    first.apply(offset(7, "li_7"))
    first.apply(Open(terms(initial=500, account_id="can_new")))
    again = Sandbox("one", Setup(seed), journal, clock)

    assert again.account(ACCOUNT) == first.account(ACCOUNT)
    assert total(again, "can_new") == 500
    assert again.apply(offset(7, "li_7")) == first.apply(offset(7, "li_7"))
    assert journal.head("one") == len(journal.read("one", 0))


class RacingJournal(MemoryJournal):
    """Lets somebody else append just before the first append."""

    def __init__(self, others: Sandbox, command: Post) -> None:
        super().__init__()
        self._others, self._command = others, command

    def append(self, sandbox: str, expected_seq: int, events: Sequence[Event]) -> bool:
        if not self.read(sandbox, 0):
            outcome = self._others.apply(self._command)
            assert isinstance(outcome, Accepted)
            super().append(sandbox, 0, outcome.events)
        return super().append(sandbox, expected_seq, events)


def test_who_loses_a_race_decides_again_on_what_the_winner_wrote(
    seed: Seed, clock: TestClock
) -> None:
    def raced(ours: Post, theirs: Post) -> tuple[Accepted | Refusal, Sandbox]:
        other = Sandbox("one", Setup(seed), MemoryJournal(), clock)
        sandbox = Sandbox("one", Setup(seed), RacingJournal(other, theirs), clock)
        return sandbox.apply(ours), sandbox

    before = total(Sandbox("one", Setup(seed), MemoryJournal(), clock))

    outcome, sandbox = raced(offset(5), offset(30))
    assert isinstance(outcome, Accepted)
    assert total(sandbox) == before - 35

    outcome, sandbox = raced(offset(5, "li_1"), offset(30, "li_1"))
    assert isinstance(outcome, Refusal)
    assert total(sandbox) == before - 30

    outcome, sandbox = raced(offset(5, "li_1"), offset(5, "li_1"))
    assert isinstance(outcome, Accepted)
    assert outcome.events == ()
    assert total(sandbox) == before - 5


def test_reading_carries_out_what_is_due_and_keeps_it(sandbox: Sandbox, clock: TestClock) -> None:
    later = clock.time + timedelta(days=1)
    sandbox.apply(offset(7)._replace(effective_at=later, line_item_id="li_later"))
    before = total(sandbox)
    clock.advance(days=2)

    peeked = sandbox.peek(ACCOUNT)
    assert peeked is not None
    assert peeked.processed.get("li_later") is not None
    assert total(sandbox) == before - 7
    read = sandbox.account(ACCOUNT)
    assert read is not None
    assert read is sandbox.account(ACCOUNT) is sandbox.peek(ACCOUNT)


def test_a_reader_that_loses_a_race_reads_again(seed: Seed, clock: TestClock) -> None:
    journal = MemoryJournal()
    slow, quick = (Sandbox("one", Setup(seed), journal, clock) for _ in range(2))
    later = clock.time + timedelta(days=1)
    slow.apply(offset(7)._replace(effective_at=later))
    quick.apply(offset(0))
    clock.advance(days=2)
    quick.apply(offset(0))

    assert total(slow) == total(quick)


def test_under_controlled_processing_reading_carries_out_nothing(
    seed: Seed, clock: TestClock
) -> None:
    sandbox = Sandbox("one", Setup(seed, Processing.CONTROLLED), MemoryJournal(), clock)
    sandbox.apply(offset(7, "li_7"))
    account = sandbox.account(ACCOUNT)

    assert account is not None
    assert account.processed.get("li_7") is None
    assert sandbox.peek(ACCOUNT) is account


def test_an_unknown_account_is_none(sandbox: Sandbox) -> None:
    assert sandbox.account("nobody") is None
    assert sandbox.peek("nobody") is None
    unknown = Post("nobody", ItemType.DEBIT_OFFSET, 1)
    assert sandbox.apply(unknown) == AccountNotFound("nobody")


def test_accounts_are_given_newest_first(sandbox: Sandbox) -> None:
    opened = [listed.effective_at for listed in sandbox.listed().below()]
    assert opened == sorted(opened, reverse=True)
    listed = {entry.listed_id for entry in sandbox.listed()}
    assert listed == {plan.terms.account_id for plan in SAMPLE.plans}


def test_a_thousand_interleaved_sandboxes_are_each_alone(seed: Seed, clock: TestClock) -> None:
    sandboxes = Sandboxes(Setup(seed), MemoryJournal(), clock)
    before = total(sandboxes.get(DEFAULT))
    for round_ in range(3):
        for number in range(1_000):
            sandboxes.get(f"sbx_{number}").apply(offset(number + round_))

    for number in range(0, 1_000, 97):
        assert total(sandboxes.get(f"sbx_{number}")) == before - 3 * number - 3
    assert total(sandboxes.get(DEFAULT)) == before


def test_sandboxes_are_made_when_they_are_first_used(seed: Seed) -> None:
    sandboxes = Sandboxes(Setup(seed), MemoryJournal(), SystemClock())
    assert sandboxes.names() == [DEFAULT]
    assert sandboxes.find("sbx_a") is None
    made = sandboxes.get("sbx_a")

    assert sandboxes.find("sbx_a") is made is sandboxes.get("sbx_a")
    assert sandboxes.names() == [DEFAULT, "sbx_a"]
    with pytest.raises(AssertionError):
        sandboxes.get("a b")


def test_what_one_server_created_another_on_the_same_journal_knows(
    seed: Seed, clock: TestClock
) -> None:
    journal = MemoryJournal()
    one, two = (Sandbox("shared", Setup(seed), journal, clock) for _ in range(2))
    product = one.create_product(Product("", "Loan", "INSTALLMENT", "UTC"))
    person = next(iter(seed.state.customers.values()))
    customer = two.create_customer(person)
    opened = one.apply(Open(terms(account_id="")._replace(product=product)))

    assert isinstance(opened, Accepted)
    two.apply(offset(1))
    for sandbox in (one, two):
        sandbox.apply(offset(2))
        assert sandbox.product(product.product_id) == product
        assert sandbox.customer(customer.customer_id) == customer
        assert sandbox.account(opened.account.terms.account_id) is not None
        assert [listed.listed_id for listed in sandbox.listed_products()][-1] == product.product_id
    ids = [product.product_id, customer.customer_id, opened.account.terms.account_id]
    assert len(set(ids)) == 3
    created = [event.created_at for event in journal.read("shared", 0)]
    assert created == sorted(set(created))


def test_nothing_a_sandbox_adds_lies_in_the_storage_of_the_seed(
    seed: Seed, clock: TestClock
) -> None:
    account = seed.state.base[ACCOUNT]
    tails = [account.listed._tail, *(lots._tail for lots in account.lots)]
    before = copy.deepcopy(tails)
    sandbox = Sandbox("adding", Setup(seed), MemoryJournal(), clock)
    for item_type in (ItemType.CHARGE, ItemType.MANUAL_FEE, ItemType.INTEREST):
        sandbox.apply(Post(ACCOUNT, item_type, 100))
        sandbox.apply(Post(ACCOUNT, item_type, 100, None, clock.now() + timedelta(days=9)))
    sandbox.apply(Post(ACCOUNT, ItemType.DEFERRED_INTEREST, 100))

    assert tails == before
    assert total(sandbox) > total(Sandbox("other", Setup(seed), MemoryJournal(), clock))
