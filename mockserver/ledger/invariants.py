"""What holds of every account after every event. Each check gives the sentence that is broken.

The checks recompute from the items, so they find what ``evolve`` got wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from mockserver.ledger.account import Account
from mockserver.ledger.evolve import poured_by
from mockserver.ledger.line_item import ItemType
from mockserver.ledger.lots import sums
from mockserver.ledger.money import Bucket
from mockserver.ledger.views import is_made_of_charge


def _lots_add_up(account: Account) -> Iterator[str]:
    figures = account.figures
    if sums(account.lots) != figures.owed:
        yield f"owed is {figures.owed}, but the lots add up to {sums(account.lots)}"
    for item_type, cents in (
        (ItemType.CHARGE, figures.charges_cents),
        (ItemType.LOAN, figures.loans_cents),
        (ItemType.PAYMENT_REVERSAL, figures.reversals_cents),
    ):
        lots = account.lots[Bucket.PRINCIPAL]
        found = sum(lot.left_cents for lot in lots if lot.item_type is item_type)
        if found != cents:
            yield f"{item_type.value} is {cents}, but the lots say {found}"


def _no_money_is_made_or_lost(account: Account) -> Iterator[str]:
    waiting = {item.line_item_id for item in account.waiting}
    counted = sum(
        item.amount_cents
        for item in account.items
        if item.line_item_id not in waiting and not is_made_of_charge(account, item)
    )
    total = account.figures.owed.total_cents - account.figures.surplus_cents
    if total != counted:
        yield f"the total is {total}, but the items add up to {counted}"


def _pouring_adds_up(account: Account) -> Iterator[str]:
    for processed in account.processed:
        if account.items.get(processed.line_item_id) is None:
            yield f"{processed.line_item_id} was processed but never posted"
    for item in account.items:
        poured = poured_by(account, item)
        if poured is not None and item.item_type.rule.bucket is None:
            cents = poured.taken.total_cents + poured.left_cents
            if cents != -item.amount_cents:
                yield f"{item.line_item_id} poured {cents} of {-item.amount_cents}"


def _statements_follow_each_other(account: Account) -> Iterator[str]:
    for earlier, later in pairwise(account.standing.statements):
        if earlier.cycle_end != later.cycle_start or earlier.number + 1 != later.number:
            yield f"{later.statement_id} does not follow {earlier.statement_id}"
        if later.previous_total_cents != earlier.owed.total_cents:
            yield f"{later.statement_id} has another previous total than {earlier.statement_id}"


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
    _statements_follow_each_other,
    _every_item_is_listed,
    _created_at_increases,
    _nothing_precedes_the_opening,
)


def broken_invariants(account: Account) -> list[str]:
    """Give a sentence for each invariant that ``account`` breaks; none is as it should be."""
    return [sentence for check in INVARIANTS for sentence in check(account)]
