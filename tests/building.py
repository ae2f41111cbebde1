"""Builders for tests: accounts that owe what a test says, commands, and what they lead to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Command, Open, Processing, Stamp
from mockserver.ledger.decide import decide
from mockserver.ledger.draft import Accepted
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket, Cents
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import Fees, Product, ProductType, Terms

OPENED = datetime(2020, 1, 1, 5, tzinfo=UTC)
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Ledger:
    """One account, and a clock that moves a second with every command."""

    def __init__(self, terms: Terms, processing: Processing = Processing.AUTOMATIC) -> None:
        self.now = NOW
        self.processing = processing
        self._id_number = 1
        opened = decide(None, Open(terms), Stamp(OPENED, self._next_id()))
        assert isinstance(opened, Accepted)
        self.account: Account = opened.account
        self.last: Accepted = opened

    def _next_id(self) -> int:
        self._id_number += 10
        return self._id_number

    def try_to(self, command: Command) -> Accepted | Refusal:
        """Decide ``command`` at the next second, and keep what happened."""
        self.now += timedelta(seconds=1)
        outcome = decide(self.account, command, Stamp(self.now, self._next_id(), self.processing))
        if isinstance(outcome, Accepted):
            self.account, self.last = outcome.account, outcome
        return outcome

    def do(self, *commands: Command) -> Ledger:
        """Carry out commands none of which is refused."""
        for command in commands:
            outcome = self.try_to(command)
            assert isinstance(outcome, Accepted), outcome
        return self


def terms(
    *,
    limit: Cents = 0,
    initial: Cents = 0,
    origination_fee: Cents = 0,
    product_type: ProductType = ProductType.REVOLVING,
    account_id: str = "can_1",
    **details: object,
) -> Terms:
    """Terms of an account opened at :data:`OPENED`."""
    product = Product("can_2", "Line", product_type, "America/New_York")
    return Terms(
        account_id=account_id,
        product=product,
        effective_at=OPENED,
        created_at=OPENED,
        credit_limit_cents=limit,
        initial_principal_cents=initial,
        fees=Fees(origination_fee),
    )._replace(**details)  # type: ignore[arg-type]


def owing(  # noqa: PLR0913 - one argument for each thing an account can owe
    *,
    principal: Cents = 0,
    fees: Cents = 0,
    interest: Cents = 0,
    deferred: Cents = 0,
    limit: Cents = 0,
    processing: Processing = Processing.AUTOMATIC,
    product_type: ProductType = ProductType.REVOLVING,
) -> Ledger:
    """An account that owes this, each bucket from one item."""
    ledger = Ledger(terms(limit=limit, product_type=product_type), processing)
    for item_type, cents in (
        (ItemType.CHARGE, principal),
        (ItemType.LATE_FEE, fees),
        (ItemType.INTEREST, interest),
        (ItemType.DEFERRED_INTEREST, deferred),
    ):
        if cents:
            ledger.do(post(item_type, cents, effective_at=OPENED + DAY))
    return ledger


def post(item_type: ItemType, cents: Cents, **details: object) -> Post:
    """The command to post an item of any type."""
    return Post("can_1", item_type, cents, **details)  # type: ignore[arg-type]


def debit(cents: Cents, allocation: Bucket | None = None, **details: object) -> Post:
    """The command to post a debit offset."""
    return post(ItemType.DEBIT_OFFSET, cents, allocation=allocation, **details)
