"""Defects that other people planted in servers of their own, and that were not found at first."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.defects_holes import hole
from tests.zoo.defects_races import MOMENT, Unlocked
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.pages import Test


@defect("model")
class ThirdInARow(Zoo):
    """The third debit offset in a row on one bucket is taken from principal."""

    def __init__(self) -> None:
        super().__init__()
        self.last: deque[Bucket] = deque(maxlen=2)

    def bucket(self, order: Order) -> Bucket:
        bucket = super().bucket(order)
        is_third = list(self.last) == [bucket] * 2
        self.last.append(bucket)
        return Bucket.PRINCIPAL if is_third else bucket


@defect("model")
class NeverThere(Zoo):
    """An item that was once asked for in vain stays unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown: set[str] = set()

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        if operation == "item" and parameters[1] in self.unknown:
            raise Refused(404, "not_found", "There is no such line item")
        try:
            return super().read(operation, parameters, request)
        except Refused:
            self.unknown.update(parameters[1:])
            raise


@defect("model")
class LostAfterHead(Zoo):
    """The post that follows a HEAD is answered, but moves nothing."""

    is_lost = False

    def answer(self, request: Request) -> Answer:
        try:
            return super().answer(request)
        finally:
            self.is_lost = request.method == "HEAD" or (self.is_lost and request.method == "GET")

    def booked_cents(self, account: Account, item: Item) -> int:
        return 0 if self.is_lost else super().booked_cents(account, item)


@defect("records")
class CreditsListedLate(Zoo):
    """A list that was read is kept until the next debit offset."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[tuple[str, str], Json] = {}

    def page(self, account: Account, text: str) -> Json:
        key = (account.account_id, text)
        if key not in self.pages:
            self.pages[key] = super().page(account, text)
        return self.pages[key]

    def add(self, account: Account, item: Item) -> None:
        if item.amount_cents <= 0:
            self.pages.clear()
        super().add(account, item)


@defect("records")
class ThirdListedWithSecond(Zoo):
    """The items of a third account are in the list of the second, under its id."""

    def page(self, account: Account, text: str) -> Json:
        content = super().page(account, text)
        if account.account_id == "can_102":
            others = super().page(self.accounts["can_103"], text)["results"]
            content["results"] += [{**item, "account_id": "can_102"} for item in others]
        return content


@defect("concurrency")
class IdsAcrossAccounts(Zoo):
    """Ids that are generated at once on two accounts are the same."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.lock_of = {account: threading.Lock() for account in self.accounts}

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        with self.lock_of.get(parameters[0], self.lock):
            return super().perform(operation, parameters, request)

    def post(self, account_id: str, order: Order) -> Json:
        if order.line_item_id is None and account_id in self.accounts:
            seen = self.count
            time.sleep(0.002)
            self.count = seen + 1
            order = replace(order, line_item_id=f"can_{self.first_number + 1000 + seen}")
        return super().post(account_id, order)


@defect("auth")
class QueryLetsIn(Zoo):
    """A read with a query needs no token."""

    def authorise(self, operation: str, request: Request) -> None:
        if not (request.method == "GET" and request.query):
            super().authorise(operation, request)


@defect("concurrency")
class ListWalked(Unlocked):
    """What is posted while a list is made is a 500 for who asked for the list."""

    def page(self, account: Account, text: str) -> Json:
        count = len(account.items)
        time.sleep(MOMENT)
        assert len(account.items) == count, "changed size during iteration"
        return super().page(account, text)


@defect("model")
class DeferredShowsEarlier(Zoo):
    """An offset of deferred interest is listed with the amount of the one before it, if larger."""

    def __init__(self) -> None:
        super().__init__()
        self.earlier = 0
        self.instead: dict[str, int] = {}

    def item(self, account: Account, order: Order) -> Item:
        item = super().item(account, order)
        earlier, self.earlier = self.earlier, item.amount_cents
        if item.bucket is Bucket.DEFERRED_INTEREST and earlier < item.amount_cents:
            self.instead[item.line_item_id] = earlier
        return item

    def item_summary(self, item: Item) -> dict[str, int]:
        shown = super().item_summary(item)
        instead = {} if item.first_answer is None else self.instead
        cents = instead.get(item.line_item_id, item.amount_cents)
        return {**shown, "original_amount_cents": cents}


ALLOCATIONS = "FEE|INTEREST|DEFERRED_INTEREST|PRINCIPAL"

hole(
    "allocation_part_taken",
    "allocation",
    "Any part of an allocation is one.",
    lambda v: (
        isinstance(v, str) and bool(v) and v not in ALLOCATIONS.split("|") and v in ALLOCATIONS
    ),
    lambda _: "FEE",
)


Slow = Callable[[Account, str, list[str], Request], bool]


def slow_posts(name: str, sentence: str, is_slow: Test) -> None:
    """Plant a server that takes a millisecond for each item to post one like this."""

    class Slow(Zoo):
        """Becomes slower."""

        def item(self, account: Account, order: Order) -> Item:
            item = super().item(account, order)
            if is_slow(item):
                time.sleep(len(account.items) * 0.001)
            return item

    plant(name, "growth", f"{sentence} takes 1 ms for every item.", Slow)


def slow_reads(name: str, sentence: str, is_slow: Slow) -> None:
    """Plant a server that takes a millisecond for each item where a read is like this."""

    class Slow(Zoo):
        """Becomes slower."""

        def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
            account = self.accounts.get(parameters[0])
            if account is not None and is_slow(account, operation, parameters, request):
                time.sleep(len(account.items) * 0.001)
            return super().perform(operation, parameters, request)

    plant(name, "growth", f"{sentence} takes 1 ms for every item.", Slow)


@defect("growth")
class RepeatsSlow(Zoo):
    """A repeat takes 1 ms for every item."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        time.sleep(len(account.items) * 0.001)
        return super().repeated(account, known, order)


slow_posts(
    "free_ids_slow", "To find a free id", lambda i: bool(i.order and not i.order.line_item_id)
)
slow_posts("credits_slow", "A credit offset", lambda i: i.amount_cents > 0)
slow_posts("fees_slow", "An offset of fees", lambda i: i.bucket is Bucket.FEE)
slow_posts("past_slow", "A post of the past", lambda i: bool(i.order and i.order.effective_at))
slow_reads(
    "misses_slow",
    "To read an item that there is not",
    lambda account, operation, parameters, _: (
        operation == "item" and parameters[1] not in account.by_id
    ),
)
slow_reads(
    "filters_slow",
    "A filtered list",
    lambda _, kind, __, request: kind == "items" and "line_item_type" in request.query,
)
