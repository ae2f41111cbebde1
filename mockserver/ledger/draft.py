"""The events decided so far, and the account they lead to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Processing, Stamp
from mockserver.ledger.events import AccountEvent
from mockserver.ledger.evolve import evolve
from mockserver.ledger.line_item import ItemType, LineItem, Post
from mockserver.ledger.money import Cents
from mockserver.ledger.pouring import Poured

_MICROSECOND = timedelta(microseconds=1)


class Accepted(NamedTuple):
    """A command was carried out: the events, and the account they lead to."""

    account: Account
    events: tuple[AccountEvent, ...]
    line_item: LineItem | None = None
    """The item a command is answered with, as it was created."""


class Draft:
    """Collects what a command leads to. Nothing of it is so before it is kept."""

    __slots__ = ("_account", "_used", "events", "stamp")

    def __init__(self, account: Account | None, stamp: Stamp) -> None:
        """Begin with ``account``, None where the first event opens it."""
        self._account = account
        self._used = 0
        self.stamp = stamp
        self.events: list[AccountEvent] = []

    @property
    def account(self) -> Account:
        """The account as of the last event."""
        assert self._account is not None, "the first event of an account opens it"
        return self._account

    @property
    def is_automatic(self) -> bool:
        """Whether due work is carried out without being asked for."""
        return self.stamp.processing is Processing.AUTOMATIC

    @property
    def now(self) -> datetime:
        """The later of the clock and the account's last roll (ledger.md L10)."""
        return max(self.stamp.created_at, self.account.standing.processed_to)

    def created_at(self) -> datetime:
        """Give the next instant: a microsecond after the last one. No two facts share one."""
        used = self._used
        self._used = used + 1
        return self.stamp.created_at + used * _MICROSECOND if used else self.stamp.created_at

    def generated_id(self) -> str:
        """Give the id that goes with the last instant given."""
        return f"can_{self.stamp.id_number + self._used - 1}"

    def item(  # noqa: PLR0913, PLR0917 - the fields of an item
        self,
        item_type: ItemType,
        amount_cents: Cents,
        effective_at: datetime,
        asked: Post | None = None,
        poured: Poured | None = None,
        description: str | None = None,
    ) -> LineItem:
        """Make a line item that is created now; ``amount_cents`` carries its sign."""
        created_at = self.created_at()
        return LineItem(
            effective_at,
            created_at,
            (asked and asked.line_item_id) or self.generated_id(),
            item_type,
            amount_cents,
            description or item_type.rule.description,
            asked,
            poured,
        )

    def add(self, event: AccountEvent) -> None:
        """Add what happens next."""
        self._account = evolve(self._account, event)
        self.events.append(event)

    def accepted(self, line_item: LineItem | None = None) -> Accepted:
        """Give the outcome."""
        return Accepted(self.account, tuple(self.events), line_item)
