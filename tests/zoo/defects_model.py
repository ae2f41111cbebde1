"""Defects of the layer *model*: they show only after a certain sequence."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

from dataclasses import replace

from tests.zoo import ledger
from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request


@defect("model")
class SameAgainIgnored(Zoo):
    """Two orders with equal amounts, one after the other, count once."""

    last: tuple[str, int, str | None] | None = None

    def booked_cents(self, account: Account, item: Item) -> int:
        allocation = None if item.order is None else item.order.allocation
        now = (account.account_id, item.amount_cents, allocation)
        again, self.last = now == self.last, now
        return 0 if again else item.amount_cents


@defect("model")
class SameAgainAnswered(Zoo):
    """An order like the one before, without an id, is taken for a repeat."""

    last: tuple[str, Order, Json] | None = None

    def post(self, account_id: str, order: Order) -> Json:
        if self.last and self.last[:2] == (account_id, order) and order.line_item_id is None:
            return self.last[2]
        content = super().post(account_id, order)
        self.last = (account_id, order, content)
        return content


@defect("model")
class AllocationSticks(Zoo):
    """An order without an allocation takes that of the order before."""

    last: str | None = None

    def understood(self, order: Order) -> Order:
        if order.allocation is None:
            return replace(order, allocation=self.last)
        self.last = order.allocation
        return order


@defect("records")
class FieldsStick(Zoo):
    """An order without external fields takes those of the order before."""

    last: list[Json] | None = None

    def understood(self, order: Order) -> Order:
        if order.external_fields is None:
            return replace(order, external_fields=self.last)
        self.last = order.external_fields
        return order


@defect("records")
class InstantSticks(Zoo):
    """An order without effective_at takes that of the order before."""

    last: Order | None = None

    def understood(self, order: Order) -> Order:
        if order.effective_at is None and self.last:
            return replace(order, effective_at=self.last.effective_at)
        self.last = order if order.effective_at else self.last
        return order


class After(Zoo):
    """Books the order after some event wrongly."""

    marked = False
    factor = 0

    def booked_cents(self, account: Account, item: Item) -> int:
        marked, self.marked = self.marked, False
        return item.amount_cents * (self.factor if marked else 1)


@defect("model")
class LostAfterRefusal(After):
    """The first order after an invalid one is listed, but moves nothing."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        self.marked = self.marked or refused.status == 422
        return super().refusal(request, refused)


@defect("model")
class DoubledAfterConflict(After):
    """The first order after a conflict moves twice its amount."""

    factor = 2

    def refusal(self, request: Request, refused: Refused) -> Answer:
        self.marked = self.marked or refused.status == 409
        return super().refusal(request, refused)


@defect("model")
class LostAfterUnauthorised(After):
    """The first order after a request without a token moves nothing."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        self.marked = self.marked or refused.status in (401, 403)
        return super().refusal(request, refused)


@defect("model")
class LostAfterRepeat(After):
    """The first order after a repeat moves nothing."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        content = super().repeated(account, known, order)
        self.marked = True
        return content


@defect("model")
class DoubledAfterList(After):
    """The first order after a list moves twice its amount."""

    factor = 2

    def page(self, account: Account, text: str) -> Json:
        self.marked = True
        return super().page(account, text)


@defect("model")
class LostAfterCredit(After):
    """The first debit offset after a credit offset moves nothing."""

    def booked_cents(self, account: Account, item: Item) -> int:
        if item.kind != "DEBIT_OFFSET":
            self.marked = True
            return item.amount_cents
        return super().booked_cents(account, item)


@defect("model")
class LostAfterBackdated(After):
    """The first order after a back-dated one moves nothing."""

    def booked_cents(self, account: Account, item: Item) -> int:
        cents = super().booked_cents(account, item)
        self.marked = item.order is not None and item.order.effective_at is not None
        return cents


@defect("money")
class LastCentStays(Zoo):
    """What empties a bucket exactly leaves a cent in it."""

    def booked_cents(self, account: Account, item: Item) -> int:
        empties = account.owed_cents[item.bucket] == -item.amount_cents != 0
        return item.amount_cents + empties


@defect("money")
class BackdatedLost(Zoo):
    """A back-dated order is listed, but moves nothing."""

    def booked_cents(self, account: Account, item: Item) -> int:
        backdated = item.order is not None and item.order.effective_at is not None
        return 0 if backdated else item.amount_cents


@defect("money")
class FieldsMoveNothing(Zoo):
    """An order with external fields is listed, but moves nothing."""

    def booked_cents(self, account: Account, item: Item) -> int:
        return 0 if item.order and item.order.external_fields else item.amount_cents


@defect("money")
class OverflowOfFees(Zoo):
    """What fees cannot take is lost."""

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        order = super().pouring_order(account, item)
        return order[:1] if item.bucket is Bucket.FEE else order

    def book(self, account: Account, item: Item) -> None:
        before = account.unpoured_cents
        super().book(account, item)
        if item.bucket is Bucket.FEE:
            account.unpoured_cents = before


@defect("model")
class OverflowOfInterest(Zoo):
    """What interest cannot take makes interest negative."""

    def book(self, account: Account, item: Item) -> None:
        if item.kind == "DEBIT_OFFSET" and item.bucket is Bucket.INTEREST:
            account.owed_cents[Bucket.INTEREST] += item.amount_cents
            return
        super().book(account, item)


@defect("model")
class OverflowOrder(Zoo):
    """Overflow goes to deferred interest first."""

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        return [item.bucket, *(b for b in reversed(ledger.OVERFLOW) if b is not item.bucket)]


@defect("refuses")
class RetryAfterRefusalFails(Zoo):
    """An id whose order was refused as too early is a conflict from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.early: set[str] = set()

    def known(self, account: Account, order: Order) -> Item | None:
        if order.line_item_id in self.early:
            raise Refused(409, "conflict", "The line item id is taken")
        return super().known(account, order)

    def check_opening(self, account: Account, order: Order) -> None:
        try:
            super().check_opening(account, order)
        except Refused:
            self.early.add(order.line_item_id or "")
            raise


@defect("model")
class OverdraftDoubles(Zoo):
    """While the total is negative, orders move twice their amount."""

    def booked_cents(self, account: Account, item: Item) -> int:
        return item.amount_cents * (1 + (account.unpoured_cents > 0))


@defect("money")
class AccountBeforeFollows(Zoo):
    """An order on B after one on A moves A as well."""

    last: Account | None = None

    def book(self, account: Account, item: Item) -> None:
        super().book(account, item)
        if self.last is not None and self.last is not account:
            super().book(self.last, item)
        self.last = account
