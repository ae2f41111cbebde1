"""The bank: takes orders, keeps the books, repeats itself when asked again."""

# ruff: noqa: ARG002 - an override may look at more than the correct method does

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.zoo import ledger
from tests.zoo.instants import AFTER_ALL
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Json, Refused
from tests.zoo.shapes import Shapes

DESCRIPTIONS = {
    "debit": "Debit offset against the account",
    "credit": "Credit offset against the account",
}


class Bank(Shapes):
    """State and money. Each method is a place for one kind of defect."""

    openings_cents = ledger.OPENINGS_CENTS
    opened_at = ledger.OPENED
    first_number = 900_001

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.numbers = itertools.count(self.first_number)
        self.accounts: dict[str, Account] = {}
        for account_id, cents in self.openings_cents.items():
            account = Account(account_id, self.opened_at)
            self.accounts[account_id] = account
            for item in ledger.opening_items(account, next(self.numbers), cents):
                ledger.add(account, item)
                ledger.owe(account, item, item.amount_cents)
                next(self.numbers)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep everybody else out meanwhile."""
        with self.lock:
            yield

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self, number: int) -> str:
        return f"can_{number}"

    def account(self, account_id: str) -> Account:
        """Give an account with all that is due carried out.

        Raises Refused.
        """
        found = self.accounts.get(account_id)
        if found is None:
            raise Refused(404, "not_found", "There is no such account")
        for item in ledger.due(found, self.now()):
            self.book(found, item)
        return found

    def post(self, account_id: str, order: Order) -> Json:
        """Carry out ``order``, or answer as the first time.

        Raises Refused.
        """
        with self.exclusive():
            account = self.account(account_id)
            known = self.known(account, order)
            if known is not None:
                return self.repeated(account, known, order)
            self.check_opening(account, order)
            item = self.item(account, order)
            item.first_answer = self.item_content(item)
            self.keep(account, item)
            return item.first_answer

    def known(self, account: Account, order: Order) -> Item | None:
        """Give the item that has the id of ``order`` already."""
        return None if order.line_item_id is None else account.by_id.get(order.line_item_id)

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        """Answer an id that is taken."""
        if known.order is None or not self.same(known.order, order):
            raise Refused(409, "conflict", "The line item id is taken")
        return known.first_answer

    def same(self, first: Order, second: Order) -> bool:
        return first == second

    def check_opening(self, account: Account, order: Order) -> None:
        effective_at = order.effective_at
        if effective_at is None:
            return
        if effective_at < account.opened_at or effective_at == AFTER_ALL:
            raise Refused(409, "before_account_opening", "The account was not open then")

    def item(self, account: Account, order: Order) -> Item:
        """Make the item that is asked for."""
        number = next(self.numbers)
        now = self.now()
        bucket = self.bucket(order)
        line_item_id = order.line_item_id
        if line_item_id is None:
            line_item_id = self.new_id(number)
        cents = order.amount_cents if order.operation == "credit" else -order.amount_cents
        return Item(
            account.account_id,
            line_item_id,
            self.kind(order, bucket),
            bucket,
            cents,
            order.effective_at or now,
            now,
            number,
            order,
            cents,
            DESCRIPTIONS[order.operation],
        )

    def bucket(self, order: Order) -> Bucket:
        return Bucket(order.allocation or Bucket.PRINCIPAL)

    def kind(self, order: Order, bucket: Bucket) -> str:
        if order.operation == "debit":
            return "DEBIT_OFFSET"
        return "CREDIT_OFFSET" if bucket is Bucket.PRINCIPAL else f"CREDIT_OFFSET_{bucket}"

    def keep(self, account: Account, item: Item) -> None:
        """List the item, and book it if it is effective."""
        self.add(account, item)
        if item.effective_at > self.now():
            ledger.wait(account, item)
        else:
            self.book(account, item)

    def add(self, account: Account, item: Item) -> None:
        ledger.add(account, item)

    def book(self, account: Account, item: Item) -> None:
        """Move what is owed."""
        cents = self.booked_cents(account, item)
        if cents >= 0 and item.kind != "DEBIT_OFFSET":
            ledger.owe(account, item, cents)
            return
        left = ledger.pour(account, -cents, self.pouring_order(account, item))
        item.left_cents = -left
        poured = -cents - left
        if poured:
            item.description = f"upd payment principal_cents: {cents} + {poured}"

    def booked_cents(self, account: Account, item: Item) -> int:
        return item.amount_cents

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        return [item.bucket, *(b for b in ledger.OVERFLOW if b is not item.bucket)]
