"""The account: an immutable value that holds its facts and what they add up to."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.events import Processed
from mockserver.ledger.history import History
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.money import NOTHING, Balances, Cents
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import AccountStatus, Terms


class Lot(NamedTuple):
    """What is left of one positive item. Sorts oldest ``effective_at`` first, then oldest created
    (ledger.md L6).
    """

    effective_at: datetime
    created_at: datetime
    left_cents: Cents
    uses_credit: bool


class Account(NamedTuple):
    """One account, as of the last event applied to it."""

    terms: Terms
    status: AccountStatus
    items: History[LineItem]
    """Every item, by id, in the order they were created."""
    listed: Ordered[LineItem]
    """Every item, oldest ``effective_at`` first, among equals oldest created (ledger.md L3)."""
    processed: History[Processed]
    """What became of each item that had to be processed, by the item's id."""
    waiting: Ordered[LineItem]
    """The items that are not processed yet, in the order in which they will be."""
    lots: tuple[Ordered[Lot], ...]
    """What is open of positive items, one collection per bucket."""
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

    def sealed(self) -> Account:
        """Give this account as one that any number of ledgers, and threads, may go on from."""
        return self._replace(items=self.items.sealed(), processed=self.processed.sealed())
