"""Every way the ledger can refuse a command.

A refusal is an outcome, returned like any other: nothing was posted and nothing changed.

* Refusal
  - ProductNotFound, CustomerNotFound, AccountNotFound, LineItemNotFound, StatementNotFound
  - LineItemConflict
  - EffectiveBeforeOpening, OutOfReach
  - AccountStateForbids
  - LineItemStateForbids

They are checked in this order, and the first that applies is given (openapi.yaml, "Errors").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mockserver.ledger.line_item import ItemType
from mockserver.ledger.terms import AccountStatus


@dataclass(frozen=True)
class Refusal:
    """A command was not carried out."""


@dataclass(frozen=True)
class ProductNotFound(Refusal):
    """No product has this id."""

    product_id: str


@dataclass(frozen=True)
class CustomerNotFound(Refusal):
    """No customer has this id."""

    customer_id: str


@dataclass(frozen=True)
class AccountNotFound(Refusal):
    """No account has this id."""

    account_id: str


@dataclass(frozen=True)
class LineItemNotFound(Refusal):
    """The account has no item with this id."""

    account_id: str
    line_item_id: str


@dataclass(frozen=True)
class StatementNotFound(Refusal):
    """The account has no statement with this id."""

    account_id: str
    statement_id: str


@dataclass(frozen=True)
class LineItemConflict(Refusal):
    """The id belongs to an item that was asked for with other content."""

    account_id: str
    line_item_id: str


@dataclass(frozen=True)
class EffectiveBeforeOpening(Refusal):
    """The item would count before the account existed (ledger.md L18)."""

    account_id: str
    opened_at: datetime


@dataclass(frozen=True)
class AccountStateForbids(Refusal):
    """The account's status takes no such item (ledger.md L20)."""

    account_id: str
    status: AccountStatus
    item_type: ItemType


@dataclass(frozen=True)
class OutOfReach(Refusal):
    """An instant is too far from now for all that would be due in between."""

    account_id: str
    field: str
    """What the request calls that instant."""


@dataclass(frozen=True)
class LineItemStateForbids(Refusal):
    """The item cannot be taken back: it is of another kind, or nothing of it is left to take."""

    account_id: str
    line_item_id: str
