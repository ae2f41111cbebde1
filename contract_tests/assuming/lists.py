"""Assumptions about lists: their order, their filters, their pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from contract_tests.assuming.asking import (
    accepted,
    all_of,
    call,
    objects,
    read,
    refused,
    same,
    taken,
)
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError, items_of
from contract_tests.exchange import Exchange
from contract_tests.instants import instant
from contract_tests.reading import LIST_ITEMS, ids_of

_CURSOR = re.compile(r"[0-9a-f]{30}")


def _list(bench: Bench, query: str) -> Exchange:
    return read(bench, f"{items_of(bench.account)}?{query}", LIST_ITEMS)


def _ids(exchange: Exchange) -> list[Any]:
    return ids_of(objects(accepted(exchange, "a page").member("results")))


@assumption(
    "list-order", posts=False, otherwise="It lists accounts by id, or in order of creation."
)
def account_order(bench: Bench) -> Seen:
    """Reads a page of accounts, and compares when they were opened."""
    exchange = call(bench, "GET", "/accounts?limit=1000", "listAccounts")
    results = objects(accepted(exchange, "the list of accounts").member("results"))
    texts = [account.get("effective_at") for account in results]
    opened = [of for of in map(instant, texts) if of is not None]
    if len(set(opened)) < 2:
        raise UntestedError("there are not two accounts that were opened at different times")
    return Seen(opened == sorted(opened, reverse=True), f"accounts are listed as {texts[:3]}…")


@assumption("filter-size", posts=False, otherwise="It takes more values, or any text, in a filter.")
def filter_size(bench: Bench) -> Seen:
    """Lists with 20 and with 21 types in the filter, and with types of 50 and of 51 letters."""
    looks = [
        taken(
            _list(bench, f"limit=1&line_item_type={types}"), f"a filter of {len(types)} characters"
        )
        for types in (",".join(["CHARGE"] * 20), "X" * 50)
    ]
    for types in (",".join(["CHARGE"] * 21), "X" * 51):
        exchange = _list(bench, f"limit=1&line_item_type={types}")
        looks.append(refused(exchange, f"a filter of {len(types)} characters"))
    return all_of(*looks)


@assumption("cursor-form", posts=False, otherwise="It has cursors of another form, such as ids.")
def cursor(bench: Bench) -> Seen:
    """Lists one item, looks at the cursor of the page, and goes on from one made up."""
    found = accepted(_list(bench, "limit=1"), "a page").member("paging", "starting_after")
    if found is None:
        raise UntestedError("the page shows no paging.starting_after")
    is_ours = isinstance(found, str) and _CURSOR.fullmatch(found) is not None
    made_up = "8" * 30
    return all_of(
        Seen(is_ours, f"a cursor is {found!r}"),
        taken(_list(bench, f"limit=1&starting_after={made_up}"), "a cursor that was made up"),
    )


@assumption(
    "backward-pages", posts=False, otherwise="The page before is in the other order, or the first."
)
def backward(bench: Bench) -> Seen:
    """Lists two pages of two items on the way forward, and goes back from the second."""
    first = _list(bench, "limit=2")
    after = accepted(first, "a page").member("paging", "starting_after")
    if first.member("paging", "has_more") is not True or after is None:
        raise UntestedError("the list has no second page of two items")
    second = _list(bench, f"limit=2&starting_after={quote(str(after), safe='')}")
    before = accepted(second, "a second page").member("paging", "ending_before")
    if before is None:
        raise UntestedError("the second page shows no paging.ending_before")
    back = _list(bench, f"limit=2&ending_before={quote(str(before), safe='')}")
    if not back.is_ok:
        return taken(back, "ending_before")
    if not _ids(first):
        raise UntestedError("the first page shows no items")
    return same("the page before the second", _ids(first), _ids(back))
