"""The events decided so far, and the account they lead to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Stamp
from mockserver.ledger.events import AccountEvent
from mockserver.ledger.evolve import evolve
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import Cents
from mockserver.ledger.pouring import Poured

_new = tuple.__new__  # see lots.py

_MICROSECOND = timedelta(microseconds=1)


class Accepted(NamedTuple):
    """A command was carried out: the events, and the account they lead to."""

    account: Account
    events: tuple[AccountEvent, ...]
    line_item: LineItem | None = None
    """The item a command is answered with, as it was created."""


class Draft:
    """Collects what a command leads to. Nothing of it is so before it is kept."""

    __slots__ = ("_used", "account", "events", "stamp")

    def __init__(self, account: Account, stamp: Stamp) -> None:
        """Begin with ``account``."""
        self.account = account
        self.stamp = stamp
        self.events: list[AccountEvent] = []
        self._used = 0

    @classmethod
    def opening(cls, stamp: Stamp) -> Draft:
        """Begin with no account: the first event opens one."""
        return cls(None, stamp)  # type: ignore[arg-type]  # until that event

    @property
    def now(self) -> datetime:
        """The later of the clock and the account's last roll (ledger.md L10)."""
        return max(self.stamp.created_at, self.account.standing.processed_to)

    def created_at(self) -> datetime:
        """Give the next instant: a microsecond after the last one. No two facts share one."""
        used = self._used
        self._used = used + 1
        return self.stamp.created_at + used * _MICROSECOND if used else self.stamp.created_at

    def next_stamp(self) -> Stamp:
        """Give what a command goes on with, once, after what was drafted so far."""
        created_at, number, processing = self.stamp
        return Stamp(created_at + self._used * _MICROSECOND, number + self._used, processing)

    def generated_id(self) -> str:
        """Give the id that goes with the last instant given."""
        return f"can_{self.stamp.id_number + self._used - 1}"

    def item(
        self,
        item_type: ItemType,
        amount_cents: Cents,
        effective_at: datetime,
        *,
        poured: Poured | None = None,
        description: str | None = None,
    ) -> LineItem:
        """Make a line item that nobody asked for by name; ``amount_cents`` carries its sign."""
        created_at = self.created_at()
        description = description or item_type.rule.description
        line_item_id = self.generated_id()
        return _new(
            LineItem,
            (
                *(effective_at, created_at, line_item_id, item_type, amount_cents),
                *(description, None, poured),
            ),
        )

    def add(self, event: AccountEvent) -> None:
        """Add what happens next."""
        self.account = evolve(self.account, event)
        self.events.append(event)

    def accepted(self, line_item: LineItem | None = None) -> Accepted:
        """Give the outcome."""
        return _new(Accepted, (self.account, tuple(self.events), line_item))
