"""More defects of the layer *concurrency*."""

from __future__ import annotations

import time

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.defects_races import MOMENT, Unlocked
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request


@defect("concurrency")
class AuthShared(Zoo):
    """Who is in is kept for all connections: others come in meanwhile."""

    inside = 0

    def authorise(self, operation: str, request: Request) -> None:
        if request.header("Authorization") is None and self.inside:
            return
        super().authorise(operation, request)
        self.inside += 1
        time.sleep(MOMENT)
        self.inside -= 1


@defect("concurrency")
class BucketsMixed(Unlocked):
    """An order may be taken from the bucket of another one."""

    latest: Bucket = Bucket.PRINCIPAL

    def bucket(self, order: Order) -> Bucket:
        self.latest = super().bucket(order)
        time.sleep(MOMENT)
        return self.latest

    def keep(self, account: Account, item: Item) -> None:
        with self.lock:
            super().keep(account, item)


@defect("concurrency")
class PagesMixed(Unlocked):
    """A list may be that of another account."""

    asked: Account | None = None

    def listed(self, account: Account) -> list[Item]:
        self.asked = account
        time.sleep(MOMENT)
        return list(self.asked.items)


@defect("concurrency")
class CrowdLost(Zoo):
    """With more than four requests at once the next is turned away with a 500."""

    inside = 0

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        with self.lock:
            self.inside += 1
            crowded = self.inside > 4
        try:
            if crowded:
                raise RuntimeError("too many clients")
            time.sleep(MOMENT)
            return super().perform(operation, parameters, request)
        finally:
            with self.lock:
                self.inside -= 1


@defect("concurrency")
class ConflictTogether(Unlocked):
    """Different orders at once: one of them is a 409."""

    writing = 0

    def post(self, account_id: str, order: Order) -> Json:
        self.writing += 1
        try:
            if self.writing > 1:
                raise Refused(409, "conflict", "The account was changed meanwhile")
            time.sleep(MOMENT)
            with self.lock:
                return super().post(account_id, order)
        finally:
            self.writing -= 1
