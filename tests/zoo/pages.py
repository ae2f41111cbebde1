"""Lists in pages, and what their queries may say."""

# ruff: noqa: ARG002 - an override may look at more than the correct method does

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from tests.zoo.instants import BEFORE_ALL, is_instant, read_instant
from tests.zoo.ledger import Account, Item
from tests.zoo.messages import Json, Refused
from tests.zoo.shapes import Shapes

STATUSES = {
    "AUTHORIZED",
    "DECLINED",
    "INVALID",
    "OFFSET",
    "PENDING",
    "POSTED",
    "PROCESSING",
    "RETRO_VALID",
    "REVERSED",
    "ROLLED",
    "SETTLED",
    "SPLIT_INVALID",
    "SPLIT_VALID",
    "VALID",
    "VOID",
}
BOUNDS = (
    "effective_at_after",
    "effective_at_before",
    "updated_at_after",
    "updated_at_before",
)
MICROSECOND = timedelta(microseconds=1)
Query = dict[str, str]
Test = Callable[[Item], bool]


class Pages(Shapes):
    """Cuts lists into pages."""

    default_limit = 100
    largest_limit = 1000

    def query(self, text: str) -> Query:
        """Read a query. Raises Refused."""
        try:
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise Refused(400, "bad_request", "The query is not UTF-8") from error
        query = dict(pairs)
        if len(query) < len(pairs):
            raise self.bad_query("a parameter comes twice")
        return query

    def bad_query(self, message: str) -> Refused:
        return Refused(422, "server_error", "Event object failed validation: " + message)

    def check_query(self, query: Query) -> None:
        """Refuse what no query may say. Raises Refused."""
        for name in ("starting_after", "ending_before"):
            if name in query and not self.is_cursor(query[name]):
                raise self.bad_query(f"{name} is no cursor")
        if "starting_after" in query and "ending_before" in query:
            raise self.bad_query("starting_after excludes ending_before")
        for name in BOUNDS:
            if name in query and not is_instant(query[name]):
                raise self.bad_query(f"{name} is no date-time")
        for status in query.get("line_item_status", "VALID").split(","):
            if status not in STATUSES:
                raise self.bad_query("line_item_status is unknown")
        for kind in query.get("line_item_type", "CHARGE").split(","):
            if not re.fullmatch("[A-Z_]{1,50}", kind):
                raise self.bad_query("line_item_type is malformed")

    def limit(self, query: Query) -> int:
        """Give how many items a page holds. Raises Refused."""
        text = query.get("limit")
        if text is None:
            return self.default_limit
        if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= self.largest_limit:
            raise self.bad_query("limit is out of range")
        return int(text)

    def is_cursor(self, text: str) -> bool:
        return re.fullmatch("[0-9a-f]{30}", text) is not None

    def cursor(self, item: Item) -> str:
        micros = (item.effective_at - BEFORE_ALL) // MICROSECOND
        return f"{micros:016x}{item.number:014x}"

    def position(self, cursor: str, account: Account) -> tuple[datetime, int]:
        """Give the place that a cursor stands for."""
        micros = min(int(cursor[:16], 16), 315_000_000_000_000_000)
        return BEFORE_ALL + micros * MICROSECOND, int(cursor[16:], 16)

    def tests(self, query: Query) -> list[Test]:
        """Give what an item has to pass to be listed."""
        tests: list[Test] = []
        if "line_item_status" in query:
            statuses = query["line_item_status"].split(",")
            tests.append(lambda _: self.item_status in statuses)
        if "line_item_type" in query:
            kinds = query["line_item_type"].split(",")
            tests.append(lambda item: item.kind in kinds)
        bounds = {name: read_instant(query[name]) for name in BOUNDS if name in query}
        for name, bound in bounds.items():
            tests.append(self.bound_test(name, bound))
        return tests

    def bound_test(self, name: str, bound: datetime) -> Test:
        """Give the test of one bound; bounds belong to what they enclose."""

        def time(item: Item) -> datetime:
            return item.effective_at if name.startswith("effective") else item.created_at

        if name.endswith("after"):
            return lambda item: time(item) >= bound.replace(microsecond=0)
        return lambda item: time(item).replace(microsecond=0) <= bound

    def page(self, account: Account, text: str) -> Json:
        """Give one page of the items of ``account``.

        Raises Refused.
        """
        query = self.query(text)
        limit = self.limit(query)
        self.check_query(query)
        tests = self.tests(query)
        found: list[Item] = []
        for item in self.candidates(account, query):
            if all(test(item) for test in tests):
                found.append(item)
                if len(found) > limit:
                    break
        has_more = len(found) > limit
        found = self.cut(found, limit)
        if "ending_before" in query:
            found.reverse()
        return self.envelope(account, found, has_more=has_more)

    def cut(self, found: list[Item], limit: int) -> list[Item]:
        """Keep what belongs on the page of what was found, one more than fits."""
        return found[:limit]

    def candidates(self, account: Account, query: Query) -> Iterator[Item]:
        """Give items in the direction that is asked for, beginning at the cursor."""
        items = self.listed(account)
        if "ending_before" in query:
            place = self.position(query["ending_before"], account)
            start = bisect.bisect_right(items, place, key=lambda item: item.place)
            return (items[index] for index in range(start, len(items)))
        end = len(items)
        if "starting_after" in query:
            place = self.position(query["starting_after"], account)
            end = bisect.bisect_left(items, place, key=lambda item: item.place)
        return (items[index] for index in range(end - 1, -1, -1))

    def listed(self, account: Account) -> list[Item]:
        """Give what there is to list, the oldest first."""
        return account.items

    def envelope(self, account: Account, found: list[Item], *, has_more: bool) -> Json:
        paging = {
            "starting_after": self.cursor(found[-1]) if found else None,
            "ending_before": self.cursor(found[0]) if found else None,
            "has_more": has_more,
        }
        return {"results": [self.item_content(item) for item in found], "paging": paging}
