"""The bank's books: accounts, the items on them, and how an item moves what is owed."""

from __future__ import annotations

import bisect
import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tests.zoo.messages import Json


class Bucket(StrEnum):
    """Where debt lies."""

    PRINCIPAL = "PRINCIPAL"
    INTEREST = "INTEREST"
    DEFERRED_INTEREST = "DEFERRED_INTEREST"
    FEE = "FEE"


OVERFLOW = (Bucket.FEE, Bucket.INTEREST, Bucket.PRINCIPAL, Bucket.DEFERRED_INTEREST)
OPENED = datetime(2019, 1, 1, 5, tzinfo=UTC)
OPENINGS_CENTS = {
    "can_101": (500_000, 41_000, 20_500, 32_000),
    "can_102": (610_000, 52_000, 31_500, 43_000),
    "can_103": (720_000, 63_000, 42_500, 54_000),
}
"""Principal, interest, deferred interest and fees of the accounts A, B and C."""


@dataclass
class Order:
    """A line item that somebody asks for."""

    operation: str
    amount_cents: int
    line_item_id: str | None = None
    effective_at: datetime | None = None
    allocation: str | None = None
    external_fields: list[Json] | None = None


@dataclass
class Item:
    """One fact on an account, and what is left of it."""

    account_id: str
    line_item_id: str
    kind: str
    bucket: Bucket
    amount_cents: int
    """With its sign: minus for what takes debt away."""
    effective_at: datetime
    created_at: datetime
    number: int
    order: Order | None = None
    left_cents: int = 0
    description: str = ""
    first_answer: Json = None

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands among items, the oldest first."""
        return self.effective_at, self.number


@dataclass
class Account:
    """One account: its items, and what it owes."""

    account_id: str
    opened_at: datetime = OPENED
    product_id: str = "can_51001"
    items: list[Item] = field(default_factory=list)
    """Oldest effective first."""
    by_id: dict[str, Item] = field(default_factory=dict)
    owed_cents: dict[Bucket, int] = field(default_factory=lambda: dict.fromkeys(Bucket, 0))
    unpoured_cents: int = 0
    """What no bucket could take; it counts as negative principal."""
    unpaid: dict[Bucket, list[Item]] = field(default_factory=lambda: {b: [] for b in Bucket})
    waiting: list[tuple[datetime, int, Item]] = field(default_factory=list)
    """Items effective later, the next first."""


def add(account: Account, item: Item) -> None:
    """Put ``item`` into its place among the items of ``account``."""
    bisect.insort(account.items, item, key=lambda other: other.place)
    account.by_id[item.line_item_id] = item


def owe(account: Account, item: Item, cents: int) -> None:
    """Add ``cents`` to the item's bucket."""
    account.owed_cents[item.bucket] += cents
    item.left_cents = cents
    bisect.insort(account.unpaid[item.bucket], item, key=lambda other: other.place)


def pour(account: Account, cents: int, buckets: list[Bucket]) -> int:
    """Take ``cents`` from ``buckets``, one after the other; give what none could take."""
    left = cents
    for bucket in buckets:
        taken = min(left, account.owed_cents[bucket])
        account.owed_cents[bucket] -= taken
        left -= taken
        pay_oldest(account.unpaid[bucket], taken)
    account.unpoured_cents += left
    return left


def pay_oldest(unpaid: list[Item], cents: int) -> None:
    """Take ``cents`` from what is left of items, the oldest first."""
    while cents and unpaid:
        part = min(cents, unpaid[0].left_cents)
        unpaid[0].left_cents -= part
        cents -= part
        if not unpaid[0].left_cents:
            unpaid.pop(0)


def wait(account: Account, item: Item) -> None:
    """Let ``item`` wait until it is effective."""
    heapq.heappush(account.waiting, (item.effective_at, item.number, item))


def due(account: Account, now: datetime) -> list[Item]:
    """Take out the items that have waited long enough, in the order of their time."""
    found = []
    while account.waiting and account.waiting[0][0] <= now:
        found.append(heapq.heappop(account.waiting)[2])
    return found


def opening_items(account: Account, first_number: int, cents: tuple[int, ...]) -> list[Item]:
    """Make the items an account opens with, one for each bucket."""
    kinds = (
        ("CHARGE", Bucket.PRINCIPAL, "initial_principal_cents"),
        ("CREDIT_OFFSET_INTEREST", Bucket.INTEREST, "interest"),
        ("CREDIT_OFFSET_DEFERRED_INTEREST", Bucket.DEFERRED_INTEREST, "deferred interest"),
        ("ORIG_FEE", Bucket.FEE, "origination_fee_cents"),
    )
    made = []
    for index, (kind, bucket, description) in enumerate(kinds):
        if not cents[index]:
            continue
        number = first_number + index
        created_at = account.opened_at + timedelta(seconds=index)
        item = Item(
            account.account_id,
            f"can_{number}",
            kind,
            bucket,
            cents[index],
            created_at,
            created_at,
            number,
            description=description,
        )
        made.append(item)
    return made
