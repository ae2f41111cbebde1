"""Accounts that live: opened in the past, in cycles, and rolled forward by a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from mockserver.ledger import calendar
from mockserver.ledger.account import Account
from mockserver.ledger.commands import (
    Command,
    Open,
    Processing,
    ReversePayment,
    Roll,
    Stamp,
)
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.decide import decide, process
from mockserver.ledger.draft import Accepted
from mockserver.ledger.events import AccountEvent, numbers_used
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import ItemType, LineItem, Post
from mockserver.ledger.money import Balances, Bucket, Cents
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import Fees, MinPay, Product, ProductType, Terms
from mockserver.ledger.views import Summary, balances, summary
from tests.building import NOW

NEW_YORK = ZoneInfo("America/New_York")
WEEK = Interval(7, Unit.DAY)
TWO_DAYS = Interval(2, Unit.DAY)
MONTH = Interval(1, Unit.MONTH)
WEEKLY = CycleType(WEEK, TWO_DAYS)
MONTHLY = CycleType(MONTH, TWO_DAYS)
NO_FEES = Fees()
NO_MIN_PAY = MinPay()


class Life:
    """One account under controlled processing; days count from :data:`NOW`."""

    def __init__(  # noqa: PLR0913 - what accounts differ in
        self,
        product_type: ProductType = ProductType.REVOLVING,
        *,
        opened: float | datetime = -14,
        initial: Cents = 0,
        limit: Cents = 300_000,
        fees: Fees = NO_FEES,
        rate: str = "0",
        cycle_type: CycleType | None = WEEKLY,
        defers: bool = False,
        min_pay: MinPay = NO_MIN_PAY,
        zone: str = "America/New_York",
        processing: Processing = Processing.CONTROLLED,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.now = NOW
        self.processing = processing
        self.events: list[AccountEvent] = []
        self.account: Account
        product = Product(
            "can_2",
            "Line",
            product_type,
            zone,
            cycle_type,
            defers_interest=defers,
            min_pay=min_pay,
        )
        opened_at = opened if isinstance(opened, datetime) else self.at(opened)
        terms = Terms(
            account_id="can_1",
            product=product,
            effective_at=opened_at,
            created_at=NOW,
            credit_limit_cents=limit,
            initial_principal_cents=initial,
            fees=fees,
            interest_rate_percent=Decimal(rate),
            cycle_type=cycle_type,
        )
        self._keep(decide(None, Open(terms), self._stamp()))

    def at(self, day: float) -> datetime:
        """Give the instant ``day`` days from the start."""
        return NOW + timedelta(days=day)

    def try_to(self, command: Command) -> Accepted | Refusal:
        """Decide a command a second later."""
        self.now += timedelta(seconds=1)
        outcome = decide(self.account, command, self._stamp())
        if isinstance(outcome, Accepted):
            self._keep(outcome)
        return outcome

    def do(self, command: Command) -> LineItem | None:
        """Carry out a command that is not refused; give the item it is answered with."""
        outcome = self.try_to(command)
        assert isinstance(outcome, Accepted), outcome
        return outcome.line_item

    def post(
        self,
        item_type: ItemType,
        cents: Cents,
        day: float | None = None,
        allocation: Bucket | None = None,
        **details: object,
    ) -> LineItem:
        """Post an item that is effective on ``day``."""
        effective_at = None if day is None else self.at(day)
        command = Post("can_1", item_type, cents, None, effective_at, allocation)
        item = self.do(command._replace(**details))  # type: ignore[arg-type]
        assert item is not None
        return item

    def charge(self, cents: Cents, day: float | None = None) -> LineItem:
        return self.post(ItemType.CHARGE, cents, day)

    def pay(self, cents: Cents, day: float | None = None) -> LineItem:
        return self.post(ItemType.PAYMENT, cents, day)

    def reverse(self, payment: LineItem) -> LineItem | None:
        return self.do(ReversePayment("can_1", payment.line_item_id))

    def roll(self, day: int) -> None:
        """Roll to the local midnight of ``day``."""
        date = calendar.local_date(self.at(day), self.zone)
        self.do(Roll("can_1", calendar.midnight(date, self.zone)))

    def pass_days(self, days: float) -> None:
        """Let time pass, and the account be read."""
        self.now += timedelta(days=days)
        self._keep(process(self.account, self._stamp()))

    @property
    def reached(self) -> datetime:
        """The later of the clock and the last roll."""
        return max(self.now, self.account.standing.processed_to)

    @property
    def owed(self) -> Balances:
        return balances(self.account, self.reached)

    @property
    def summary(self) -> Summary:
        return summary(self.account, self.reached)

    @property
    def statements(self) -> Sequence[Statement]:
        return list(self.account.standing.statements)

    def items(self, item_type: ItemType) -> list[LineItem]:
        """Give the items of a type, oldest created first."""
        return [item for item in self.account.items if item.item_type is item_type]

    def _stamp(self) -> Stamp:
        number = 100 + sum(numbers_used(event) for event in self.events)
        return Stamp(self.now, number, self.processing)

    def _keep(self, outcome: Accepted | Refusal) -> None:
        assert isinstance(outcome, Accepted), outcome
        for event in outcome.events:
            assert not self.events or event.created_at > self.events[-1].created_at
            self.events.append(event)
        self.account = outcome.account
        assert broken_invariants(self.account) == []
