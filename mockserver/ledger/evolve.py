"""From an account and an event to the account after it. Pure, total, and the only such step."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from mockserver.ledger.account import Account, Lot
from mockserver.ledger.events import AccountOpened, Event, LineItemPosted, Processed
from mockserver.ledger.history import History
from mockserver.ledger.line_item import RULES, ItemType, LineItem
from mockserver.ledger.money import Bucket, Cents, in_bucket
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import AccountStatus


def evolve(account: Account | None, event: Event) -> Account:
    """Give the account after ``event``. Only :class:`AccountOpened` applies to no account."""
    if isinstance(event, AccountOpened):
        assert account is None, f"{event.account_id!r} was opened twice"
        return _opened(event)
    assert account is not None, f"{event.account_id!r} was never opened"
    if isinstance(event, LineItemPosted):
        return _posted(account, event)
    if isinstance(event, Processed):
        return _processed(account, event)
    return account._replace(status=event.status)


def replay(events: Iterable[Event], account: Account | None = None) -> Account | None:
    """Give the account after all ``events``, in order."""
    return reduce(evolve, events, account)


def _opened(event: AccountOpened) -> Account:
    return Account(
        terms=event.terms,
        status=AccountStatus.ACTIVE,
        items=History(),
        listed=Ordered(),
        processed=History(),
        waiting=Ordered(),
        lots=(Ordered(), Ordered(), Ordered(), Ordered()),
    )


def _posted(account: Account, event: LineItemPosted) -> Account:
    item = event.item
    account = account._replace(
        items=account.items.added(item.line_item_id, item), listed=account.listed.added(item)
    )
    if event.waits:
        return account._replace(waiting=account.waiting.added(item))
    return _counted(account, item)


def _processed(account: Account, event: Processed) -> Account:
    item = account.waiting.head
    assert item is not None, f"{event.line_item_id!r} was processed but nothing waits"
    assert item.line_item_id == event.line_item_id, "items are processed in order"
    account = account._replace(
        waiting=account.waiting.removed(item),
        processed=account.processed.added(event.line_item_id, event),
    )
    if RULES[item.item_type].bucket is not None:
        return _counted(account, item)
    return _poured(account, event, item.item_type)


def _counted(account: Account, item: LineItem) -> Account:
    """Let a positive item count in its bucket."""
    rule = RULES[item.item_type]
    assert rule.bucket is not None, f"{item.item_type} adds to no bucket"
    lot = Lot(item.effective_at, item.created_at, item.amount_cents, rule.uses_credit)
    lots = list(account.lots)
    lots[rule.bucket] = lots[rule.bucket].added(lot)
    return account._replace(
        lots=tuple(lots),
        owed=account.owed.plus(in_bucket(rule.bucket, item.amount_cents)),
        credit_used_cents=account.credit_used_cents + item.amount_cents * rule.uses_credit,
    )


def _poured(account: Account, event: Processed, item_type: ItemType) -> Account:
    """Take what an item poured from the oldest lots of each bucket."""
    lots = list(account.lots)
    freed_cents = 0
    for bucket in Bucket:
        if event.taken[bucket]:
            lots[bucket], freed = _take_oldest(lots[bucket], event.taken[bucket])
            freed_cents += freed
    account = account._replace(
        lots=tuple(lots),
        owed=account.owed.minus(event.taken),
        credit_used_cents=account.credit_used_cents - freed_cents,
        surplus_cents=account.surplus_cents + event.left_cents,
    )
    return _paid(account, event) if item_type is ItemType.PAYMENT else account


def _paid(account: Account, event: Processed) -> Account:
    taken = event.taken
    interest_cents = taken.interest_cents + taken.deferred_interest_cents
    return account._replace(
        paid_cents=account.paid_cents + taken.total_cents + event.left_cents,
        interest_paid_cents=account.interest_paid_cents + interest_cents,
    )


def _take_oldest(lots: Ordered[Lot], amount_cents: Cents) -> tuple[Ordered[Lot], Cents]:
    """Take ``amount_cents`` from the front; also give how much of it frees credit."""
    freed_cents = 0
    while amount_cents:
        lot = lots.head
        assert lot is not None, "an item poured more than was owed"
        taken_cents = min(amount_cents, lot.left_cents)
        amount_cents -= taken_cents
        freed_cents += taken_cents * lot.uses_credit
        if taken_cents == lot.left_cents:
            lots = lots.removed(lot)
        else:
            lots = lots.replaced(lot._replace(left_cents=lot.left_cents - taken_cents))
    return lots, freed_cents
