"""More defects that were met in servers of others: each shows for one value, or after one thing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.guard import TOKEN
from tests.zoo.ledger import Account, Bucket, Item, Order
from tests.zoo.messages import Answer, Json, Request
from tests.zoo.pages import Query, Test
from tests.zoo.reading import AMOUNT, Violation, of_type


@defect("money")
class AllocationBeforeAmountIgnored(Zoo):
    """An allocation counts only if it stands behind the amount."""

    def meaning(self, operation: str, body: Json) -> Order:
        order = super().meaning(operation, body)
        names = list(body)
        if "allocation" in names and names.index("allocation") < names.index(AMOUNT):
            order.allocation = None
        return order


@defect("money")
class InterestOfThird(Zoo):
    """On the third account interest is taken from deferred interest."""

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        order = super().pouring_order(account, item)
        is_it = account.account_id == "can_103" and item.bucket is Bucket.INTEREST
        return [Bucket.DEFERRED_INTEREST, *order] if is_it else order


@defect("money")
class FeesTakenTwice(Zoo):
    """What is taken from the fees of the first account is taken from those of the third, too."""

    def book(self, account: Account, item: Item) -> None:
        super().book(account, item)
        if account.account_id == "can_101" and item.bucket is Bucket.FEE:
            self.accounts["can_103"].owed_cents[Bucket.FEE] += item.amount_cents


@defect("money")
class WholeBucketStays(Zoo):
    """What takes all that a bucket of fees or interest owes is taken from principal."""

    def pouring_order(self, account: Account, item: Item) -> list[Bucket]:
        order = super().pouring_order(account, item)
        is_all = account.owed_cents[item.bucket] == -item.amount_cents
        return [Bucket.PRINCIPAL, *order] if is_all else order


@defect("accepts")
class BodyNamesAccount(Zoo):
    """An account_id in the body wins over that of the path."""

    body_account: str | None = None

    def prepared(self, body: Json) -> Json:
        self.body_account = body.get("account_id") if isinstance(body, dict) else None
        return body

    def account(self, account_id: str) -> Account:
        named, self.body_account = self.body_account, None
        return super().account(named if named in self.accounts else account_id)


@defect("money")
class DryRuns(Zoo):
    """What says dry_run is answered, and not posted."""

    is_dry = False

    def prepared(self, body: Json) -> Json:
        self.is_dry = isinstance(body, dict) and bool(body.get("dry_run"))
        return body

    def keep(self, account: Account, item: Item) -> None:
        if not self.is_dry:
            super().keep(account, item)


@defect("money")
class FilterSettles(Zoo):
    """Each list of one type takes a cent."""

    def page(self, account: Account, text: str) -> Json:
        account.owed_cents[Bucket.PRINCIPAL] -= "line_item_type" in text
        return super().page(account, text)


@defect("records")
class CreditedFeesUnseen(Zoo):
    """A credit offset of fees is not in the total."""

    def book(self, account: Account, item: Item) -> None:
        if item.amount_cents > 0 and item.bucket is Bucket.FEE:
            item.bucket = Bucket.PRINCIPAL
            return
        super().book(account, item)


@defect("records")
class SmallPagesOldestFirst(Zoo):
    """Pages of fewer than five items are oldest first."""

    def cut(self, found: list[Item], limit: int) -> list[Item]:
        page = super().cut(found, limit)
        return page[::-1] if limit < 5 else page


@defect("records")
class FilterOfFirstPage(Zoo):
    """A filter by type counts on the first page only."""

    def tests(self, query: Query) -> list[Test]:
        if "starting_after" in query:
            query = {name: of for name, of in query.items() if name != "line_item_type"}
        return super().tests(query)


@defect("records")
class LastTypeOnly(Zoo):
    """Of several types in a filter the last one counts."""

    def tests(self, query: Query) -> list[Test]:
        kinds = query.get("line_item_type", "").split(",")
        last = {"line_item_type": kinds[-1]} if kinds[-1] else {}
        return super().tests({**query, **last})


@defect("records")
class TenFieldsListed(Zoo):
    """A list shows ten external fields of an item."""

    def page(self, account: Account, text: str) -> Json:
        content = super().page(account, text)
        for item in content["results"]:
            item["external_fields"] = (item["external_fields"] or [])[:10] or None
        return content


@defect("records")
class EscapedWhereRead(Zoo):
    """Markup in external fields comes back escaped where an item is read."""

    def envelope(self, account: Account, found: list[Item], *, has_more: bool) -> Json:
        content = super().envelope(account, found, has_more=has_more)
        for item in content["results"]:
            fields = item["external_fields"] or []
            escaped = [{name: escape(text) for name, text in of.items()} for of in fields]
            item["external_fields"] = escaped or None
        return content


@defect("refuses")
class DatedRecorded(Zoo):
    """A body of an amount and an instant that is none is refused, and carried out."""

    body: Json = None

    def prepared(self, body: Json) -> Json:
        self.body = body
        return body

    def bad_instant(self, value: Json) -> Iterator[Violation]:
        found = list(super().bad_instant(value))
        if found and self.body.keys() == {AMOUNT, "effective_at"}:
            self.accounts["can_101"].owed_cents[Bucket.PRINCIPAL] -= self.body[AMOUNT]
        yield from found


@defect("money")
class LargeDeferredRefused(Zoo):
    """More than 2^31 - 1 cents of deferred interest are refused."""

    def violations(self, body: Json) -> Iterator[Violation]:
        found = list(super().violations(body))
        yield from found
        is_deferred = not found and body.get("allocation") == "DEFERRED_INTEREST"
        if is_deferred and body[AMOUNT] >= 2**31:
            yield of_type(f"/{AMOUNT}", "int32")


@defect("auth")
class MarksOfTokensAlike(Zoo):
    """Of a token only letters and digits count."""

    def knows(self, token: str) -> bool:
        return re.sub("[^A-Za-z0-9]", "", token) == re.sub("[^A-Za-z0-9]", "", TOKEN)


@defect("auth")
class TokensPadded(Zoo):
    """Equals signs behind a token are passed over."""

    def knows(self, token: str) -> bool:
        return super().knows(token.rstrip("="))


@defect("auth")
class CodedPathOpen(Zoo):
    """A path that begins in percent code needs no token."""

    def authorise(self, operation: str, request: Request) -> None:
        if request.path.startswith("/accounts"):
            super().authorise(operation, request)


@defect("concurrency")
class FeesLost(Zoo):
    """Of offsets of fees at once, one counts."""

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        yield

    def book(self, account: Account, item: Item) -> None:
        owed = account.owed_cents[Bucket.FEE]
        if item.bucket is Bucket.FEE:
            time.sleep(0.004)
        with self.lock:
            if item.bucket is Bucket.FEE:
                account.owed_cents[Bucket.FEE] = owed
            super().book(account, item)


@defect("shape")
class PathInHeader(Zoo):
    """A refusal tells in a header where its source is."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if answer.status == 422:
            answer.headers["X-Raised-At"] = "/srv/ledger/app/offsets.py:212"
        return answer


@defect("http")
class ConnectionSeesOld(Zoo):
    """A connection goes on to see an account as it saw it first."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        is_account = request.method == "GET" and re.fullmatch("/accounts/[^/]+", request.path)
        if not is_account or answer.status != 200:
            return answer
        seen: Answer = request.remembered.setdefault(request.path, answer)
        return Answer(seen.status, seen.body, dict(seen.headers))


@defect("http")
class RestOfPathIgnored(Zoo):
    """What follows debit_offsets in a path is not looked at."""

    def plain_path(self, path: str) -> str:
        return re.sub("(?<=/debit_offsets)/.*", "", path)


@defect("http")
class QueryAllocates(Zoo):
    """An allocation of the query counts where the body has none."""

    def order(self, operation: str, request: Request) -> Order:
        order = super().order(operation, request)
        found = re.search("allocation=(FEE|INTEREST)", request.query)
        if found and order.allocation is None:
            order.allocation = found[1]
        return order


@defect("model")
class RefusedAllocationStays(Zoo):
    """What has no allocation takes that of a refused request before it."""

    left: str | None = None

    def prepared(self, body: Json) -> Json:
        named = body.get("allocation") if isinstance(body, dict) else None
        self.left, left = (named if named in ("FEE", "INTEREST") else None), self.left
        return {**body, "allocation": left} if left and named is None else body

    def understood(self, order: Order) -> Order:
        self.left = None
        return order
