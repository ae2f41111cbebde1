"""Every way the ledger can refuse a command.

A refusal is an outcome, returned like any other: nothing was posted and nothing changed.

* Refusal
  - AccountNotFound, LineItemNotFound
  - LineItemConflict
  - EffectiveBeforeOpening
  - AccountStateForbids

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

    account_id: str


@dataclass(frozen=True)
class AccountNotFound(Refusal):
    """No account has this id."""


@dataclass(frozen=True)
class LineItemNotFound(Refusal):
    """The account has no item with this id."""

    line_item_id: str


@dataclass(frozen=True)
class LineItemConflict(Refusal):
    """The id belongs to an item that was asked for with other content."""

    line_item_id: str


@dataclass(frozen=True)
class EffectiveBeforeOpening(Refusal):
    """The item would count before the account existed (ledger.md L18)."""

    opened_at: datetime


@dataclass(frozen=True)
class AccountStateForbids(Refusal):
    """The account's status takes no such item (ledger.md L20)."""

    status: AccountStatus
    item_type: ItemType
