"""Records: lists come in pages that neither skip nor repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from contract_tests.bench import Bench, UntestedError, items_of
from contract_tests.exchange import Exchange
from contract_tests.probe import Turn, probe
from contract_tests.reading import LIST_ITEMS, ids_of, last_list, listed, page, walk
from contract_tests.valid import PAST

_OUT_OF_RANGE = ("0", "-1", "1001", "abc", "1.5", "99999999999999999999")
_ODD_QUERIES = (
    *(f"starting_after={odd}" for odd in ("x", "%00", "-1", "9" * 30, "zzzz%20")),
    *("limit=3&limit=4", "line_item_type=CHARGE&line_item_type=DEBIT_OFFSET", "limit"),
    *("effective_at_after=yesterday", "updated_at_before=2021-02-30T00:00:00Z"),
    "effective_at_after=2021-06-15T00:00:00Z&effective_at_after=2021-06-16T00:00:00Z",
)
"""Whatever is made of them, it is no server error."""
_MOST_PAGES = 60


@probe("records", "records.envelope", "records.has-more", "records.limit", writes=False)
def envelope(bench: Bench) -> None:
    """A list is in pages, of the size that was asked for."""
    whole = page(bench, bench.account)
    has_flag = isinstance(whole.has_more, bool)
    bench.check("records.envelope", has_flag, "paging.has_more, a boolean", whole.exchange)
    count = len(whole.results)
    if whole.has_more is False and count < 1000:
        more = page(bench, bench.account, f"limit={count + 1}")
        is_all = len(more.results) == count
        told, seen = "has_more true, as there is more", (whole.exchange, more.exchange)
        bench.check("records.has-more", is_all, told, "has_more false", *seen)
    for limit in (1, 2):
        cut = page(bench, bench.account, f"limit={limit}")
        expected = min(limit, len(whole.results))
        told, got = f"{expected} items", f"{len(cut.results)} items"
        bench.check("records.limit", len(cut.results) == expected, told, got, cut.exchange)
        if len(whole.results) > limit:
            told = "has_more true, as there is more"
            bench.check("records.has-more", cut.has_more is True, told, cut.exchange)


@probe("records", "records.limit-range", writes=False)
def limits_out_of_range(bench: Bench) -> None:
    """A limit is a number from 1 to 1000."""
    _note_limits(bench, _OUT_OF_RANGE)
    target = items_of(bench.account)
    odd = [bench.reading(f"{target}?{query}", LIST_ITEMS) for query in _ODD_QUERIES]
    bench.send_all(odd)
    for limit in ("1", "1000"):
        exchange = _list(bench, f"limit={limit}")
        told = f"200, for limit={limit}"
        bench.check("records.limit-range", exchange.status == 200, told, exchange)


def _note_limits(bench: Bench, limits: Sequence[str]) -> None:
    if LIST_ITEMS not in bench.reads:
        raise UntestedError("the server has no GET …/line_items")
    for limit in limits:
        exchange = _list(bench, f"limit={limit}")
        if exchange.status < 500:
            refused = 400 <= exchange.status < 500
            bench.check("records.limit-range", refused, f"a refusal of limit={limit}", exchange)


@probe("records", writes=False, turn=Turn.FIRST)
def the_commonest_limits(bench: Bench) -> None:
    """A limit is at least 1, and at most 1000."""
    _note_limits(bench, ("0", "1001"))


def _list(bench: Bench, query: str) -> Exchange:
    return bench.send(bench.reading(f"{items_of(bench.account)}?{query}", LIST_ITEMS))


@probe("records", "records.has-more", "records.limit", "records.listed-once", "records.pages")
def pages(bench: Bench) -> None:
    """Pages neither skip nor repeat, at any size, forwards and backwards."""
    account = bench.target.account(1) or bench.account
    recent = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    bodies = [bench.offset(1) for _ in range(12)]
    bodies += [bench.offset(1, effective_at=PAST) for _ in range(4)]  # all at one instant
    bodies += [bench.offset(1, effective_at=recent.isoformat()) for _ in range(3)]
    posted = [of["line_item_id"] for of in bodies if bench.post(of, account).is_ok]
    whole = walk(bench, account)
    expected = ids_of([item for one in whole for item in one.results])
    lost = [of for of in posted if expected.count(of) != 1]
    told, got = "each item once in the list", f"not so {lost[:3]}"
    bench.check("records.listed-once", not lost, told, got, whole[-1].exchange)
    count = len(expected)
    sizes = {count, max(count - 1, 1), (count + 1) // 2, max(count // 3, 1), 7}
    if not bench.is_quick:
        sizes.add(5)
    for limit in sorted(size for size in sizes if 1 <= size <= 1000):
        if count / limit <= _MOST_PAGES:
            _note_walk(bench, account, limit, expected)
    first = page(bench, account, "limit=3")
    told, got = "the first three items of the list, on a page of three", f"{ids_of(first.results)}"
    same = ids_of(first.results) == expected[:3]
    bench.check("records.pages", same, told, got, whole[0].exchange, first.exchange)
    if count > 100:
        _note_walk(bench, account, None, expected)
    _note_way_back(bench, account)


def _note_walk(bench: Bench, account: str, limit: int | None, expected: Sequence[Any]) -> None:
    """Walk all pages of a size, and compare them with the list."""
    turned = walk(bench, account, limit)
    seen = [one.exchange for one in turned[:6]]
    found = ids_of([item for one in turned for item in one.results])
    told = f"the {len(expected)} items of the list, in pages of {limit or 'no given size'}"
    skipped, again = len(set(expected) - set(found)), len(found) - len(set(map(str, found)))
    got = f"{skipped} left out, {again} repeated" if skipped or again else "another order"
    bench.check("records.pages", found == expected, told, got, *seen)
    last = turned[-1]
    told, got = "has_more false on the last page", f"has_more {last.has_more}"
    bench.check("records.has-more", last.has_more is False, told, got, last.exchange)
    if len(turned) > 1:
        told = "has_more false, as there is nothing more"
        bench.check("records.has-more", last.results, told, "has_more true", *seen[-2:])
    if limit is not None:
        sizes = [len(one.results) for one in turned]
        full = all(size == limit for size in sizes[:-1])
        told = f"{limit} items on all pages but the last"
        bench.check("records.limit", full, told, f"{sizes[:9]}", *seen[:3])


def _note_way_back(bench: Bench, account: str) -> None:
    """Turn two pages on and one back."""
    turned = [page(bench, account, "limit=4")]
    for _ in range(2):
        if turned[-1].after is None or turned[-1].has_more is not True:
            return
        cursor = quote(str(turned[-1].after), safe="")
        turned.append(page(bench, account, f"limit=4&starting_after={cursor}"))
    if turned[-1].before is None:
        return
    cursor = quote(str(turned[-1].before), safe="")
    back = page(bench, account, f"limit=4&ending_before={cursor}")
    same = sorted(map(str, ids_of(back.results))) == sorted(map(str, ids_of(turned[1].results)))
    told = "with ending_before, the page before"
    seen = (*(one.exchange for one in turned), back.exchange)
    bench.check("records.pages", same, told, back.exchange.seen(), *seen)


_LATER, _EARLIER = "2021-03-01T23:00:00-05:00", "2021-03-02T01:00:00Z"
"""The first is three hours later than the second, whatever their texts seem to say."""


@probe("records", "records.newest-first")
def newest_first(bench: Bench) -> None:
    """What is effective later stands before what is effective earlier."""
    old = bench.offset(1, effective_at=PAST)
    if not bench.post(old).is_ok:
        raise UntestedError("the account was opened too late for a back-dated item")
    later, earlier = (bench.offset(1, effective_at=of) for of in (_LATER, _EARLIER))
    posts = [bench.post(body) for body in (later, earlier)]
    new = bench.offset(1)
    posts.append(bench.accepted(bench.post(new)))
    known = ids_of(listed(bench))
    in_order = [of["line_item_id"] for of in (new, later, earlier, old)]
    found = [of for of in known if of in in_order]
    if len(found) == len(in_order):
        told, got = f"{in_order}, the newest first", f"{found}"
        seen = (*posts, last_list(bench))
        bench.check("records.newest-first", found == in_order, told, got, *seen)
