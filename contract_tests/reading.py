"""Reading accounts and their line items back, as far as a server lets them be read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from contract_tests.bench import (
    Bench,
    ProbeEndedError,
    UntestedError,
    item_of,
    items_of,
    path_of,
)
from contract_tests.exchange import Exchange, Request
from contract_tests.instants import instant, now_of

READ_ACCOUNT = "getAccount"
LIST_ITEMS = "listAccountLineItems"
READ_ITEM = "getAccountLineItem"
ABSENT = (404, 405, 501)
"""What a server answers that does not have an operation."""
_MAX_PAGES = 200
LONGEST_PAGE = 1000
"""Items that a page may have, as the contract says."""

BUCKETS = {
    "PRINCIPAL": ("principal_cents",),
    "INTEREST": ("interest_balance_cents", "am_interest_balance_cents"),
    "DEFERRED_INTEREST": ("deferred_interest_balance_cents", "am_deferred_interest_balance_cents"),
    "FEE": ("fees_balance_cents",),
}


class Figures(NamedTuple):
    """What an account owes, in cents, as its summary says."""

    total_cents: int
    buckets: Mapping[str, int]
    """By allocation; empty where the summary does not show all of them."""
    exchange: Exchange

    def told(self) -> str:
        """Say the figures in one line."""
        parts = ", ".join(f"{name} {cents}" for name, cents in self.buckets.items())
        return f"total {self.total_cents}{f' ({parts})' if parts else ''}"


def figures(bench: Bench, account: str | None = None) -> Figures:
    """Read what an account owes. Raises UntestedError, ProbeEndedError, OutOfTimeError."""
    return _figures_in(bench, bench.send(_reading_of(bench, account)))


def all_figures(bench: Bench, accounts: Sequence[str]) -> Mapping[str, Figures | None]:
    """Read what accounts owe, all at once; None is: cannot be read, and why is not noted.

    Raises OutOfTimeError.
    """
    known = len(bench.breaks)
    read: dict[str, Figures | None] = dict.fromkeys(accounts)
    try:
        exchanges = bench.client.send_all([_reading_of(bench, of) for of in accounts])
    except UntestedError:
        return read
    for account, exchange in zip(accounts, exchanges, strict=True):
        with contextlib.suppress(UntestedError, ProbeEndedError):
            read[account] = _figures_in(bench, exchange)
    del bench.breaks[known:]
    return read


def _reading_of(bench: Bench, account: str | None) -> Request:
    """Make a request that reads an account. Raises UntestedError."""
    if READ_ACCOUNT not in bench.reads:
        raise UntestedError("the server has no GET /accounts/{account_id}")
    return bench.reading(path_of(bench.account if account is None else account), READ_ACCOUNT)


def _figures_in(bench: Bench, exchange: Exchange) -> Figures:
    """Give what an account owes as it was answered. Raises UntestedError, ProbeEndedError."""
    bench.require("records.reads-go-on", exchange.status == 200, "200, as before", exchange)
    summary = exchange.member("summary")
    total = summary.get("total_balance_cents") if isinstance(summary, dict) else None
    if total is None:
        raise UntestedError("the account shows no summary.total_balance_cents")
    bench.require("money.integers", _is_cents(total), "integer cents", exchange)
    buckets = {}
    for name, members in BUCKETS.items():
        parts = [summary[member] for member in members if summary.get(member) is not None]
        if parts and all(map(_is_cents, parts)):
            buckets[name] = sum(parts)
    return Figures(total, buckets if len(buckets) == len(BUCKETS) else {}, exchange)


def _is_cents(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Page(NamedTuple):
    """One page of a list of line items."""

    results: Sequence[Mapping[str, Any]]
    after: str | None
    before: str | None
    has_more: object
    exchange: Exchange


def page(bench: Bench, account: str, query: str = "") -> Page:
    """Read one page. Raises UntestedError, ProbeEndedError, OutOfTimeError."""
    if LIST_ITEMS not in bench.reads:
        raise UntestedError("the server has no GET …/line_items")
    target = items_of(account) + (f"?{query}" if query else "")
    exchange = bench.send(bench.reading(target, LIST_ITEMS))
    bench.require("records.reads-go-on", exchange.status == 200, "200, as before", exchange)
    results, paging = exchange.member("results"), exchange.member("paging")
    is_list = isinstance(results, list) and all(isinstance(item, dict) for item in results)
    bench.require("records.envelope", is_list, "results, an array of line items", exchange)
    paging = paging if isinstance(paging, dict) else {}
    return Page(
        results,
        paging.get("starting_after"),
        paging.get("ending_before"),
        paging.get("has_more"),
        exchange,
    )


def walk(bench: Bench, account: str, limit: int | None = LONGEST_PAGE) -> list[Page]:
    """Read all pages, one after the other.

    Raises UntestedError, ProbeEndedError, OutOfTimeError.
    """
    size = "" if limit is None else f"limit={limit}"
    pages = [page(bench, account, size)]
    while pages[-1].has_more is True and pages[-1].after is not None:
        cursor = quote(str(pages[-1].after), safe="")
        pages.append(page(bench, account, f"{size}&starting_after={cursor}".lstrip("&")))
        if len(pages) > _MAX_PAGES:
            break
    return pages


def listed(bench: Bench, account: str | None = None) -> list[Mapping[str, Any]]:
    """Read all line items of an account. Raises UntestedError, ProbeEndedError, OutOfTimeError."""
    pages = walk(bench, bench.account if account is None else account)
    return [item for one in pages for item in one.results]


def recent(bench: Bench, account: str | None = None) -> Page:
    """Read the newest items: a look at what was added that costs little.

    Raises UntestedError, ProbeEndedError, OutOfTimeError.
    """
    limit = most_recent(bench, account)
    return page(bench, bench.account if account is None else account, f"limit={limit}")


def most_recent(bench: Bench, account: str | None = None) -> int:
    """Give how many items a look at the newest shows: long lists take a server most of its time.

    What is yet to come stands before what is new, and earlier runs have left some of it.
    Raises UntestedError, ProbeEndedError, OutOfTimeError.
    """
    account = bench.account if account is None else account
    if LIST_ITEMS in bench.reads and account not in bench.coming:
        bench.coming[account] = _coming(bench, account)
    limit = bench.coming.get(account, 0) + (20 if bench.is_quick else 100)
    if limit > LONGEST_PAGE:
        raise UntestedError("too many items are yet to come")
    return limit


def _coming(bench: Bench, account: str) -> int:
    """Count the items that are yet to come, of which a page has no more than it can."""
    for limit in (100, LONGEST_PAGE):
        seen = page(bench, account, f"limit={limit}")
        now = now_of(seen.exchange)
        at = [instant(item.get("effective_at")) for item in seen.results]
        count = sum(of is not None and of > now for of in at)
        if count < len(at):
            break
    return count


def newest(bench: Bench, account: str | None = None) -> list[Any]:
    """Give the ids of the newest items.

    Raises UntestedError, ProbeEndedError, OutOfTimeError.
    """
    return ids_of(recent(bench, account).results)


def found(
    bench: Bench, line_item_ids: Sequence[Any], account: str | None = None
) -> list[Mapping[str, Any]]:
    """Give the listed items that have these ids: out of the newest, else out of all.

    A quick run looks at a thousand. Raises UntestedError, ProbeEndedError, OutOfTimeError.
    """
    first = recent(bench, account)
    items = [item for item in first.results if item.get("line_item_id") in line_item_ids]
    if len(items) >= len(line_item_ids) or first.has_more is not True:
        return items
    pages = (
        [page(bench, account or bench.account, f"limit={LONGEST_PAGE}")] if bench.is_quick else None
    )
    if pages is not None and pages[0].has_more is True:
        raise UntestedError("not in a quick run")
    known = listed(bench, account) if pages is None else pages[0].results
    return [item for item in known if item.get("line_item_id") in line_item_ids]


def ids_of(items: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Give the ids of line items."""
    return [item.get("line_item_id") for item in items]


def last_list(bench: Bench) -> Exchange:
    """Give the last page that was read; there is one."""
    exchanges = reversed(bench.client.exchanges)
    return next(exchange for exchange in exchanges if exchange.request.operation == LIST_ITEMS)


def read_item(bench: Bench, account: str, line_item_id: str) -> Exchange:
    """Read one line item. Raises UntestedError, OutOfTimeError."""
    if READ_ITEM not in bench.reads:
        raise UntestedError("the server has no GET …/line_items/{line_item_id}")
    return bench.send(bench.reading(item_of(account, line_item_id), READ_ITEM))


def item_in(exchange: Exchange, line_item_id: str) -> Mapping[str, Any] | None:
    """Give the line item out of an answer, from its envelope or bare; None if it is not there."""
    results = exchange.member("results")
    found = results if isinstance(results, list) else [exchange.member()]
    return next(
        (of for of in found if isinstance(of, dict) and of.get("line_item_id") == line_item_id),
        None,
    )
