"""Lots: what is left of positive items, bucket by bucket, and the sums that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from mockserver.ledger.account import Figures, Lot
from mockserver.ledger.line_item import ItemType, LineItem
from mockserver.ledger.money import Balances, Bucket, Cents
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.pouring import Poured

Lots: TypeAlias = tuple[Ordered[Lot], ...]
"""One collection per bucket."""

_new = tuple.__new__
"""Makes a tuple of a given kind, without the call that the kind's own constructor costs."""

_BUCKETS = tuple(int(bucket) for bucket in Bucket)


def count(lots: Lots, figures: Figures, item: LineItem) -> tuple[Lots, Figures]:
    """Let a positive item count in its bucket."""
    bucket = item.item_type.rule.bucket
    assert bucket is not None, f"{item.item_type} adds to no bucket"
    lot = Lot(item.effective_at, item.created_at, item.amount_cents, item.item_type)
    return (
        _with(lots, bucket, lots[bucket].added(lot)),
        _moved(figures, bucket, item.item_type, item.amount_cents),
    )


def count_all(lots: Lots, figures: Figures, items: Sequence[LineItem]) -> tuple[Lots, Figures]:
    """Let positive items of one type count; they ascend."""
    item_type = items[0].item_type
    bucket = item_type.rule.bucket
    assert bucket is not None, f"{item_type} adds to no bucket"
    added = [
        _new(Lot, (effective_at, created_at, cents, item_type))
        for effective_at, created_at, _, item_type, cents, *_ in items
    ]
    return (
        _with(lots, bucket, lots[bucket].extended(added)),
        _moved(figures, bucket, item_type, sum(lot.left_cents for lot in added)),
    )


def drop(lots: Lots, figures: Figures, item: LineItem) -> tuple[Lots, Figures]:
    """Take away what is left of a positive item, which is something."""
    bucket = item.item_type.rule.bucket
    assert bucket is not None, f"{item.item_type} adds to no bucket"
    lot = lots[bucket].find(item[:2])
    assert lot is not None, f"nothing is left of {item.line_item_id}"
    return (
        _with(lots, bucket, lots[bucket].removed(lot)),
        _moved(figures, bucket, item.item_type, -lot.left_cents),
    )


def take(lots: Lots, figures: Figures, poured: Poured) -> tuple[Lots, Figures]:
    """Take what an item poured from the oldest lots of each bucket (ledger.md L6)."""
    taken, surplus_cents = poured
    owed, charges_cents, loans_cents, reversals_cents, left_cents, paid, interest_paid = figures
    parts = [charges_cents, loans_cents, reversals_cents, 0]
    after = list(lots)
    for bucket in _BUCKETS:
        if taken[bucket]:
            after[bucket] = _without_oldest(lots[bucket], taken[bucket], parts)
    charges_cents, loans_cents, reversals_cents, _ = parts
    left_cents += surplus_cents
    return tuple(after), _new(
        Figures,
        (
            owed.minus(taken),
            charges_cents,
            loans_cents,
            reversals_cents,
            left_cents,
            paid,
            interest_paid,
        ),
    )


def _without_oldest(lots: Ordered[Lot], amount_cents: Cents, parts: list[Cents]) -> Ordered[Lot]:
    """Take ``amount_cents`` from the front, and from the ``parts`` that it belongs to."""
    while amount_cents:
        lot = lots.head
        assert lot is not None, "an item poured more than was owed"
        effective_at, created_at, left_cents, item_type = lot
        if left_cents > amount_cents:
            left_cents -= amount_cents
            parts[_part_of(item_type)] -= amount_cents
            return lots.with_head(_new(Lot, (effective_at, created_at, left_cents, item_type)))
        lots = lots.without_head()
        amount_cents -= left_cents
        parts[_part_of(item_type)] -= left_cents
    return lots


def _part_of(item_type: ItemType) -> int:
    """Give which part of the principal an item of this type belongs to, 3 for no part."""
    if item_type is ItemType.CHARGE:
        return 0
    if item_type is ItemType.LOAN:
        return 1
    return 2 if item_type is ItemType.PAYMENT_REVERSAL else 3


def _with(lots: Lots, bucket: Bucket, of_bucket: Ordered[Lot]) -> Lots:
    return (*lots[:bucket], of_bucket, *lots[bucket + 1 :])


def _moved(figures: Figures, bucket: Bucket, item_type: ItemType, by_cents: Cents) -> Figures:
    parts = [figures.charges_cents, figures.loans_cents, figures.reversals_cents, 0]
    parts[_part_of(item_type)] += by_cents
    owed = list(figures.owed)
    owed[bucket] += by_cents
    charges_cents, loans_cents, reversals_cents, _ = parts
    return _new(
        Figures,
        (
            _new(Balances, owed),
            charges_cents,
            loans_cents,
            reversals_cents,
            figures.surplus_cents,
            figures.paid_cents,
            figures.interest_paid_cents,
        ),
    )


def sums(lots: Lots) -> Balances:
    """Add the lots up, bucket by bucket."""
    return Balances(*(sum(lot.left_cents for lot in lots[bucket]) for bucket in Bucket))
