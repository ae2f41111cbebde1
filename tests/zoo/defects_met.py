"""Defects of every layer that were met in servers of others."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.pages import Query, Test
from tests.zoo.reading import AMOUNT, Violation
from tests.zoo.wire import Connection

FLOAT32 = 2**24


@defect("money")
class DatedLosesAllocation(Zoo):
    """What is sent with effective_at is taken from principal."""

    def bucket(self, order: Order) -> Bucket:
        return Bucket.PRINCIPAL if order.effective_at else super().bucket(order)


@defect("money")
class SecondAccountMixesBuckets(Zoo):
    """On the second account fees and interest are taken for each other."""

    def item(self, account: Account, order: Order) -> Item:
        swapped = {"FEE": "INTEREST", "INTEREST": "FEE"}.get(order.allocation or "")
        if account.account_id == "can_102" and swapped:
            item = super().item(account, replace(order, allocation=swapped))
            item.order = order
            return item
        return super().item(account, order)


@defect("money")
class LargeReadSmall(Zoo):
    """Amounts above 2^31 are read as 2^31 - 1."""

    def item_content(self, item: Item) -> Json:
        content = super().item_content(item)
        if item.first_answer and abs(item.amount_cents) > 2**31:
            content["line_item_summary"]["original_amount_cents"] = -(2**31 - 1)
        return content


@defect("money")
class SmallAfterLargeLost(Zoo):
    """After an amount of 2^31 and more, amounts of a few cents do not count."""

    def booked_cents(self, account: Account, item: Item) -> int:
        largest = max((abs(of.amount_cents) for of in account.items), default=0)
        is_lost = largest >= 2**31 and abs(item.amount_cents) < largest // FLOAT32
        return 0 if is_lost else super().booked_cents(account, item)


@defect("records")
class ConflictForgets(Zoo):
    """After a conflict on an id, its repeat posts again."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        if known.order is None or not self.same(known.order, order):
            account.by_id.pop(known.line_item_id, None)
        return super().repeated(account, known, order)


@defect("records")
class ForgetsSoon(Zoo):
    """Ids are remembered for a tenth of a second."""

    def known(self, account: Account, order: Order) -> Item | None:
        known = super().known(account, order)
        is_old = known and self.now() - known.created_at > timedelta(seconds=0.1)
        return None if is_old else known


@defect("records")
class TenAreAll(Zoo):
    """A list without a limit shows ten items, and says that these are all."""

    def page(self, account: Account, text: str) -> Json:
        content = super().page(account, text)
        if "limit" not in text and len(content["results"]) > 10:
            content["results"] = content["results"][:10]
            content["paging"]["has_more"] = False
        return content


@defect("records")
class UpdatedIsEffective(Zoo):
    """Filters by update look at effective_at."""

    def bound_test(self, name: str, bound: datetime) -> Test:
        return super().bound_test(name.replace("updated", "effective"), bound)


@defect("records")
class AccountsByBeginning(Zoo):
    """An account is found by the beginning of its id."""

    def account(self, account_id: str) -> Account:
        found = [of for of in self.accounts if account_id and of.startswith(account_id)]
        return super().account(found[0] if found else account_id)


@defect("shape")
class OddBoundBreaks(Zoo):
    """A bound that is no date-time is a server error."""

    def check_query(self, query: Query) -> None:
        for name, value in query.items():
            if name.endswith(("_after", "_before")) and "at" in name:
                datetime.strptime(value[:10], "%Y-%m-%d").replace(tzinfo=UTC)
        super().check_query(query)


@defect("accepts")
class UnknownNullBreaks(Zoo):
    """Another member that is null is a server error."""

    def violations(self, body: Json) -> Iterator[Violation]:
        known = {AMOUNT, "line_item_id", "allocation", "effective_at", "external_fields"}
        others = body.keys() - known if isinstance(body, dict) else set()
        if any(body[name] is None for name in others):
            raise TypeError("what is null has no length")
        yield from super().violations(body)


@defect("accepts")
class CanInSecondLineRefused(Zoo):
    """An id is refused if any of its lines begins with can_."""

    def bad_id(self, value: Json) -> Iterator[Violation]:
        is_ours = isinstance(value, str) and re.search("^can_", value, re.MULTILINE)
        yield from super().bad_id("can_" if is_ours else value)


@defect("refuses")
class AccountsWithoutCase(Zoo):
    """Accounts are found in capitals, too."""

    def account(self, account_id: str) -> Account:
        return super().account(account_id.lower())


@defect("http")
class TrustsNullOrigin(Zoo):
    """The origin null may use credentials."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if request.header("Origin") == "null":
            answer.headers["Access-Control-Allow-Origin"] = "null"
            answer.headers["Access-Control-Allow-Credentials"] = "true"
        return answer


@defect("http")
class SaysGzip(Zoo):
    """Answers to reads are declared as gzip, and are not."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if request.method == "GET":
            answer.headers["Content-Encoding"] = "gzip"
        return answer


@defect("http")
class LengthAndChunks(Zoo):
    """Answers have a Content-Length and come in chunks as well."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Writes chunks."""

        def framed(self, request: Request, answer: Answer) -> bytes:
            if request.method == "HEAD" or not answer.body:
                return super().framed(request, answer)
            answer.headers["Transfer-Encoding"] = "chunked"
            chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(answer.body), answer.body)
            return self.head(answer) + chunk


@defect("http")
class ErrorsHaveNoEnd(Zoo):
    """Refusals do not say how long they are, and the connection stays open."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Leaves the length out."""

        def head(self, answer: Answer) -> bytes:
            head = super().head(answer)
            if answer.status != 422:
                return head
            return re.sub(rb"Content-Length: [0-9]+\r\n", b"", head)


@defect("http")
class SlowedInHtml(Zoo):
    """Beyond eight posts in a tenth of a second the answer is a page in HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[datetime] = []

    def post(self, account_id: str, order: Order) -> Json:
        since = self.now() - timedelta(seconds=0.1)
        self.posts = [*(at for at in self.posts[-20:] if at > since), self.now()]
        if len(self.posts) > 8:
            raise Refused(429, "too_many_requests", "Try later", headers={"Retry-After": "0"})
        return super().post(account_id, order)

    def refusal(self, request: Request, refused: Refused) -> Answer:
        answer = super().refusal(request, refused)
        if refused.status == 429:
            answer.body = b"<html><body><h1>Too many requests</h1></body></html>"
            answer.headers["Content-Type"] = "text/html"
        return answer


@defect("auth")
class SecondAccountOpen(Zoo):
    """Whoever comes is let in to the second account."""

    def authorise(self, operation: str, request: Request) -> None:
        if "/can_102" not in request.path:
            super().authorise(operation, request)


@defect("accepts")
class WordsAreNoIds(Zoo):
    """The ids 0, null and false count as none."""

    def prepared(self, body: Json) -> Json:
        prepared = super().prepared(body)
        if isinstance(prepared, dict) and prepared.get("line_item_id") in ("0", "null", "false"):
            return {name: of for name, of in prepared.items() if name != "line_item_id"}
        return prepared


@defect("accepts")
class IdsByBeginning(Zoo):
    """Ids that begin with the same 64 characters are one."""

    def known(self, account: Account, order: Order) -> Item | None:
        begin = (order.line_item_id or "")[:64]
        others = (of for of in account.items if len(begin) == 64)
        alike = next((of for of in others if of.line_item_id.startswith(begin)), None)
        return super().known(account, order) or alike


@defect("records")
class RefusalGivesIdBack(Zoo):
    """After a refused request the last generated id is generated again."""

    last = 950_000

    def new_id(self, number: int) -> str:
        self.last += 1
        return super().new_id(self.last)

    def refusal(self, request: Request, refused: Refused) -> Answer:
        self.last -= self.last > 950_000
        return super().refusal(request, refused)
