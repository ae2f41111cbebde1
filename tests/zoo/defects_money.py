"""Defects of the layer *money*: the balance is moved wrongly."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.zoo import ledger
from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Json

Change = Callable[[int], int]


def moves(name: str, sentence: str, change: Change, bucket: Bucket | None = None) -> None:
    """Plant a server whose balance falls by another amount than was sent."""

    class Moves(Zoo):
        """Moves another amount."""

        def booked_cents(self, account: Account, item: Item) -> int:
            cents = item.amount_cents
            if item.kind != "DEBIT_OFFSET" or bucket not in (None, item.bucket):
                return cents
            return -change(-cents)

    plant(name, "money", sentence, Moves)


@defect("money")
class CreditsInstead(Zoo):
    """A debit offset raises what is owed."""

    def book(self, account: Account, item: Item) -> None:
        ledger.owe(account, item, abs(item.amount_cents))


@defect("money")
class NeverBooked(Zoo):
    """A debit offset is listed, but what is owed stays as it was."""

    def book(self, account: Account, item: Item) -> None:
        if item.kind != "DEBIT_OFFSET":
            super().book(account, item)


@defect("money")
class FirstTakesAll(Zoo):
    """The first debit offset on an account takes all of its principal."""

    def booked_cents(self, account: Account, item: Item) -> int:
        is_first = all(other is item or other.kind != "DEBIT_OFFSET" for other in account.items)
        if item.kind != "DEBIT_OFFSET" or not is_first:
            return item.amount_cents
        return -max(account.owed_cents[Bucket.PRINCIPAL], 0)


@defect("money")
class EveryFifthLost(Zoo):
    """Every fifth debit offset is listed, but moves nothing."""

    def booked_cents(self, account: Account, item: Item) -> int:
        debits = sum(1 for other in account.items if other.kind == "DEBIT_OFFSET")
        return 0 if debits % 5 == 0 and item.kind == "DEBIT_OFFSET" else item.amount_cents


@defect("money")
class TwentyFirstDoubled(Zoo):
    """From the 21st debit offset of an account on, the balance falls twice."""

    def booked_cents(self, account: Account, item: Item) -> int:
        debits = sum(1 for other in account.items if other.kind == "DEBIT_OFFSET")
        return item.amount_cents * (1 + (debits >= 21 and item.kind == "DEBIT_OFFSET"))


@defect("money")
class OtherAccountMoved(Zoo):
    """The balance of another account falls."""

    def book(self, account: Account, item: Item) -> None:
        others = [other for other in self.accounts.values() if other is not account]
        super().book(others[0], item)


@defect("money")
class AllAccountsMoved(Zoo):
    """The balances of all accounts fall."""

    def book(self, account: Account, item: Item) -> None:
        for other in self.accounts.values():
            super().book(other, item)


@defect("money")
class OtherAccountNamed(Zoo):
    """The answer to a POST names another account."""

    def post(self, account_id: str, order: Order) -> Json:
        named = "can_102" if account_id != "can_102" else "can_101"
        return {**super().post(account_id, order), "account_id": named}


class Stale(Zoo):
    """Shows a total that is not computed anew."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        summary = super().account_summary(account)
        return {**summary, "total_balance_cents": sum(self.openings_cents[account.account_id])}


plant("total_never_moves", "money", "The total stays as it was at the opening.", Stale)


@defect("money")
class FeesNotInTotal(Zoo):
    """The total leaves out the fees."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        summary = super().account_summary(account)
        summary["total_balance_cents"] -= summary["fees_balance_cents"]
        return summary


@defect("money")
class DeferredTwiceInTotal(Zoo):
    """The total counts deferred interest twice."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        summary = super().account_summary(account)
        summary["total_balance_cents"] += summary["deferred_interest_balance_cents"]
        return summary


@defect("money")
class TotalClampedAtZero(Zoo):
    """The total never falls below zero."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        summary = super().account_summary(account)
        summary["total_balance_cents"] = max(0, summary["total_balance_cents"])
        return summary


@defect("money")
class OverflowLost(Zoo):
    """What no bucket can take is lost in place of making the total negative."""

    def book(self, account: Account, item: Item) -> None:
        super().book(account, item)
        account.unpoured_cents = 0


@defect("money")
class AbsoluteTotal(Zoo):
    """A negative total is shown without its sign."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        summary = super().account_summary(account)
        summary["total_balance_cents"] = abs(summary["total_balance_cents"])
        return summary


@defect("money")
class AccountReadMoves(Zoo):
    """Reading an account takes a cent off its principal."""

    def account_content(self, account: Account) -> Json:
        account.owed_cents[Bucket.PRINCIPAL] -= 1
        return super().account_content(account)


@defect("money")
class ListMoves(Zoo):
    """Listing the items of an account takes a cent off its fees."""

    def page(self, account: Account, text: str) -> Json:
        account.owed_cents[Bucket.FEE] -= 1
        return super().page(account, text)


@defect("money")
class ZeroMoves(Zoo):
    """An offset of 0 cents clears the account."""

    def booked_cents(self, account: Account, item: Item) -> int:
        return item.amount_cents or -sum(account.owed_cents.values())


def all_from(name: str, sentence: str, sent: Bucket | None, taken: Bucket) -> None:
    """Plant a server that takes from another bucket than the allocation says."""

    class Pours(Zoo):
        """Pours into another bucket."""

        def bucket(self, order: Order) -> Bucket:
            asked = None if order.allocation is None else Bucket(order.allocation)
            return taken if asked is sent and order.operation == "debit" else super().bucket(order)

    plant(name, "money", sentence, Pours)


def plant_buckets() -> None:
    """Plant servers that take from the wrong bucket."""
    principal, interest, deferred, fee = Bucket
    for name, sent, taken in (
        ("fee_from_principal", fee, principal),
        ("fee_from_interest", fee, interest),
        ("interest_from_principal", interest, principal),
        ("interest_from_deferred", interest, deferred),
        ("deferred_from_interest", deferred, interest),
        ("deferred_from_principal", deferred, principal),
        ("principal_from_fee", principal, fee),
        ("principal_from_interest", principal, interest),
        ("unallocated_from_fee", None, fee),
        ("unallocated_from_interest", None, interest),
    ):
        asked = "unallocated" if sent is None else sent
        all_from(name, f"An {asked} debit offset is taken from {taken}.", sent, taken)


def as_float32(cents: int) -> int:
    """Keep what a 32-bit float keeps."""
    return int(struct.unpack("f", struct.pack("f", cents))[0])


def plant_amounts() -> None:
    """Plant servers that move another amount than was sent."""
    for name, sentence, change in (
        ("doubled", "The balance falls twice.", lambda c: 2 * c),
        ("off_by_one", "The balance falls by one cent more.", lambda c: c + 1),
        ("one_less", "The balance falls by one cent less.", lambda c: max(c - 1, 0)),
        ("dollars", "The balance falls by the amount in whole dollars.", lambda c: c // 100 * 100),
        ("times_100", "The amount is taken for dollars.", lambda c: c * 100),
        ("over_100", "The amount is divided by a hundred.", lambda c: c // 100),
        ("int32", "Amounts of 2^31 and more wrap around.", lambda c: (c + 2**31) % 2**32 - 2**31),
        ("uint32", "Amounts of 2^32 and more wrap around.", lambda c: c % 2**32),
        ("int16", "Amounts of 2^15 and more wrap around.", lambda c: c % 2**15),
        ("float32", "Amounts pass through a 32-bit float.", as_float32),
        ("six_digits", "Large amounts keep six digits.", lambda c: int(float(f"{c:.5e}"))),
        ("fifteen_digits", "Amounts keep 15 digits.", lambda c: int(float(f"{c:.14e}"))),
        ("capped", "More than a million dollars is capped.", lambda c: min(c, 100_000_000)),
        ("capped_low", "More than 10,000 cents is capped.", lambda c: min(c, 10_000)),
        ("capped_int32", "Amounts are capped at 2^31 - 1.", lambda c: min(c, 2**31 - 1)),
        (
            "even",
            "Odd cents are rounded to even ones above 1,000.",
            lambda c: c - (c > 1000) * c % 2,
        ),
        ("five", "Cents are rounded down to five.", lambda c: c - c % 5),
        ("fee_of_one_percent", "One per cent is kept back.", lambda c: c - c // 100),
        ("largest", "2^53 - 1 moves nothing.", lambda c: c * (c < 2**53 - 1)),
        ("float_dollars", "Dollars as floats lose cents.", lambda c: int(c / 100 * 100)),
    ):
        moves(f"moved_{name}", sentence, change)


plant_buckets()
plant_amounts()
moves("fee_doubled", "A FEE offset moves twice its amount.", lambda c: 2 * c, Bucket.FEE)
moves("interest_lost", "An INTEREST offset moves nothing.", lambda _: 0, Bucket.INTEREST)
moves(
    "deferred_lost",
    "A DEFERRED_INTEREST offset moves nothing.",
    lambda _: 0,
    Bucket.DEFERRED_INTEREST,
)
