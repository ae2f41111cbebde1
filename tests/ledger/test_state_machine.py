"""Random sequences of commands against a model that nobody needs to test: one sum per account."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.ledger.account import Account
from mockserver.ledger.commands import (
    ChangeStatus,
    Command,
    Open,
    Processing,
    ReverseCharge,
    ReversePayment,
    Roll,
    Stamp,
    WaiveFee,
)
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.decide import decide
from mockserver.ledger.draft import Accepted
from mockserver.ledger.events import AccountEvent, StatusChanged, numbers_used
from mockserver.ledger.evolve import evolve, replay
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import ItemType, LineItem, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.refusals import AccountStateForbids, Refusal
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import AccountStatus, Fees, MinPay, ProductType
from mockserver.ledger.views import balances, balances_as_of, view
from tests.building import NOW, OPENED, terms

ASKED = [
    *(ItemType.CHARGE, ItemType.PAYMENT, ItemType.REFUND, ItemType.MANUAL_FEE),
    *(ItemType.DEBIT_OFFSET, ItemType.CREDIT_OFFSET, ItemType.CREDIT_OFFSET_FEE),
    *(ItemType.CREDIT_OFFSET_INTEREST, ItemType.CREDIT_OFFSET_DEFERRED_INTEREST),
]
REDUCING = {
    *(ItemType.DEBIT_OFFSET, ItemType.PAYMENT, ItemType.REFUND),
    *(ItemType.CHARGE_REVERSAL, ItemType.FEE_REVERSAL),
}
WAITING = {t for t in ASKED if t.value.startswith("CREDIT_OFFSET")} | {
    *(ItemType.DEBIT_OFFSET, ItemType.PAYMENT, ItemType.REFUND)
}
IDS = ["li_1", "li_2", "li_3", "li_4"]
TAKEN = {
    AccountStatus.ACTIVE: set(ASKED),
    AccountStatus.SUSPENDED: set(ASKED) - {ItemType.CHARGE},
    AccountStatus.CHARGED_OFF: set(ASKED) - {ItemType.CHARGE},
    AccountStatus.CLOSED: set(),
}
"""What an account of each status takes."""
WEEKLY = CycleType(
    Interval(7, Unit.DAY), Interval(2, Unit.DAY), late_fee_grace=Interval(3, Unit.DAY)
)


class Fact(NamedTuple):
    """What the model knows of an item."""

    cents: int
    effective_at: datetime
    waits: bool


class LedgerAgainstModel(RuleBasedStateMachine):
    """The model: what every accepted command asked for, signed by a table of its own, and what the
    ledger posted by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.events: list[AccountEvent] = []
        self.account: Account
        self.facts: dict[str, LineItem] = {}
        self.asked: dict[str, Fact] = {}
        self.status = AccountStatus.ACTIVE
        self.statements: list[Statement] = []

    @initialize(
        initial=st.integers(0, 10**6),
        fee=st.integers(0, 10**4),
        processing=st.sampled_from(Processing),
        product_type=st.sampled_from(ProductType),
        fees=st.sampled_from([Fees(), Fees(0, 100, 500, 700, 300)]),
        cycle_type=st.sampled_from([None, WEEKLY]),
        days=st.integers(0, 60),
    )
    def open(  # noqa: PLR0913, PLR0917 - what accounts differ in
        self,
        initial: int,
        fee: int,
        processing: Processing,
        product_type: ProductType,
        fees: Fees,
        cycle_type: CycleType | None,
        days: int,
    ) -> None:
        self.processing = processing
        opened = terms(
            initial=initial,
            product_type=product_type,
            fees=fees._replace(origination_cents=fee),
            cycle_type=cycle_type,
            interest_rate_percent=Decimal(12),
        )
        product = opened.product._replace(min_pay=MinPay(Decimal(10)))
        self.opened_at = self.now - timedelta(days=days) if cycle_type else OPENED
        outcome = decide(
            None,
            Open(opened._replace(product=product, effective_at=self.opened_at)),
            Stamp(self.now, 1, processing),
        )
        assert isinstance(outcome, Accepted)
        self.keep(outcome)

    def keep(self, outcome: Accepted) -> None:
        self.events += outcome.events
        self.account = outcome.account

    def decide(self, command: Command) -> Accepted | None:
        """Decide a command; a refusal changes nothing."""
        before = self.account
        self.now += timedelta(seconds=1)
        number = 100 + sum(numbers_used(event) for event in self.events)
        outcome = decide(self.account, command, Stamp(self.now, number, self.processing))
        if isinstance(outcome, Refusal):
            assert before is self.account
            if isinstance(outcome, AccountStateForbids):
                assert outcome.item_type not in TAKEN[self.status]
            return None
        self.keep(outcome)
        return outcome

    @property
    def reached(self) -> datetime:
        """The later of the clock and the last roll."""
        return max(self.now, self.account.standing.processed_to)

    @rule(
        item_type=st.sampled_from(ASKED),
        cents=st.one_of(st.integers(0, 5_000), st.just(2**53 - 1)),
        line_item_id=st.one_of(st.none(), st.sampled_from(IDS)),
        days=st.one_of(st.none(), st.integers(-70, 30)),
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
        outcome = self.decide(
            Post("can_1", item_type, cents, line_item_id, effective_at, allocation)
        )
        if outcome is not None and outcome.events:
            assert outcome.line_item is not None
            assert item_type in TAKEN[self.status]
            signed = -cents if item_type in REDUCING else cents
            fact = Fact(signed, effective_at or self.reached, waits=item_type in WAITING)
            posted = line_item_id or outcome.line_item.line_item_id
            assert posted not in self.asked
            self.asked[posted] = fact

    @rule(status=st.sampled_from(AccountStatus))
    def change_status(self, status: AccountStatus) -> None:
        changes = status is not self.status
        outcome = self.decide(ChangeStatus("can_1", status))
        assert outcome is not None
        assert any(isinstance(event, StatusChanged) for event in outcome.events) == changes
        self.status = status

    @rule(
        kind=st.sampled_from([ReversePayment, ReverseCharge, WaiveFee]),
        line_item_id=st.sampled_from(IDS),
    )
    def take_back(
        self, kind: type[ReversePayment | ReverseCharge | WaiveFee], line_item_id: str
    ) -> None:
        command = kind("can_1", line_item_id)
        outcome = self.decide(command)
        if outcome is not None:
            assert self.status is not AccountStatus.CLOSED
            assert outcome.line_item is not None
            assert outcome.line_item.amount_cents * (-1 if kind is not ReversePayment else 1) >= 0
            assert self.decide(command) is None

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(days=st.integers(-10, 40))
    def roll(self, days: int) -> None:
        end = self.now + timedelta(days=days)
        before = self.account.standing.processed_to
        assert self.decide(Roll("can_1", end)) is not None
        assert self.account.standing.processed_to == max(before, end)

    def total_of_the_model(self) -> int:
        """Sum what was asked for and what the ledger posted by itself, where it counts by now."""
        asked = sum(
            fact.cents
            for fact in self.asked.values()
            if not fact.waits or fact.effective_at <= self.reached
        )
        own = [item for item in self.account.items if item.line_item_id not in self.asked]
        made_of_charge = [item for item in own if item.item_type is ItemType.LOAN]
        assert len(made_of_charge) <= 1
        assert not {item.item_type for item in own} & set(ASKED) - {ItemType.CHARGE}
        return asked + sum(item.amount_cents for item in own if item not in made_of_charge)

    def poured_early(self) -> int:
        """Give what payments poured before their time, because they were reversed."""
        reversed_ids = {i for i in self.asked if self.account.standing.offspring.get(i)}
        early = (self.asked[i] for i in reversed_ids)
        return sum(f.cents for f in early if f.waits and f.effective_at > self.reached)

    @invariant()
    def the_total_is_the_sum_of_what_was_asked_for_and_counts(self) -> None:
        total = balances(self.account, self.reached).total_cents
        assert total == self.total_of_the_model() + self.poured_early()

    @invariant()
    def every_item_is_what_was_asked_for(self) -> None:
        for line_item_id, fact in self.asked.items():
            item = self.account.items.get(line_item_id)
            assert item is not None
            assert (item.amount_cents, item.effective_at) == (fact.cents, fact.effective_at)

    @invariant()
    def the_status_is_the_one_set_last(self) -> None:
        assert self.account.status is self.status

    @invariant()
    def nothing_is_broken(self) -> None:
        assert broken_invariants(self.account) == []

    @invariant()
    def facts_and_statements_never_change(self) -> None:
        for item in self.account.items:
            assert self.facts.setdefault(item.line_item_id, item) is item
        assert len(self.facts) == len(self.account.items)
        statements = list(self.account.standing.statements)
        assert statements[: len(self.statements)] == self.statements
        self.statements = statements

    @invariant()
    def what_is_left_of_the_items_adds_up_to_the_balance(self) -> None:
        waiting = {item.line_item_id for item in self.account.waiting}
        left = sum(
            view(self.account, item).balance_cents
            for item in self.account.items
            if item.line_item_id not in waiting
            or not item.item_type.rule.waits_for_effect
            or item.effective_at <= self.reached
        )
        assert left == balances(self.account, self.reached).total_cents

    @invariant()
    def the_balance_as_of_the_end_is_the_sum_of_all(self) -> None:
        end = self.now + timedelta(days=36_600)
        own = sum(i.amount_cents for i in self.account.items if i.line_item_id not in self.asked)
        rolled = sum(i.amount_cents for i in self.account.items if i.item_type is ItemType.LOAN)
        asked = sum(fact.cents for fact in self.asked.values())
        assert balances_as_of(self.account, end, end).total_cents == asked + own - rolled

    def teardown(self) -> None:
        assert replay(self.events) == self.account
        step: Account | None = None
        stamps = []
        for event in self.events:
            step = evolve(step, event)
            stamps.append(event.created_at)
        assert stamps == sorted(set(stamps))


TestLedger = LedgerAgainstModel.TestCase
TestLedger.settings = settings(stateful_step_count=30)
