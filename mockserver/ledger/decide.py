"""From an account and a command to events, or to a refusal. Pure: the clock is an argument.

A command comes with a :class:`Stamp`, which says what time it is, which id comes next, and whether
due work is processed automatically. Due work is carried out first, then the command (ledger.md
L10); a refused command leaves both undone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mockserver.ledger.account import Account
from mockserver.ledger.commands import (
    ChangeStatus,
    Command,
    Open,
    Processing,
    Roll,
    Stamp,
)
from mockserver.ledger.draft import Accepted, Draft
from mockserver.ledger.due import carry_out_before, carry_out_to, is_due, pour_item
from mockserver.ledger.events import AccountOpened, LineItemPosted, Rolled, StatusChanged
from mockserver.ledger.evolve import evolve
from mockserver.ledger.line_item import ItemType, LineItem, Post
from mockserver.ledger.refusals import (
    AccountNotFound,
    AccountStateForbids,
    EffectiveBeforeOpening,
    LineItemConflict,
    OutOfReach,
    Refusal,
)
from mockserver.ledger.reversing import reverse

_new = tuple.__new__  # see lots.py

REACH = timedelta(days=36_525)
"""How far from now an account may be opened, or rolled to: a hundred years."""


def decide(account: Account | None, command: Command, stamp: Stamp) -> Accepted | Refusal:
    """Carry out ``command``, or give the first refusal that applies.

    ``account`` is the one the command names, None if there is none.
    """
    if isinstance(command, Post) and account is not None:
        return _post(account, command, stamp)
    if isinstance(command, Open):
        return _open(command, stamp)
    if account is None or isinstance(command, Post):
        return AccountNotFound(command.account_id)
    draft = Draft(account, stamp)
    _work_off(draft)
    if isinstance(command, ChangeStatus):
        return _change_status(draft, command)
    if isinstance(command, Roll):
        return _roll(draft, command)
    return reverse(draft, command)


def process(account: Account, stamp: Stamp) -> Accepted:
    """Carry out what is due on ``account``, which is nothing where processing is controlled."""
    draft = Draft(account, stamp)
    _work_off(draft)
    return draft.accepted()


def _work_off(draft: Draft) -> None:
    now = draft.now
    if draft.stamp.processing is Processing.AUTOMATIC and is_due(draft.account, now):
        carry_out_to(draft, now)


def _open(command: Open, stamp: Stamp) -> Accepted | Refusal:
    """Open an account and post what it owes from the start (ledger.md L4)."""
    if abs(command.terms.effective_at - stamp.created_at) > REACH:
        return OutOfReach(command.account_id, "effective_at")
    draft = Draft.opening(stamp)
    terms = command.terms._replace(created_at=draft.created_at())
    if not terms.account_id:
        terms = terms._replace(account_id=draft.generated_id())
    draft.add(AccountOpened(terms.account_id, terms))
    for item_type in INITIAL:
        post_initial(draft, item_type)
    _work_off(draft)
    return draft.accepted()


INITIAL = (ItemType.CHARGE, ItemType.ORIG_FEE)
"""What an account can owe from the start."""


def post_initial(draft: Draft, item_type: ItemType) -> None:
    """Post what an account owes of this type from the start, if it owes any."""
    terms = draft.account.terms
    cents, description = {
        ItemType.CHARGE: (terms.initial_principal_cents, "initial_principal_cents"),
        ItemType.ORIG_FEE: (terms.fees.origination_cents, "origination_fee_cents"),
    }[item_type]
    if cents > 0:
        item = draft.item(item_type, cents, terms.effective_at, description=description)
        draft.add(LineItemPosted(terms.account_id, item, waits=False))


def _change_status(draft: Draft, command: ChangeStatus) -> Accepted:
    """Change what an account may be used for, from any status to any other (ledger.md L20)."""
    if command.status is not draft.account.status:
        draft.add(StatusChanged(command.account_id, command.status, draft.created_at()))
    return draft.accepted()


def _roll(draft: Draft, command: Roll) -> Accepted | Refusal:
    """Move an account's processing forward; never back (ledger.md L14)."""
    end = command.exclusive_end
    if end - draft.stamp.created_at > REACH:
        return OutOfReach(command.account_id, "exclusive_end")
    if end > draft.account.standing.processed_to:
        carry_out_before(draft, end)
        draft.add(Rolled(command.account_id, end, draft.created_at()))
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
    standing = account.standing
    if standing.status in command.item_type.rule.refused_by:
        return AccountStateForbids(command.account_id, standing.status, command.item_type)
    now = max(stamp.created_at, standing.processed_to)
    if stamp.processing is Processing.AUTOMATIC and is_due(account, now):
        draft = Draft(account, stamp)
        carry_out_to(draft, now)
        event = posted(draft.account, command, draft.next_stamp(), now)
        draft.add(event)
        return draft.accepted(event.item)
    event = posted(account, command, stamp, now)
    return _new(Accepted, (evolve(account, event), (event,), event.item))


def posted(account: Account, command: Post, stamp: Stamp, now: datetime) -> LineItemPosted:
    """Post an item, which pours at once if it is its time (ledger.md L10)."""
    created_at, number, processing = stamp
    account_id, item_type, amount_cents, line_item_id, effective_at, allocation, *_ = command
    rule = item_type.rule
    if effective_at is None:
        effective_at = max(now, account.terms.effective_at)
    is_automatic = processing is Processing.AUTOMATIC
    poured = None
    if rule.bucket is None:
        amount_cents = -amount_cents
        waits = effective_at > now or not is_automatic
        if not waits:
            poured = pour_item(account, item_type, amount_cents, allocation)
    else:
        waits = effective_at > (now if is_automatic else account.standing.processed_to)
    if line_item_id is None:
        line_item_id = f"can_{number}"
    item = _new(
        LineItem,
        (
            *(effective_at, created_at, line_item_id, item_type, amount_cents),
            *(rule.description, command, poured),
        ),
    )
    return _new(LineItemPosted, (account_id, item, waits))
