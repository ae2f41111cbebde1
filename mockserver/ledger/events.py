"""What happened to an account. Events carry results, so replaying them decides nothing anew.

An event stands for itself: it names its account, every id, every time and every cent of how an
amount poured. ``evolve`` turns a history of events back into the account.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from mockserver.ledger.line_item import LineItem
from mockserver.ledger.pouring import Poured
from mockserver.ledger.schedule import DueDay
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import AccountStatus, Customer, Product, Terms


class ProductCreated(NamedTuple):
    """Accounts can be opened from a product from now on."""

    product: Product
    created_at: datetime


class CustomerCreated(NamedTuple):
    """Accounts can be assigned to a customer from now on."""

    customer: Customer
    created_at: datetime


class AccountOpened(NamedTuple):
    """An account exists from now on."""

    account_id: str
    terms: Terms

    @property
    def created_at(self) -> datetime:
        """When the service learned of it."""
        return self.terms.created_at


class StatusChanged(NamedTuple):
    """The account may be used for more, or for less, than before."""

    account_id: str
    status: AccountStatus
    created_at: datetime


class LineItemPosted(NamedTuple):
    """A fact was added."""

    account_id: str
    item: LineItem
    waits: bool
    """Whether it counts, or pours, only once it is processed."""

    @property
    def created_at(self) -> datetime:
        """When the service learned of it."""
        return self.item.created_at


class Processed(NamedTuple):
    """A waiting item was carried out: a negative one poured, a positive one counted."""

    account_id: str
    line_item_id: str
    created_at: datetime
    poured: Poured


class ChargeRolled(NamedTuple):
    """The initial charge became a loan (ledger.md L4)."""

    account_id: str
    charge_id: str
    loan: LineItem

    @property
    def created_at(self) -> datetime:
        """When that was done."""
        return self.loan.created_at


class ClosedCycle(NamedTuple):
    """What came of the end of a billing cycle."""

    statement: Statement
    interest: LineItem | None


class CyclesClosed(NamedTuple):
    """Billing cycles, one after the other, came to their end (ledger.md L12, L16)."""

    account_id: str
    cycles: tuple[ClosedCycle, ...]
    """At least one."""
    last_day: date
    """The local day with whose beginning the next cycle will end."""
    due_days: tuple[DueDay, ...]
    """Those that are to come."""

    @property
    def created_at(self) -> datetime:
        """When that was done."""
        return self.cycles[-1].statement.created_at


class FeeFellDue(NamedTuple):
    """A month or a year has passed since the opening, or since the one before (ledger.md L23)."""

    account_id: str
    fee: LineItem
    """A ``MONTH_FEE`` or a ``YEAR_FEE``."""

    @property
    def created_at(self) -> datetime:
        """When that was done."""
        return self.fee.created_at


class DueDayPassed(NamedTuple):
    """It was asked whether a minimum payment was made (ledger.md L23)."""

    account_id: str
    created_at: datetime
    fee: LineItem | None
    """What it cost that it was not."""


class PaymentReversed(NamedTuple):
    """What a payment had poured was given back (ledger.md L11)."""

    account_id: str
    payment_id: str
    items: tuple[LineItem, ...]
    """What gives it back, and the fee for it."""
    waits: bool
    """Whether they count only once they are processed."""

    @property
    def created_at(self) -> datetime:
        """When that was done."""
        return self.items[-1].created_at


class Cancelled(NamedTuple):
    """What was left of a charge or a fee was taken back (ledger.md L22)."""

    account_id: str
    line_item_id: str
    """The charge or the fee."""
    item: LineItem

    @property
    def created_at(self) -> datetime:
        """When that was done."""
        return self.item.created_at


class Rolled(NamedTuple):
    """Everything before an instant was carried out (ledger.md L14)."""

    account_id: str
    processed_to: datetime
    created_at: datetime


AccountEvent: TypeAlias = (
    AccountOpened
    | StatusChanged
    | LineItemPosted
    | Processed
    | ChargeRolled
    | CyclesClosed
    | FeeFellDue
    | DueDayPassed
    | PaymentReversed
    | Cancelled
    | Rolled
)
"""What happens to one account."""

Event: TypeAlias = AccountEvent | ProductCreated | CustomerCreated
"""What happens in a sandbox."""


def numbers_used(event: Event) -> int:
    """Give how many numbers of the sandbox's sequence ``event`` takes: one per item or snapshot.

    A number stands for a generated id and for a microsecond of ``created_at``.
    """
    if isinstance(event, PaymentReversed):
        return len(event.items)
    if isinstance(event, CyclesClosed):
        return sum(1 if interest is None else 2 for _, interest in event.cycles)
    return 1
