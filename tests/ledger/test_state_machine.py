"""Random sequences of commands against a model that nobody needs to test: one sum per account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.ledger.account import Account
from mockserver.ledger.decide import Accepted, ChangeStatus, Open, Processing, Stamp, decide
from mockserver.ledger.events import Event, happened_at
from mockserver.ledger.evolve import evolve, replay
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import RULES, ItemType, LineItem, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus
from mockserver.ledger.views import balances, balances_as_of, view
from tests.building import NOW, OPENED, terms

REDUCING = {ItemType.DEBIT_OFFSET, ItemType.PAYMENT}
WAITING = REDUCING | {t for t in ItemType if t.value.startswith("CREDIT_OFFSET")}


class Fact(NamedTuple):
    """What the model knows of an item."""

    cents: int
    effective_at: datetime
    waits: bool


class LedgerAgainstModel(RuleBasedStateMachine):
    """The model: what every accepted command asked for, signed by a table of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.events: list[Event] = []
        self.account: Account
        self.asked: dict[str, Fact] = {}
        self.facts: dict[str, LineItem] = {}

    @initialize(
        initial=st.integers(0, 10**6),
        fee=st.integers(0, 10**4),
        processing=st.sampled_from(Processing),
    )
    def open(self, initial: int, fee: int, processing: Processing) -> None:
        self.processing = processing
        opened = decide(None, Open(terms(initial=initial, origination_fee=fee)), Stamp(OPENED, 1))
        assert isinstance(opened, Accepted)
        for cents, item in zip([c for c in (initial, fee) if c], opened.account.items, strict=True):
            self.asked[item.line_item_id] = Fact(cents, OPENED, waits=False)
        self.keep(opened)

    def keep(self, outcome: Accepted) -> None:
        self.events += outcome.events
        self.account = outcome.account

    @rule(
        item_type=st.sampled_from(ItemType),
        cents=st.one_of(st.integers(0, 5_000), st.just(2**53 - 1)),
        line_item_id=st.one_of(st.none(), st.sampled_from(["li_1", "li_2", "li_3"])),
        days=st.one_of(st.none(), st.integers(-1_700, 30)),
        allocation=st.one_of(st.none(), st.sampled_from(Bucket)),
    )
    def post(
        self,
        item_type: ItemType,
        cents: int,
        line_item_id: str | None,
        days: int | None,
        allocation: Bucket | None,
    ) -> None:
        effective_at = None if days is None else self.now + timedelta(days=days)
        command = Post("can_1", item_type, cents, line_item_id, effective_at, allocation)
        before = self.account
        self.now += timedelta(seconds=1)
        stamp = Stamp(self.now, 100 + len(self.events), self.processing)
        outcome = decide(self.account, command, stamp)
        if isinstance(outcome, Refusal):
            assert before is self.account
            return
        assert outcome.line_item is not None
        if outcome.events:
            signed = -cents if item_type in REDUCING else cents
            fact = Fact(signed, effective_at or self.now, waits=item_type in WAITING)
            posted = line_item_id or outcome.line_item.line_item_id
            assert posted not in self.asked
            self.asked[posted] = fact
        self.keep(outcome)

    @rule(status=st.sampled_from([AccountStatus.ACTIVE, AccountStatus.SUSPENDED]))
    def change_status(self, status: AccountStatus) -> None:
        stamp = Stamp(self.now, 100 + len(self.events), self.processing)
        outcome = decide(self.account, ChangeStatus("can_1", status), stamp)
        assert isinstance(outcome, Accepted)
        self.keep(outcome)

    @rule(days=st.integers(1, 20))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def the_total_is_the_sum_of_what_was_asked_for_and_counts(self) -> None:
        counting = [
            fact.cents
            for fact in self.asked.values()
            if not fact.waits or fact.effective_at <= self.now
        ]
        assert balances(self.account, self.now).total_cents == sum(counting)

    @invariant()
    def every_item_is_what_was_asked_for(self) -> None:
        assert len(self.account.items) == len(self.asked)
        for line_item_id, fact in self.asked.items():
            item = self.account.items.get(line_item_id)
            assert item is not None
            assert (item.amount_cents, item.effective_at) == (fact.cents, fact.effective_at)

    @invariant()
    def nothing_is_broken(self) -> None:
        assert broken_invariants(self.account) == []

    @invariant()
    def facts_never_change(self) -> None:
        for item in self.account.items:
            assert self.facts.setdefault(item.line_item_id, item) is item
        assert len(self.facts) == len(self.account.items)

    @invariant()
    def what_is_left_of_the_items_adds_up_to_the_balance(self) -> None:
        left = sum(
            view(self.account, item).balance_cents
            for item in self.account.items
            if not RULES[item.item_type].waits_for_effect or item.effective_at <= self.now
        )
        assert left == balances(self.account, self.now).total_cents

    @invariant()
    def the_balance_as_of_now_is_the_balance(self) -> None:
        as_of = balances_as_of(self.account, self.now, self.now + timedelta(seconds=1))
        assert as_of.total_cents == balances(self.account, self.now).total_cents

    def teardown(self) -> None:
        assert replay(self.events) == self.account
        step: Account | None = None
        for event in self.events:
            step = evolve(step, event)
            assert happened_at(event) <= self.now + timedelta(seconds=1)


TestLedger = LedgerAgainstModel.TestCase
TestLedger.settings = settings(stateful_step_count=30)
