"""The account: an immutable value that holds its facts and what they add up to."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.events import Processed
from mockserver.ledger.history import History, Queue
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.money import NOTHING, Balances, Cents
from mockserver.ledger.terms import AccountStatus, Terms


class Lot(NamedTuple):
    """What is left of one positive item. Sorts oldest ``effective_at`` first, then oldest created
    (ledger.md L6).
    """

    effective_at: datetime
    sequence: int
    left_cents: Cents
    uses_credit: bool


class Waiting(NamedTuple):
    """An item that is not processed yet, in the order in which items are processed."""

    effective_at: datetime
    sequence: int
    item: LineItem


class Account(NamedTuple):
    """One account, as of the last event applied to it."""

    terms: Terms
    status: AccountStatus
    items: History[LineItem]
    """Every item, by id, in the order they were created."""
    processed: History[Processed]
    """What became of each item that had to be processed, by the item's id."""
    waiting: Queue[Waiting]
    lots: tuple[Queue[Lot], ...]
    """What is open of positive items, one queue per bucket."""
    owed: Balances = NOTHING
    """The sums of ``lots``."""
    credit_used_cents: Cents = 0
    """The part of the owed principal that stems from charges and loans (ledger.md L15)."""
    surplus_cents: Cents = 0
    """What processed items could take from no bucket: zero or more (ledger.md L7)."""
    paid_cents: Cents = 0
    """The sum of payments."""
    interest_paid_cents: Cents = 0
    """What payments took from the interest buckets."""
