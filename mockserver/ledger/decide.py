"""From an account and a command to events, or to a refusal. Pure: the clock is an argument.

A command comes with a :class:`Stamp`, which says what time it is, which id comes next, and whether
due work is processed automatically. Due work is carried out first, then the command (ledger.md
L10); a refused command leaves both undone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple, TypeAlias

from mockserver.ledger.account import Account
from mockserver.ledger.events import (
    AccountOpened,
    Event,
    LineItemPosted,
    Processed,
    StatusChanged,
)
from mockserver.ledger.evolve import evolve
from mockserver.ledger.line_item import RULES, ItemType, LineItem, Post
from mockserver.ledger.money import NOTHING, Bucket
from mockserver.ledger.pouring import DEFAULT_ORDER, ORDER_BY_ALLOCATION, Poured, pour
from mockserver.ledger.refusals import (
    AccountNotFound,
    AccountStateForbids,
    EffectiveBeforeOpening,
    LineItemConflict,
    Refusal,
)
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

    @property
    def account_id(self) -> str:
        """The account it opens."""
        return self.terms.account_id


class ChangeStatus(NamedTuple):
    """The command to change what an account may be used for."""

    account_id: str
    status: AccountStatus


Command: TypeAlias = Open | ChangeStatus | Post


class Accepted(NamedTuple):
    """A command was carried out: the events, and the account they lead to."""

    account: Account
    events: tuple[Event, ...]
    line_item: LineItem | None = None
    """The item a :class:`Post` is answered with, as it was created."""


_MICROSECOND = timedelta(microseconds=1)


class _Draft:
    """The events decided so far, and the account they lead to."""

    def __init__(self, account: Account | None, stamp: Stamp) -> None:
        self._account = account
        self.stamp = stamp
        self.events: list[Event] = []

    @property
    def account(self) -> Account:
        assert self._account is not None, "the first event of an account opens it"
        return self._account

    @property
    def now(self) -> datetime:
        """The stamp's time, and a microsecond more for each event: no two facts share one."""
        return self.stamp.created_at + len(self.events) * _MICROSECOND

    def add(self, event: Event) -> None:
        self._account = evolve(self._account, event)
        self.events.append(event)

    def accepted(self, line_item: LineItem | None = None) -> Accepted:
        return Accepted(self.account, tuple(self.events), line_item)


def decide(account: Account | None, command: Command, stamp: Stamp) -> Accepted | Refusal:
    """Carry out ``command``, or give the first refusal that applies.

    ``account`` is the one the command names, None if there is none.
    """
    if isinstance(command, Open):
        return _open(command, stamp)
    if account is None:
        return AccountNotFound(command.account_id)
    if isinstance(command, ChangeStatus):
        draft = _Draft(account, stamp)
        _process_due(draft)
        draft.add(StatusChanged(command.account_id, command.status, draft.now))
        return draft.accepted()
    return _post(account, command, stamp)


def process(account: Account, stamp: Stamp) -> Accepted:
    """Carry out what is due on ``account``, which is nothing where processing is controlled."""
    draft = _Draft(account, stamp)
    _process_due(draft)
    return draft.accepted()


def is_due(account: Account, now: datetime) -> bool:
    """Tell whether something waits to be processed at ``now``."""
    head = account.waiting.head
    return head is not None and head.effective_at <= now


def _open(command: Open, stamp: Stamp) -> Accepted:
    """Open an account and post what it owes from the start (ledger.md L4)."""
    terms = command.terms._replace(created_at=stamp.created_at)
    draft = _Draft(None, stamp)
    draft.add(AccountOpened(terms.account_id, terms))
    for item_type, cents, description in (
        (ItemType.CHARGE, terms.initial_principal_cents, "initial_principal_cents"),
        (ItemType.ORIG_FEE, terms.origination_fee_cents, "origination_fee_cents"),
    ):
        if cents > 0:
            opening = Post(terms.account_id, item_type, cents, effective_at=terms.effective_at)
            _add_item(draft, opening, description)
    return draft.accepted()


def _post(account: Account, command: Post, stamp: Stamp) -> Accepted | Refusal:
    assert command.amount_cents >= 0, f"{command} has a sign"
    if command.line_item_id is not None:
        earlier = account.items.get(command.line_item_id)
        if earlier is not None and earlier.asked == command:
            return Accepted(account, (), earlier)
        if earlier is not None:
            return LineItemConflict(command.account_id, command.line_item_id)
    opened_at = account.terms.effective_at
    if command.effective_at is not None and command.effective_at < opened_at:
        return EffectiveBeforeOpening(command.account_id, opened_at)
    if account.status in RULES[command.item_type].refused_by:
        return AccountStateForbids(command.account_id, account.status, command.item_type)
    draft = _Draft(account, stamp)
    _process_due(draft)
    item = _add_item(draft, command)
    _process_due(draft)
    return draft.accepted(item)


def _add_item(draft: _Draft, command: Post, description: str | None = None) -> LineItem:
    rule = RULES[command.item_type]
    now = draft.now
    effective_at = command.effective_at or draft.stamp.created_at
    item = LineItem(
        line_item_id=command.line_item_id or f"can_{draft.stamp.id_number + len(draft.events)}",
        item_type=command.item_type,
        amount_cents=rule.sign * command.amount_cents,
        effective_at=effective_at,
        created_at=now,
        description=description or rule.description,
        asked=command,
    )
    waits = rule.bucket is None or (rule.waits_for_effect and effective_at > now)
    draft.add(LineItemPosted(command.account_id, item, waits))
    return item


def _process_due(draft: _Draft) -> None:
    """Process every waiting item whose time has come, oldest ``effective_at`` first."""
    if draft.stamp.processing is Processing.CONTROLLED:
        return
    while is_due(draft.account, draft.now):
        head = draft.account.waiting.head
        assert head is not None
        poured = _pour_item(draft.account, head)
        event = Processed(
            draft.account.terms.account_id,
            head.line_item_id,
            draft.now,
            poured.taken,
            poured.left_cents,
        )
        draft.add(event)


def _pour_item(account: Account, item: LineItem) -> Poured:
    if RULES[item.item_type].bucket is not None:
        return Poured(NOTHING, 0)
    if item.item_type is ItemType.DEBIT_OFFSET:
        allocation = item.asked.allocation
        order = ORDER_BY_ALLOCATION[Bucket.PRINCIPAL if allocation is None else allocation]
    else:
        order = DEFAULT_ORDER
    return pour(-item.amount_cents, account.owed, order)
