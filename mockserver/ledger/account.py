"""The account: an immutable value that holds its facts and what they add up to."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.events import Processed
from mockserver.ledger.history import History
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import NOTHING, Balances, Cents
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.schedule import Schedule
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import AccountStatus, Terms


class Lot(NamedTuple):
    """What is left of one positive item. Sorts oldest ``effective_at`` first, then oldest created
    (ledger.md L6).
    """

    effective_at: datetime
    created_at: datetime
    left_cents: Cents
    item_type: ItemType


class Figures(NamedTuple):
    """What the lots of an account, and its payments, add up to."""

    owed: Balances = NOTHING
    """The sums of the lots, bucket by bucket."""
    charges_cents: Cents = 0
    """The part of the owed principal that stems from charges."""
    loans_cents: Cents = 0
    """The part that stems from loans."""
    reversals_cents: Cents = 0
    """The part that stems from reversed payments (ledger.md L16)."""
    surplus_cents: Cents = 0
    """What processed items could take from no bucket: zero or more (ledger.md L7)."""
    paid_cents: Cents = 0
    """The sum of payments that were processed and not reversed."""
    interest_paid_cents: Cents = 0
    """What those payments took from the interest buckets."""


class Cancellation(NamedTuple):
    """A charge or a fee, and what took back the rest of it."""

    cancelled: LineItem
    item: LineItem

    def is_between(self, cycle_end: datetime) -> bool:
        """Tell whether the charge or fee counted at ``cycle_end``, and was cancelled only later."""
        return self.cancelled.effective_at < cycle_end <= self.item.effective_at

    def next_change(self, cycle_end: datetime) -> datetime:
        """Give until when that stays as it is at ``cycle_end``."""
        effective_at = self.cancelled.effective_at
        return effective_at if effective_at >= cycle_end else self.item.effective_at


class Standing(NamedTuple):
    """What seldom changes: what the account is good for, and what was scheduled and carried out."""

    status: AccountStatus
    processed_to: datetime
    """The end of the last roll; before the first, the opening. Never moves back (ledger.md L14)."""
    schedule: Schedule
    statements: History[Statement]
    """By id, oldest first."""
    offspring: History[tuple[str, ...]]
    """The ids of the items that came out of an item, by its id: what reversed it, or the loan it
    was rolled into.
    """
    ahead: tuple[Cancellation, ...] = ()
    """Those that took effect later than the end of a cycle that is still to be closed: that cycle's
    statement does not know of them (ledger.md L22).
    """


class Account(NamedTuple):
    """One account, as of the last event applied to it."""

    terms: Terms
    standing: Standing
    items: History[LineItem]
    """Every item, by id, in the order they were created."""
    listed: Ordered[LineItem]
    """Every item, oldest ``effective_at`` first, among equals oldest created (ledger.md L3)."""
    processed: History[Processed]
    """What became of each item that had to wait to be processed, by the item's id."""
    waiting: Ordered[LineItem]
    """The items that are not processed yet, in the order in which they will be."""
    lots: tuple[Ordered[Lot], ...]
    """What is open of positive items, one collection per bucket."""
    figures: Figures

    @property
    def status(self) -> AccountStatus:
        """What the account may be used for."""
        return self.standing.status

    def sealed(self) -> Account:
        """Give this account as one that any number of ledgers, and threads, may go on from."""
        standing = self.standing
        statements, offspring = standing.statements.sealed(), standing.offspring.sealed()
        if statements is not standing.statements or offspring is not standing.offspring:
            standing = standing._replace(statements=statements, offspring=offspring)
        return self._replace(
            listed=self.listed.sealed(),
            waiting=self.waiting.sealed(),
            lots=tuple(lots.sealed().with_head_apart() for lots in self.lots),
            items=self.items.sealed(),
            processed=self.processed.sealed(),
            standing=standing,
        )
