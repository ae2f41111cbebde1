"""What holds of every account after every event. Each check gives the sentence that is broken.

The checks recompute from the items, so they find what ``evolve`` got wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from mockserver.ledger.account import Account
from mockserver.ledger.line_item import RULES
from mockserver.ledger.money import Balances, Bucket


def _lots_add_up(account: Account) -> Iterator[str]:
    sums = Balances(*(sum(lot.left_cents for lot in account.lots[b]) for b in Bucket))
    if sums != account.owed:
        yield f"owed is {account.owed}, but the lots add up to {sums}"
    used = sum(lot.left_cents for lot in account.lots[Bucket.PRINCIPAL] if lot.uses_credit)
    if used != account.credit_used_cents:
        yield f"credit used is {account.credit_used_cents}, but the lots say {used}"


def _no_money_is_made_or_lost(account: Account) -> Iterator[str]:
    waiting = {item.line_item_id for item in account.waiting}
    counted = sum(i.amount_cents for i in account.items if i.line_item_id not in waiting)
    total = account.owed.total_cents - account.surplus_cents
    if total != counted:
        yield f"the total is {total}, but the items add up to {counted}"


def _pouring_adds_up(account: Account) -> Iterator[str]:
    for processed in account.processed:
        item = account.items.get(processed.line_item_id)
        if item is None:
            yield f"{processed.line_item_id} was processed but never posted"
        elif RULES[item.item_type].bucket is None:
            poured = processed.taken.total_cents + processed.left_cents
            if poured != -item.amount_cents:
                yield f"{item.line_item_id} poured {poured} of {-item.amount_cents}"


def _every_item_is_listed(account: Account) -> Iterator[str]:
    if sorted(account.items) != list(account.listed):
        yield f"the list of {len(account.listed)} is not that of the {len(account.items)} items"


def _created_at_increases(account: Account) -> Iterator[str]:
    for earlier, later in pairwise(account.items):
        if not earlier.created_at < later.created_at:
            yield f"{later.line_item_id} was created at or before {earlier.line_item_id}"


def _nothing_precedes_the_opening(account: Account) -> Iterator[str]:
    for item in account.items:
        if item.effective_at < account.terms.effective_at:
            yield f"{item.line_item_id} is effective before the account was opened"


INVARIANTS: tuple[Callable[[Account], Iterator[str]], ...] = (
    _lots_add_up,
    _no_money_is_made_or_lost,
    _pouring_adds_up,
    _every_item_is_listed,
    _created_at_increases,
    _nothing_precedes_the_opening,
)


def broken_invariants(account: Account) -> list[str]:
    """Give a sentence for each invariant that ``account`` breaks; none is as it should be."""
    return [sentence for check in INVARIANTS for sentence in check(account)]
