"""What happened to an account. Events carry results, so replaying them decides nothing anew.

An event stands for itself: it names its account, every id, every time and every cent of how an
amount poured. ``evolve`` turns a history of events back into the account.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypeAlias

from mockserver.ledger.line_item import LineItem
from mockserver.ledger.money import Balances, Cents
from mockserver.ledger.terms import AccountStatus, Terms


class AccountOpened(NamedTuple):
    """An account exists from now on."""

    account_id: str
    terms: Terms


class StatusChanged(NamedTuple):
    """The account may be used for more, or for less, than before."""

    account_id: str
    status: AccountStatus
    changed_at: datetime


class LineItemPosted(NamedTuple):
    """A fact was added."""

    account_id: str
    item: LineItem
    waits: bool
    """Whether it counts only once it is processed."""


class Processed(NamedTuple):
    """A waiting item was carried out: a negative one poured, a positive one counted."""

    account_id: str
    line_item_id: str
    processed_at: datetime
    taken: Balances
    """What it took from each bucket."""
    left_cents: Cents
    """What it found no bucket for."""


Event: TypeAlias = AccountOpened | StatusChanged | LineItemPosted | Processed


def happened_at(event: Event) -> datetime:
    """Give when the service learned of ``event``."""
    if isinstance(event, LineItemPosted):
        return event.item.created_at
    if isinstance(event, Processed):
        return event.processed_at
    if isinstance(event, StatusChanged):
        return event.changed_at
    return event.terms.created_at
