"""Records: each item is listed once, complete, in its account only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from contract_tests.bench import Bench, UntestedError, items_of
from contract_tests.echo import changes, differences, part
from contract_tests.exchange import Exchange
from contract_tests.instants import instant, now_of
from contract_tests.probe import probe
from contract_tests.reading import (
    READ_ITEM,
    found,
    ids_of,
    item_in,
    last_list,
    read_item,
    recent,
)
from contract_tests.traces import trace
from contract_tests.valid import PAST

_PAIRS = [
    *({"key": key, "value": value} for key, value in (("b", "2"), ("a", "007"), ("b", "2"))),
    *({"key": f"k{number}", "value": str(number)} for number in range(9)),
    {"key": "<i>", "value": "1 &amp; 2 'of' \\ z\u00fcrich \U0001f44d"},
]
_APART = 3
"""Accounts whose lists are compared."""
_TOLERANCE = timedelta(minutes=2)
_DEAD = ("DECLINED", "INVALID", "REVERSED", "ROLLED", "SPLIT_INVALID", "VOID")
_READABLE = (
    "{}",
    "sp ace{}",
    "50%{}",
    "zürich{}",
    "q?{}",
    "h#{}",
    "a+b{}",
    "%41{}",
    "💸{}",
    "{}.json",
)


@probe(
    "records",
    "records.as-sent",
    "records.complete",
    "records.listed-once",
    "records.read-one",
    "records.status",
    "records.type",
)
def a_full_item(bench: Bench) -> None:
    """An item is listed once and read one by one, as it was posted."""
    posted = []
    for cents, more in (
        (7, {"external_fields": _PAIRS, "allocation": "FEE"}),
        (8, {"external_fields": _PAIRS[:1], "effective_at": PAST}),
        (9, {}),
        (0, {}),
    ):
        body = bench.offset(cents, **more)
        post = bench.post(body)
        if not post.is_ok and "effective_at" in more:
            continue  # before the account's opening, it may be
        answer = bench.accepted(post).member() or {}
        wrong = list(differences(body, answer))
        bench.check("records.as-sent", not wrong, "what was sent", "; ".join(wrong), post)
        _note_overview(bench, answer, post)
        posted.append((body, answer, post))
        _note_in_list(bench, body, answer, post)
        _note_read(bench, body, answer, post)
    for body, answer, post in posted[:-1]:  # others have come since
        if "effective_at" not in body:  # far back in the list
            _note_in_list(bench, body, answer, post)


def _note_overview(bench: Bench, item: Mapping[str, Any], seen: Exchange) -> None:
    overview = part(item, "line_item_overview")
    kind, status = overview.get("line_item_type"), overview.get("line_item_status")
    is_offset = kind in (None, "DEBIT_OFFSET")
    bench.check("records.type", is_offset, "line_item_type DEBIT_OFFSET", seen)
    bench.check("records.status", status not in _DEAD, "a line_item_status like VALID", seen)


def _note_in_list(
    bench: Bench, body: Mapping[str, Any], answer: Mapping[str, Any], post: Exchange
) -> None:
    try:
        items = found(bench, [body["line_item_id"]])
    except UntestedError:
        return
    told, got = f"{body['line_item_id']} once in the list", f"{len(items)} times"
    seen = (post, last_list(bench))
    bench.require("records.listed-once", len(items) == 1, told, got, *seen)
    _note_complete(bench, body, answer, items[0], *seen)


def _note_read(
    bench: Bench, body: Mapping[str, Any], answer: Mapping[str, Any], post: Exchange
) -> None:
    if READ_ITEM not in bench.reads:
        return
    line_item_id = body["line_item_id"]
    exchange = read_item(bench, bench.account, line_item_id)
    item = item_in(exchange, line_item_id) if exchange.is_ok else None
    told = f"200, with {line_item_id}"
    bench.require("records.read-one", item is not None, told, exchange.seen(), post, exchange)
    assert item is not None, "it was required"
    is_all = exchange.member("paging", "has_more") is not True
    told, got = "has_more false, as there is one of this id", exchange.seen()
    bench.check("records.read-one", is_all, told, got, post, exchange)
    _note_complete(bench, body, answer, item, post, exchange)


def _note_complete(
    bench: Bench,
    body: Mapping[str, Any],
    answer: Mapping[str, Any],
    item: Mapping[str, Any],
    *seen: Exchange,
) -> None:
    """Note whether an item that is read is complete, and the one that was posted."""
    wrong = [*differences(body, item), *changes(answer, item)]
    bench.check("records.complete", not wrong, "the item as it was posted", "; ".join(wrong), *seen)


@probe("records", "records.created-at-now", "records.effective-at-kept", "records.effective-at-now")
def times(bench: Bench) -> None:
    """``created_at`` is now, and ``effective_at`` is too where it was not sent."""
    for more in ({}, {"effective_at": PAST}):
        post = bench.post(bench.offset(1, **more))
        if not post.is_ok:
            continue
        now = now_of(post)
        for name in ("created_at",) if more else ("created_at", "effective_at"):
            text = post.member(name)
            at = instant(text)
            if text is not None:
                near = at is not None and abs(at - now) < _TOLERANCE
                rule_id = f"records.{name.replace('_', '-')}-now"
                bench.check(rule_id, near, f"{name} about {now.isoformat()}", post)
        if more and post.member("effective_at") is not None:
            same = instant(post.member("effective_at")) == instant(PAST)
            bench.check("records.effective-at-kept", same, f"effective_at {PAST}", post)


@probe("records", "records.own-account")
def own_account(bench: Bench) -> None:
    """An item is in the list of its account, and in no other."""
    other = bench.second_account()
    bodies = {
        of: bench.offset(2 + number) for number, of in enumerate(bench.target.accounts[:_APART])
    }
    posts = [bench.accepted(bench.post(body, account)) for account, body in bodies.items()]
    for account, mine in bodies.items():
        foreign = {body["line_item_id"] for body in bodies.values() if body is not mine}
        try:
            times_listed = len(found(bench, [mine["line_item_id"]], account))
            items = recent(bench, account).results
        except UntestedError:
            continue
        strays = sorted({str(item.get("account_id")) for item in items} - {account, "None"})
        is_apart = foreign.isdisjoint(ids_of(items)) and not strays
        seen = (*posts, last_list(bench))
        told = "the item once in its list"
        bench.check("records.own-account", times_listed == 1, told, f"{times_listed} times", *seen)
        told, got = f"items of {account} only", f"items of {', '.join(strays) or 'another account'}"
        bench.check("records.own-account", is_apart, told, got, *seen)
    if READ_ITEM in bench.reads:
        stray = read_item(bench, other, bodies[bench.account]["line_item_id"])
        told = f"404, as {other} has no such item"
        denied = 400 <= stray.status < 500
        bench.check("records.own-account", denied, told, stray.seen(), posts[0], stray)


@probe("records", "records.unknown-item")
def reading_by_odd_ids(bench: Bench) -> None:
    """Whatever an id is made of, its item can be read, and nothing else by a part of it."""
    if READ_ITEM not in bench.reads:
        raise UntestedError("the server has no GET …/line_items/{line_item_id}")
    stem = bench.new_id()[3:]
    for form in _READABLE:
        line_item_id = form.replace("{}", stem)
        post = bench.post({"line_item_id": line_item_id, "original_amount_cents": 1})
        if post.is_ok:
            exchange = read_item(bench, bench.account, line_item_id)
            _note_read_by_path(bench, line_item_id, post, exchange)
        if post.is_ok and "+" in line_item_id:
            path = f"{items_of(bench.account)}/{line_item_id.replace(' ', '%20')}"
            exchange = bench.send(bench.reading(path, READ_ITEM))
            _note_read_by_path(bench, line_item_id, post, exchange)
    for unknown in (f"{stem}x", f"sp ace{stem}"[:-1], "none", f"SP ACE{stem}"):
        exchange = read_item(bench, bench.account, unknown)
        told = "404, as there is no such item"
        bench.check("records.unknown-item", exchange.status == 404, told, exchange)


def _note_read_by_path(bench: Bench, line_item_id: str, post: Exchange, exchange: Exchange) -> None:
    item = item_in(exchange, line_item_id)
    told, seen = f"the item {line_item_id!r}", (exchange.seen(), post, exchange)
    bench.check("http.percent-encoding", item is not None, told, *seen)


@probe("records", "records.generated-ids", "records.read-one")
def generated_ids(bench: Bench) -> None:
    """Ids that are generated are strings, unique, and in the list."""
    least = {"original_amount_cents": 1}
    before = trace(bench)
    posts = [bench.accepted(bench.post(least)) for _ in range(6)]
    refusal = bench.post({**least, "allocation": "nowhere"})
    posts += [bench.accepted(bench.post(least)) for _ in range(6)]
    others = [bench.accepted(bench.post(least, of)) for of in bench.target.accounts[1:2]]
    ids = [post.member("line_item_id") for post in posts]
    strangers = set(map(str, trace(bench).newest or ())) - {*map(str, before.newest or ()), *ids}
    if before.newest is not None:
        told, got = "items with the ids that were answered", f"there is {sorted(strangers)[:2]}"
        is_own = not strangers or len(before.newest) < len(posts)
        bench.check("records.generated-ids", is_own, told, got, posts[0], last_list(bench))
    are_ids = all(isinstance(of, str) and of for of in ids)
    bench.check("records.generated-ids", are_ids, "an id that is a string", f"{ids}", posts[0])
    everywhere = Counter(str(post.member("line_item_id")) for post in (*posts, *others))
    twice = [of for of, often in everywhere.items() if often > 1]
    got = f"{twice} more than once"
    seen = (*posts[:6], refusal, *posts[6:], *others)
    bench.check("records.generated-ids", not twice, "a new id for each", got, *seen)
    _note_readable(bench, posts[0])
    try:
        known = Counter(map(str, ids_of(found(bench, ids))))
    except UntestedError:
        return
    lost = [of for of in ids if known[str(of)] != 1]
    seen = (posts[0], last_list(bench))
    told, got = "each once in the list", f"not so {lost[:3]}"
    bench.check("records.generated-ids", not lost, told, got, *seen)


def _note_readable(bench: Bench, post: Exchange) -> None:
    """Note whether an item with a generated id can be read, and is the newest of its list."""
    line_item_id = str(post.member("line_item_id"))
    if READ_ITEM in bench.reads:
        exchange = read_item(bench, bench.account, line_item_id)
        item = item_in(exchange, line_item_id)
        told, seen = f"200, with {line_item_id}", (exchange.seen(), post, exchange)
        bench.check("records.read-one", item is not None, told, *seen)


@probe("records", "records.unknown-account", writes=False)
def unknown_accounts(bench: Bench) -> None:
    """There is nothing to read of an account that does not exist."""
    other = f"{quote(bench.account, safe='')}x"
    for account in ("can_0", "no-such-account", other, "a%2Fb", "%F0%9F%92%B8"):
        for operation, tail in (("getAccount", ""), ("listAccountLineItems", "/line_items")):
            if operation in bench.reads:
                exchange = bench.send(bench.reading(f"/accounts/{account}{tail}", operation))
                bench.check("records.unknown-account", exchange.status == 404, "404", exchange)
    if "getAccount" in bench.reads and len(bench.account) > 1:  # there may be such an account
        part = quote(bench.account[:-1], safe="")
        exchange = bench.send(bench.reading(f"/accounts/{part}", "getAccount"))
        is_other = exchange.member("account_id") not in bench.target.accounts
        told = f"not the account {exchange.member('account_id')}"
        bench.check("records.unknown-account", is_other, told, exchange)
