"""More defects that other people planted, and that were not found at first."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.defects_framing import on_wire
from tests.zoo.defects_races import MOMENT, Unlocked
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.reading import Violation
from tests.zoo.wire import Connection


def id_of(request: Request) -> str | None:
    """Give the line item id in a body, whatever else is in it."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    return body.get("line_item_id") if isinstance(body, dict) else None


@defect("accepts")
class LastSecondRounded(Zoo):
    """The fraction of the last second of a minute is rounded, to a second 60 that is refused."""

    def bad_instant(self, value: Json) -> Iterator[Violation]:
        yield from super().bad_instant(value)
        if isinstance(value, str) and re.search(r":59\.[5-9]", value):
            message = 'must match format "date-time"'
            yield Violation("/effective_at", "format", message, format="date-time")


@defect("money")
class BackdatedTakesFees(Zoo):
    """An effective_at without an allocation is taken for a payment, which pays fees first."""

    def bucket(self, order: Order) -> Bucket:
        is_payment = order.effective_at is not None and order.allocation is None
        return Bucket.FEE if is_payment else super().bucket(order)


@defect("money")
class LargeRoundedInLists(Zoo):
    """Lists show amounts above a million cents in whole dollars."""

    def page(self, account: Account, text: str) -> Json:
        content = super().page(account, text)
        for item in content["results"]:
            cents = item["line_item_summary"]["original_amount_cents"]
            if abs(cents) > 1_000_000:
                item["line_item_summary"]["original_amount_cents"] = round(cents, -2)
        return content


@defect("money")
class ReadPoursAgain(Zoo):
    """A back-dated item is booked once more when it is read by its id for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.poured: set[int] = set()

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        content = super().read(operation, parameters, request)
        if operation == "item":
            account = self.accounts[parameters[0]]
            item = account.by_id[parameters[1]]
            is_backdated = item.order is not None and item.order.effective_at is not None
            if is_backdated and item.number not in self.poured:
                self.poured.add(item.number)
                with self.lock:
                    self.book(account, item)
        return content


@defect("money")
class AllOwedIgnored(Zoo):
    """An offset of exactly all that is owed is recorded, and not booked."""

    def booked_cents(self, account: Account, item: Item) -> int:
        owed = sum(account.owed_cents.values()) - account.unpoured_cents
        return 0 if item.amount_cents == -owed else super().booked_cents(account, item)


@defect("money")
class EastIsFuture(Zoo):
    """Wall clocks are compared: what is just past east of here is future, and never comes."""

    def __init__(self) -> None:
        super().__init__()
        self.never: set[str | None] = set()

    def meaning(self, operation: str, body: Json) -> Order:
        order = super().meaning(operation, body)
        text = body.get("effective_at") or ""
        now = datetime.now(UTC)
        is_past = order.effective_at is not None and order.effective_at <= now
        if is_past and text[:19].upper() > now.strftime("%Y-%m-%dT%H:%M:%S"):
            self.never.add(order.line_item_id)
        return order

    def booked_cents(self, account: Account, item: Item) -> int:
        never = item.order is not None and item.order.line_item_id in self.never
        return 0 if never and item.line_item_id else super().booked_cents(account, item)


@defect("money")
class OverflowRemembered(Zoo):
    """After an overflow the next offset without an allocation starts where that ended."""

    ended: Bucket | None = None

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        buckets = super().pouring_order(account, item)
        if item.order is not None and item.order.allocation is None and self.ended is not None:
            buckets.sort(key=lambda bucket: bucket is not self.ended)
            self.ended = None
        left = -item.amount_cents
        for bucket in buckets:
            if 0 < left <= account.owed_cents[bucket] and bucket is not buckets[0]:
                self.ended = bucket
            left -= account.owed_cents[bucket]
        return buckets


@defect("auth")
class DeniedIdsTaken(Zoo):
    """The id of a post without a token is taken for good."""

    def __init__(self) -> None:
        super().__init__()
        self.denied: set[str | None] = set()

    def authorise(self, operation: str, request: Request) -> None:
        if request.method == "POST" and self.token(request) is None:
            self.denied.add(id_of(request))
        super().authorise(operation, request)

    def known(self, account: Account, order: Order) -> Item | None:
        if order.line_item_id is not None and order.line_item_id in self.denied:
            raise Refused(409, "conflict", "The line item id is taken")
        return super().known(account, order)


@defect("auth")
class LongTokenFails(Zoo):
    """A token of more than a thousand characters is a 500."""

    def knows(self, token: str) -> bool:
        assert len(token) <= 1000, "value too long for type character varying(1000)"
        return super().knows(token)


@defect("concurrency")
class OtherContentTogether(Unlocked):
    """Of equal posts at once with one id one posts; with other content each does."""

    def __init__(self) -> None:
        super().__init__()
        self.locks: defaultdict[tuple[str | None, int], threading.Lock] = defaultdict(
            threading.Lock
        )

    def post(self, account_id: str, order: Order) -> Json:
        with self.lock:
            mine = self.locks[order.line_item_id, order.amount_cents]
        with mine:
            return super().post(account_id, order)

    def item(self, account: Account, order: Order) -> Item:
        time.sleep(MOMENT)
        return super().item(account, order)


@defect("concurrency")
class CreditBesideDebitLost(Zoo):
    """What is given while a debit offset comes in is lost."""

    coming = 0

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        is_debit = operation == "debit"
        self.coming += is_debit
        try:
            time.sleep(MOMENT if is_debit else 0)
            return super().perform(operation, parameters, request)
        finally:
            self.coming -= is_debit

    def booked_cents(self, account: Account, item: Item) -> int:
        is_lost = item.amount_cents > 0 and self.coming
        return 0 if is_lost else super().booked_cents(account, item)


class LateContinue(Connection):
    """Says late, and not to the end, that a client may continue."""

    def handle_expect_100(self) -> bool:
        return True

    def transmit(self, request: Request, answer: Answer) -> None:
        super().transmit(request, answer)
        if request.header("Expect"):
            time.sleep(MOMENT)
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n")


on_wire("late_continue", "A 100 comes after the answer, and spoils the next.", LateContinue)


@defect("http")
class HastyPostsAre429(Zoo):
    """A post within 3 ms of the one before is answered 429, and carried out."""

    last = 0.0

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        answer = super().perform(operation, parameters, request)
        if operation != "debit":
            return answer
        since, self.last = time.monotonic() - self.last, time.monotonic()
        if since > 0.003:
            return answer
        raise Refused(429, "too_many_requests", "Slow down", headers={"Retry-After": "1"})


@defect("growth")
class RefusalsGrow(Zoo):
    """A refused post takes 1 ms longer for every item."""

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        try:
            return super().perform(operation, parameters, request)
        except Refused:
            account = self.accounts.get(parameters[0])
            time.sleep(0.001 * len(account.items) if account else 0)
            raise


@defect("growth")
class SecondAccountGrows(Zoo):
    """A post to the second account takes 1 ms longer for every item."""

    def post(self, account_id: str, order: Order) -> Json:
        if account_id == "can_102":
            time.sleep(0.001 * len(self.accounts[account_id].items))
        return super().post(account_id, order)


@defect("growth")
class FieldsGrow(Zoo):
    """A post with external fields takes 0.1 ms longer for every field that is kept."""

    kept = 0

    def post(self, account_id: str, order: Order) -> Json:
        if order.external_fields:
            time.sleep(0.0001 * self.kept)
            self.kept += len(order.external_fields)
        return super().post(account_id, order)
