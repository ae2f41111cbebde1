"""Records: filters of a list, and what gives back, where a server has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from contract_tests.bench import Bench, UntestedError, items_of
from contract_tests.crediting import credit
from contract_tests.echo import part
from contract_tests.exchange import Exchange
from contract_tests.probe import probe
from contract_tests.reading import (
    ABSENT,
    LIST_ITEMS,
    LONGEST_PAGE,
    found,
    ids_of,
    last_list,
    most_recent,
)
from contract_tests.traces import total, trace

_BOUNDS = "&".join(
    f"effective_at_{name}=2021-06-15T15:50:{{}}%2B05:30" for name in ("after", "before")
)
_DAY = timedelta(days=1)
_SECONDS = ((30, 31, True), (29, 30, True), (31, 32, False), (28, 29, False))
"""Bounds, and whether the thirtieth second is within them."""
_CREDITS = (
    *((None, 3), ("FEE", 4), ("INTEREST", 5), ("DEFERRED_INTEREST", 6), ("PRINCIPAL", 7)),
    *((None, 2**31 + 5), ("FEE", 2**31 + 6)),
)


@probe("records", "records.credits", "records.repeat-other")
def giving_back(bench: Bench) -> None:
    """A credit offset raises the total by its amount, once, where there is such an operation."""
    body = bench.offset(6)
    before = trace(bench).total  # a look at the list too, which may be kept
    first = credit(bench, body)
    if first.status in ABSENT or before is None:
        raise UntestedError("the server has no POST …/credit_offsets, or no totals")
    fine = bench.check("records.credits", first.status == 200, "200, for a credit offset", first)
    after = trace(bench)
    if not fine or after.total is None:
        return
    told, got = "a total raised by 6", f"by {after.total - before}"
    bench.check("records.credits", after.total - before == 6, told, got, first)
    again = credit(bench, body)
    told = "nothing posted by the repeat"
    then = trace(bench)
    bench.check("records.credits", after.is_same(then), told, after.told(then), first, again)
    if LIST_ITEMS in bench.reads:
        is_new = after.newest is None or body["line_item_id"] in after.newest
        told, got = "the credit offset among the newest items", f"{after.newest}"
        bench.check("records.credits", is_new, told, got, first, last_list(bench))
        times = len(found(bench, [body["line_item_id"]]))
        told = "the credit offset once in the list"
        bench.check("records.credits", times == 1, told, f"{times} times", first)
    debit = bench.offset(4)
    post = bench.accepted(bench.post(debit))
    before_it = trace(bench)
    taken = credit(bench, debit)
    then = trace(bench)
    told = "no credit under the id of a debit offset"
    got = before_it.told(then)
    bench.check("records.repeat-other", before_it.is_same(then), told, got, post, taken)


@probe("records", "records.credits")
def each_credit(bench: Bench) -> None:
    """A credit offset raises the total whatever it is allocated to, and however large it is."""
    last = bench.target.accounts[-1]
    plain = [(account, None, 3) for account in bench.target.accounts[:-1]]
    for account, allocation, cents in (*plain, *((last, *of) for of in _CREDITS)):
        before = total(bench, account)
        if before is None:
            raise UntestedError("the server shows no totals")
        more = {} if allocation is None else {"allocation": allocation}
        post = credit(bench, bench.offset(cents, **more), account)
        if post.status in ABSENT:
            raise UntestedError("the server has no POST …/credit_offsets")
        if post.is_ok:  # nobody says that each allocation is one of a credit offset
            by = (total(bench, account) or 0) - before
            told, got = f"a total raised by {cents}", f"by {by}"
            bench.check("records.credits", by == cents, told, got, post)


@probe("records", "records.filters")
def filters(bench: Bench) -> None:
    """Each filter keeps what it names and nothing else, if there are filters of its kind."""
    if LIST_ITEMS not in bench.reads:
        raise UntestedError("the server has no GET …/line_items")
    post = bench.accepted(bench.post(bench.offset(1)))
    line_item_id = post.member("line_item_id")
    now = datetime.now(UTC).replace(microsecond=0)
    day_before, day_after = (quote((now + by).isoformat()) for by in (-_DAY, _DAY))
    status = post.member("line_item_overview", "line_item_status")
    ways = {  # what each filter leaves out the new item by, and keeps it by
        "line_item_type": ("CHARGE", "CHARGE,DEBIT_OFFSET"),
        "line_item_status": ("VOID", f"VOID,{status or 'VALID'}"),
        "effective_at_after": (day_after, day_before),
        "effective_at_before": (day_before, day_after),
        "updated_at_after": (day_after, day_before),
        "updated_at_before": (day_before, day_after),
    }
    left_out = {name: _filtered(bench, f"{name}={without}") for name, (without, _) in ways.items()}
    works = {name: line_item_id not in _ids(seen) for name, seen in left_out.items()}
    if not any(works.values()):
        raise UntestedError("the server has no filters")
    for name, (_, within) in ways.items():
        kept = _filtered(bench, f"{name}={within}")
        told = "a list with the new item"
        is_kept = line_item_id in _ids(kept) or not kept.is_ok
        bench.check("records.filters", is_kept, told, kept.seen(), post, kept)
        if not any(works[other] for other in ways if other[:9] == name[:9]):
            continue  # a server may have filters by words and not by time, or the reverse
        seen = left_out[name]
        told = "a list without the new item"
        bench.check("records.filters", works[name], told, seen.seen(), post, seen)
        bench.check("records.filters", kept.is_ok, "a list with the new item", kept)
    _note_combined(bench, post, works, day_before)


def _note_combined(
    bench: Bench, post: Exchange, works: Mapping[str, bool], day_before: str
) -> None:
    """Look closer at the filters that there are, and at two at once."""
    line_item_id = post.member("line_item_id")
    if works["effective_at_after"]:
        odd = _filtered(bench, "effective_at_after=yesterday")
        refused = 400 <= odd.status < 500
        bench.check("records.filters", refused, "a refusal of a bound that is no date-time", odd)
    if works["effective_at_after"] and works["effective_at_before"]:
        _note_bounds(bench, day_before if works["updated_at_after"] else None)
    if works["line_item_type"]:
        _note_types(bench)
    if works["line_item_type"] and works["effective_at_before"]:
        both = _filtered(bench, f"line_item_type=DEBIT_OFFSET&effective_at_before={day_before}")
        told = "debit offsets, without the new one, which is later"
        kinds = {_kind(item) for item in _items(both)} - {None}
        fine = line_item_id not in _ids(both) and kinds <= {"DEBIT_OFFSET"}
        bench.check("records.filters", fine, told, both.seen(), post, both)


def _note_bounds(bench: Bench, updated_after: str | None) -> None:
    """A bound is an instant, however it is written, and what is effective then is within it.

    ``updated_after`` is an instant for a bound of the other kind, None where there is none.
    """
    post = bench.post(bench.offset(1, effective_at="2021-06-15T10:20:30Z"))
    if not post.is_ok:
        return  # before the account's opening, it may be
    for after, before, is_within in _SECONDS:
        seen = _filtered(bench, _BOUNDS.format(after, before))
        told = f"a list {'with' if is_within else 'without'} what is effective at 10:20:30Z"
        is_there = post.member("line_item_id") in _ids(seen)
        bench.check("records.filters", is_there is is_within, told, seen.seen(), post, seen)
    if updated_after is None:
        return
    seen = _filtered(bench, f"{_BOUNDS.format(29, 31)}&updated_at_after={updated_after}")
    is_there = post.member("line_item_id") in _ids(seen)
    told = "a list with what was posted now, whenever it is effective"
    bench.check("records.filters", is_there, told, seen.seen(), post, seen)


def _note_types(bench: Bench) -> None:
    """What is listed of a type is of that type, and a page of it is as full as it can be."""
    posts = [
        bench.accepted(bench.post(bench.offset(1))),
        credit(bench, bench.offset(1)),
        credit(bench, bench.offset(1, allocation="FEE")),
        # so that what comes on a second page of them is not of their type where nothing is left out
        *(bench.accepted(bench.post(bench.offset(1))) for _ in range(2)),
    ]
    known = {_kind(post.member()) for post in posts if post.is_ok} - {None}
    for kind in known:
        seen = _filtered(bench, f"line_item_type={kind}", limit=2)
        cursor = seen.member("paging", "starting_after")
        pages = [seen]
        if seen.member("paging", "has_more") is True and isinstance(cursor, str):
            after = f"line_item_type={kind}&starting_after={quote(cursor, safe='')}"
            pages.append(_filtered(bench, after, limit=2))
        kinds = {_kind(item) for of in pages for item in _items(of)}
        told, got = f"a list of {kind} only", f"{sorted(map(str, kinds)) or 'nothing'}"
        is_only = bool(kinds) and kinds <= {kind, None}
        bench.check("records.filters", is_only, told, got, *posts, *pages)
        _note_end(bench, str(kind))
    shown = [post for post in posts if post.is_ok and _kind(post.member()) is not None]
    kinds_shown = sorted({str(_kind(post.member())) for post in shown})
    for several in (kinds_shown, kinds_shown[::-1]) if shown else ():
        seen = _filtered(bench, f"line_item_type={','.join(several)}")
        there = _ids(seen)
        ids = [of.member("line_item_id") for of in shown]
        missing = [of for of in ids if of not in there]
        told = f"a list of {', '.join(several)}, with what was posted of each"
        bench.check("records.filters", not missing, told, f"{missing} is not there", *shown, seen)


def _note_end(bench: Bench, kind: str) -> None:
    """Note whether a page with all there is of a type says that there is no more."""
    most = min(2 * most_recent(bench), LONGEST_PAGE) if bench.is_quick else LONGEST_PAGE
    whole = _filtered(bench, f"line_item_type={kind}", limit=most)
    count = len(_items(whole))
    if 0 < count < most:
        last = _filtered(bench, f"line_item_type={kind}", limit=count)
        told, got = "has_more false, as these are all", last.seen()
        fine = last.member("paging", "has_more") is False
        bench.check("records.filters", fine, told, got, whole, last)


def _items(exchange: Exchange) -> list[Any]:
    results = exchange.member("results")
    return results if isinstance(results, list) else []


def _kind(item: Any) -> str | None:
    """Give the type of a line item, None where it shows none."""
    shown = part(item, "line_item_overview") if isinstance(item, dict) else {}
    kind = shown.get("line_item_type")
    return kind if isinstance(kind, str) else None


def _filtered(bench: Bench, query: str, limit: int | None = None) -> Exchange:
    target = f"{items_of(bench.account)}?limit={limit or most_recent(bench)}&{query}"
    return bench.send(bench.reading(target, LIST_ITEMS))


def _ids(exchange: Exchange) -> list[object]:
    return ids_of([of for of in _items(exchange) if isinstance(of, dict)])
