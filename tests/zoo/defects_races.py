"""Defects of the layer *concurrency*: right one by one, wrong together."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.ledger import Account, Item, Order
from tests.zoo.messages import Json, Refused

MOMENT = 0.004
"""Seconds in which others come between."""


class Unlocked(Zoo):
    """Lets everybody in at once."""

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        yield


@defect("concurrency")
class LostUpdate(Unlocked):
    """Balances are read, and written a moment later: updates are lost."""

    def book(self, account: Account, item: Item) -> None:
        before = dict(account.owed_cents)
        time.sleep(MOMENT)
        account.owed_cents = before
        with self.lock:
            super().book(account, item)


@defect("concurrency")
class LostItem(Unlocked):
    """The list is read, and written a moment later: items are lost."""

    def add(self, account: Account, item: Item) -> None:
        before = list(account.items)
        time.sleep(MOMENT)
        with self.lock:
            account.items = before
            super().add(account, item)


@defect("concurrency")
class IdTwice(Unlocked):
    """One id sent twice at once posts twice."""

    def item(self, account: Account, order: Order) -> Item:
        time.sleep(MOMENT)
        return super().item(account, order)

    def keep(self, account: Account, item: Item) -> None:
        with self.lock:
            super().keep(account, item)


@defect("concurrency")
class IdTwiceFails(Unlocked):
    """One id sent twice at once is a 500."""

    def item(self, account: Account, order: Order) -> Item:
        time.sleep(MOMENT)
        return super().item(account, order)

    def keep(self, account: Account, item: Item) -> None:
        with self.lock:
            if item.line_item_id in account.by_id:
                raise RuntimeError("duplicate key")
            super().keep(account, item)


@defect("concurrency")
class GeneratedTogether(Unlocked):
    """Ids generated at the same time are the same."""

    last = 950_000

    def new_id(self, number: int) -> str:
        read = self.last + 1
        time.sleep(MOMENT)
        self.last = read
        return super().new_id(read)

    def keep(self, account: Account, item: Item) -> None:
        with self.lock:
            super().keep(account, item)


@defect("concurrency")
class AnswersMixed(Unlocked):
    """An answer may be that of another request."""

    latest: Json = None

    def post(self, account_id: str, order: Order) -> Json:
        with self.lock:
            self.latest = super().post(account_id, order)
        time.sleep(MOMENT)
        return self.latest


@defect("concurrency")
class OrdersMixed(Unlocked):
    """An order may be carried out with the amount of another one."""

    latest: Order | None = None

    def post(self, account_id: str, order: Order) -> Json:
        self.latest = order
        time.sleep(MOMENT)
        mixed = replace(order, amount_cents=self.latest.amount_cents)
        with self.lock:
            return super().post(account_id, mixed)


@defect("concurrency")
class AccountsMixed(Unlocked):
    """An order may be carried out on the account of another one."""

    latest = ""

    def post(self, account_id: str, order: Order) -> Json:
        self.account(account_id)
        self.latest = account_id
        time.sleep(MOMENT)
        with self.lock:
            return super().post(self.latest, order)


@defect("concurrency")
class FieldsMixed(Unlocked):
    """External fields may be those of another order."""

    latest: list[Json] | None = None

    def post(self, account_id: str, order: Order) -> Json:
        self.latest = order.external_fields
        time.sleep(MOMENT)
        with self.lock:
            return super().post(account_id, replace(order, external_fields=self.latest))


@defect("concurrency")
class BusyFails(Zoo):
    """Two orders at once: one of them is a 500."""

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        if not self.lock.acquire(blocking=False):
            raise RuntimeError("database is locked")
        try:
            yield
            time.sleep(MOMENT)
        finally:
            self.lock.release()


@defect("concurrency")
class BusyUnavailable(BusyFails):
    """Two requests at once: one of them is a 503."""

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        try:
            with super().exclusive():
                yield
        except RuntimeError as error:
            raise Refused(503, "unavailable", "Try again") from error


@defect("concurrency")
class BusyLost(Unlocked):
    """Of orders that come at once only one is carried out, all are answered 200."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = threading.Lock()

    def keep(self, account: Account, item: Item) -> None:
        if self.busy.acquire(blocking=False):
            try:
                time.sleep(MOMENT)
                super().keep(account, item)
            finally:
                self.busy.release()


@defect("concurrency")
class Deadlock(Zoo):
    """Orders for two accounts at once wait for each other for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.locks = {account_id: threading.Lock() for account_id in self.accounts}

    def post(self, account_id: str, order: Order) -> Json:
        first = self.locks.get(account_id) or threading.Lock()
        others = [lock for name, lock in self.locks.items() if name != account_id]
        with first:
            time.sleep(MOMENT)
            for lock in others:
                if not lock.acquire(timeout=30):
                    raise RuntimeError("deadlock")
            try:
                return super().post(account_id, order)
            finally:
                for lock in others:
                    lock.release()


@defect("concurrency")
class TornRead(Unlocked):
    """An account is read while it is written: its buckets do not add up."""

    def account_summary(self, account: Account) -> dict[str, Json]:
        early = super().account_summary(account)
        time.sleep(MOMENT * 2)
        late = super().account_summary(account)
        return {**late, "total_balance_cents": early["total_balance_cents"]}

    def book(self, account: Account, item: Item) -> None:
        with self.lock:
            super().book(account, item)


@defect("concurrency")
class KindsApart(LostUpdate):
    """Debit and credit offsets are locked apart: at once, one of them is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.locks = {"debit": threading.RLock(), "credit": threading.RLock()}

    def post(self, account_id: str, order: Order) -> Json:
        with self.locks[order.operation]:
            return super().post(account_id, order)
