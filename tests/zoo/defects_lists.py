"""Defects of the layer *records*: lists and their pages."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.ledger import Account, Item
from tests.zoo.messages import Json, Refused, Request
from tests.zoo.pages import Query, Test


def lists(name: str, sentence: str, listed: Callable[[list[Item]], list[Item]]) -> None:
    """Plant a server that lists other items than there are."""

    class Lists(Zoo):
        """Lists other items."""

        def listed(self, account: Account) -> list[Item]:
            return listed(account.items)

    plant(name, "records", sentence, Lists)


def fields_only(items: list[Item]) -> list[Item]:
    """Leave out items that have external fields."""
    return [item for item in items if not (item.order and item.order.external_fields)]


def plant_lists() -> None:
    """Plant servers that list other items than there are."""
    for name, sentence, listed in (
        ("newest_hidden", "The newest item is not listed.", lambda i: i[:-1]),
        ("every_seventh_hidden", "Every seventh item is not listed.", without_seventh),
        (
            "zero_hidden",
            "Items of 0 cents are not listed.",
            lambda i: [x for x in i if x.amount_cents],
        ),
        ("debits_hidden", "Debit offsets are not listed.", lambda i: without(i, "DEBIT_OFFSET")),
        ("credits_hidden", "Credit offsets are not listed.", lambda i: without(i, "CREDIT_OFFSET")),
        ("fields_hidden", "Items with external fields are not listed.", fields_only),
        ("after_20_hidden", "Only the twenty oldest items are listed.", lambda i: i[:20]),
        ("last_20_only", "Only the twenty newest items are listed.", lambda i: i[-20:]),
        ("ascending", "Lists are oldest effective_at first.", backwards),
        ("by_creation", "Lists are in the order of creation.", by_creation),
        ("unordered", "Lists are in the order of ids.", by_id),
        ("newest_twice", "The newest item is listed twice.", lambda i: [*i, *i[-1:]]),
        ("generated_only", "Items with ids that were sent are not listed.", generated),
        ("backdated_hidden", "Back-dated items are not listed.", punctual),
    ):
        lists(f"list_{name}", sentence, listed)


def without(items: list[Item], kind: str) -> list[Item]:
    """Leave out items of a kind."""
    return [item for item in items if not item.kind.startswith(kind) or item.order is None]


def without_seventh(items: list[Item]) -> list[Item]:
    """Leave out every seventh item."""
    return [item for index, item in enumerate(items) if index % 7 != 6]


def backwards(items: list[Item]) -> list[Item]:
    """Turn the order round."""
    return items[::-1]


def by_creation(items: list[Item]) -> list[Item]:
    """Order by created_at."""
    return sorted(items, key=lambda item: item.number)


def by_id(items: list[Item]) -> list[Item]:
    """Order by id."""
    return sorted(items, key=lambda item: item.line_item_id)


def generated(items: list[Item]) -> list[Item]:
    """Keep items whose id was generated."""
    return [i for i in items if i.order is None or i.order.line_item_id is None]


def punctual(items: list[Item]) -> list[Item]:
    """Keep items that were not back-dated."""
    return [i for i in items if i.order is None or i.order.effective_at is None]


plant_lists()


@defect("records")
class OthersListed(Zoo):
    """The list of an account shows the items of all accounts."""

    def listed(self, account: Account) -> list[Item]:
        items = [item for other in self.accounts.values() for item in other.items]
        return sorted(items, key=lambda item: item.place)


@defect("records")
class OthersRead(Zoo):
    """A line item can be read through another account."""

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        if operation == "item":
            for account in self.accounts.values():
                if parameters[1] in account.by_id and parameters[0] in self.accounts:
                    return self.envelope(account, [account.by_id[parameters[1]]], has_more=False)
        return super().read(operation, parameters, request)


@defect("records")
class PageSkips(Zoo):
    """The first item after a page boundary is skipped."""

    def candidates(self, account: Account, query: Query) -> Iterator[Item]:
        found = super().candidates(account, query)
        if "starting_after" in query:
            next(found, None)
        return found


@defect("records")
class PageRepeats(Zoo):
    """The last item of a page comes again on the next one."""

    def position(self, cursor: str, account: Account) -> tuple[datetime, int]:
        instant, number = super().position(cursor, account)
        return instant, number + 1


@defect("records")
class CursorBySecond(Zoo):
    """Items of the same instant as the last of a page are skipped."""

    def position(self, cursor: str, account: Account) -> tuple[datetime, int]:
        return super().position(cursor, account)[0], 0


@defect("records")
class CursorIgnored(Zoo):
    """starting_after is ignored: every page is the first."""

    def candidates(self, account: Account, query: Query) -> Iterator[Item]:
        kept = {name: text for name, text in query.items() if name != "starting_after"}
        return super().candidates(account, kept)


@defect("records")
class EndingBeforeIgnored(Zoo):
    """ending_before is ignored."""

    def page(self, account: Account, text: str) -> Json:
        return super().page(account, re.sub("ending_before=[0-9a-f]+", "", text))


@defect("records")
class EndingBeforeFarthest(Zoo):
    """ending_before gives the newest items, not those next to the cursor."""

    def candidates(self, account: Account, query: Query) -> Iterator[Item]:
        found = super().candidates(account, query)
        if "ending_before" in query:
            limit = self.limit(query)
            return iter(list(found)[-limit:])
        return found


@defect("records")
class EndingBeforeIsAfter(Zoo):
    """ending_before is understood as starting_after."""

    def page(self, account: Account, text: str) -> Json:
        return super().page(account, text.replace("ending_before", "starting_after"))


def more(name: str, sentence: str, has_more: Callable[[bool, int, int], bool]) -> None:
    """Plant a server whose has_more is wrong; it gets the right one, and the sizes."""

    class More(Zoo):
        """Is wrong about more."""

        def page(self, account: Account, text: str) -> Json:
            content = super().page(account, text)
            limit, size = self.limit(self.query(text)), len(content["results"])
            paging = content["paging"]
            paging["has_more"] = has_more(paging["has_more"], size, limit)
            return content

    plant(name, "records", sentence, More)


more("has_more_never", "has_more is always false.", lambda *_: False)
more("has_more_always", "has_more is always true.", lambda *_: True)
more("has_more_full", "has_more is true for every full page.", lambda _, size, limit: size == limit)
more("has_more_turned", "has_more says the opposite.", lambda right, *_: not right)
more(
    "has_more_one", "has_more is false for pages of one.", lambda right, size, _: right and size > 1
)


def limited(name: str, sentence: str, limit: Callable[[str], int | None]) -> None:
    """Plant a server that understands some limits in another way."""

    class Limited(Zoo):
        """Has other limits."""

        def limit(self, query: Query) -> int:
            other = limit(query.get("limit", ""))
            return super().limit(query) if other is None else other

    plant(name, "records", sentence, Limited)


def plant_limits() -> None:
    """Plant servers that understand some limits in another way."""
    for name, sentence, limit in (
        (
            "ignored",
            "limit is ignored.",
            lambda t: 100 if t.isdecimal() and 0 < int(t) < 1001 else None,
        ),
        ("zero_taken", "A limit of 0 is taken.", lambda t: 100 if t == "0" else None),
        ("negative_taken", "A limit of -1 is taken.", lambda t: 100 if t.startswith("-") else None),
        (
            "large_taken",
            "A limit over 1,000 is taken.",
            lambda t: 1000 if t.isdecimal() and int(t) > 1000 else None,
        ),
        ("word_taken", "A word as limit is taken.", lambda t: 100 if t.isalpha() else None),
        (
            "fraction_taken",
            "A limit of 2.5 is taken.",
            lambda t: 2 if re.fullmatch("[0-9]+[.][0-9]+", t) else None,
        ),
        (
            "off_by_one",
            "A page holds one item more.",
            lambda t: int(t) + 1 if t.isdecimal() and 0 < int(t) < 1000 else None,
        ),
        ("one_is_two", "A limit of 1 gives two items.", lambda t: 2 if t == "1" else None),
        ("word_breaks", "A word as limit is a 500.", lambda t: int(t) if t.isalpha() else None),
        ("zero_breaks", "A limit of 0 is a 500.", lambda t: 1 // int(t) if t == "0" else None),
        (
            "thousand_refused",
            "A limit of 1,000 is refused.",
            lambda t: refuse() if t == "1000" else None,
        ),
    ):
        limited(f"limit_{name}", sentence, limit)


def refuse() -> int:
    """Raise Refused."""
    raise Refused(422, "server_error", "limit is out of range")


plant_limits()


def other_tests(name: str, sentence: str, without_name: str) -> None:
    """Plant a server that ignores a parameter of a list."""

    class Ignores(Zoo):
        """Ignores a parameter."""

        def tests(self, query: Query) -> list[Test]:
            return super().tests({n: t for n, t in query.items() if n != without_name})

    plant(name, "records", sentence, Ignores)


for parameter in (
    "line_item_type",
    "line_item_status",
    "effective_at_after",
    "effective_at_before",
    "updated_at_after",
    "updated_at_before",
):
    other_tests(f"filter_{parameter}_ignored", f"The filter {parameter} is ignored.", parameter)


@defect("records")
class BothCursorsTaken(Zoo):
    """starting_after together with ending_before is taken."""

    def check_query(self, query: Query) -> None:
        for other in ("starting_after", "ending_before"):  # each is checked for itself
            super().check_query({n: t for n, t in query.items() if n != other})
