"""What can be asked of the ledger, and the stamp a question comes with."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple, TypeAlias

from mockserver.ledger.line_item import Post
from mockserver.ledger.terms import AccountStatus, Terms


class Processing(Enum):
    """Who carries out what is due (ledger.md L10)."""

    AUTOMATIC = "automatic"
    """The ledger, before the next command or read of the account."""
    CONTROLLED = "controlled"
    """Only a roll."""


class Stamp(NamedTuple):
    """When, and as what number, a command is carried out."""

    created_at: datetime
    """Now; later than any stamp before it."""
    id_number: int
    """The number of the next generated id; larger than any before it."""
    processing: Processing = Processing.AUTOMATIC


class Open(NamedTuple):
    """The command to open an account."""

    terms: Terms
    """Where the id is empty, one is generated."""

    @property
    def account_id(self) -> str:
        """The account it opens."""
        return self.terms.account_id


class ChangeStatus(NamedTuple):
    """The command to change what an account may be used for."""

    account_id: str
    status: AccountStatus


class ReversePayment(NamedTuple):
    """The command to give back what a payment had poured (ledger.md L11)."""

    account_id: str
    line_item_id: str


class ReverseCharge(NamedTuple):
    """The command to take back what is left of a charge (ledger.md L22)."""

    account_id: str
    line_item_id: str


class WaiveFee(NamedTuple):
    """The command to take back what is left of a fee (ledger.md L22)."""

    account_id: str
    line_item_id: str


class Roll(NamedTuple):
    """The command to carry out everything before an instant (ledger.md L14)."""

    account_id: str
    exclusive_end: datetime


Reversal: TypeAlias = ReversePayment | ReverseCharge | WaiveFee

Command: TypeAlias = Open | ChangeStatus | Post | Reversal | Roll
