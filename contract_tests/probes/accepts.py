"""Accepts what is valid: bodies at the edges, each of which has to come back as it was sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests import valid
from contract_tests.bench import Bench, UntestedError, encoded, path_of
from contract_tests.echo import differences, pairs
from contract_tests.exchange import Exchange
from contract_tests.instants import instant
from contract_tests.probe import Turn, probe
from contract_tests.reading import READ_ACCOUNT, found, ids_of, last_list
from contract_tests.traces import total

_LATER = timedelta(days=3)


def _check_all(bench: Bench, rule_id: str, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Post bodies, and note whether each was accepted and came back as it was sent."""
    _check_each(bench, [(rule_id, body) for body in bodies])


def _check_each(bench: Bench, bodies: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Do that for the bodies of several rules at once."""
    sent = [dict(body) for _, body in bodies]
    before = total(bench)
    exchanges = bench.send_all([bench.posting(body) for body in sent])
    for (rule_id, body), exchange in zip(bodies, exchanges, strict=True):
        _came_back(bench, rule_id, body, exchange)
    after = total(bench)
    if before is None or after is None or not all(exchange.is_ok for exchange in exchanges):
        return
    cents = sum(body["original_amount_cents"] for body in sent)
    told = f"after these {len(sent)} posts the total has fallen by {cents}"
    got = f"it fell by {before - after}"
    bench.check("money.total-falls", before - after == cents, told, got, *exchanges)


def _came_back(bench: Bench, rule_id: str, body: Mapping[str, Any], exchange: Exchange) -> bool:
    """Note whether a valid post was accepted, and its answer says what was sent."""
    if not bench.check(rule_id, exchange.status == 200, f"200, for {_told(body)}", exchange):
        return False
    answer = exchange.member()
    wrong = list(differences(body, answer if isinstance(answer, dict) else {}))
    return bench.check(rule_id, not wrong, "what was sent", "; ".join(wrong), exchange)


def _told(body: Mapping[str, Any]) -> str:
    text = encoded({k: v for k, v in body.items() if k != "line_item_id" or len(body) < 3})
    return text.decode("utf-8", "replace")[:120]


@probe("accepts", turn=Turn.FIRST)
def the_commonest(bench: Bench) -> None:
    """A few of each kind are accepted: what a server that turns them down shows soonest."""
    fields = [bench.offset(1, external_fields=of) for of in (*valid.FIELDS[:4], valid.FIELDS[-2])]
    other_id = {**bench.offset(1), "line_item_id": f"li_can_{bench.new_id()}"}
    more = {**valid.UNKNOWN[0], **bench.offset(1)}
    bodies = [("accepts.external-fields", body) for body in fields]
    bodies += [("accepts.ids", other_id), ("accepts.unknown-members", more)]
    _check_each(bench, bodies)
    _check_recent_instants(bench)


@probe("accepts", "accepts.allocations")
def allocations(bench: Bench) -> None:
    """Every allocation, and none, is accepted."""
    bodies = [bench.offset(1, allocation=allocation) for allocation in valid.ALLOCATIONS]
    _check_all(bench, "accepts.allocations", [*bodies, bench.offset(1)])
    _check_listed(bench, "accepts.allocations", bodies)


@probe("accepts", "accepts.external-fields")
def external_fields(bench: Bench) -> None:
    """Up to a hundred external fields are accepted, and come back whole and in order."""
    bodies = [bench.offset(1, external_fields=fields) for fields in valid.FIELDS]
    _check_all(bench, "accepts.external-fields", bodies)


@probe("accepts", "accepts.ids")
def ids(bench: Bench) -> None:
    """An id may be anything that does not begin with ``can_``; it comes back byte for byte."""
    forms = valid.ID_FORMS + valid.IDS_WITH_SLASH
    bodies = [
        {**bench.offset(1), "line_item_id": form.replace("{}", bench.new_id()[3:])}
        for form in forms
    ]
    bodies.append({**bench.offset(1), "line_item_id": f"00{time.time_ns() // 1_000_000}"})
    _check_all(bench, "accepts.ids", bodies)
    _check_listed(bench, "accepts.ids", bodies)
    _check_sizes(bench)
    stem = bench.new_id()
    apart = [stem, stem.upper(), f"{stem}e\u0301", f"{stem}\u00e9", f"{stem}-01", f"{stem}-1"]
    apart += [f"{stem} ", f" {stem}", f"{stem}\u200b", f"{stem}{'x' * 80}1", f"{stem}{'x' * 80}2"]
    _check_all(bench, "accepts.ids", [{**bench.offset(1), "line_item_id": of} for of in apart])
    _check_lines(bench)
    _check_words(bench)


def _check_words(bench: Bench) -> None:
    """An id that looks like nothing is one. It is the same in each run, so nothing is posted."""
    for word in ("0", "null", "false"):
        exchange = bench.post({"line_item_id": word, "original_amount_cents": 0})
        shown = exchange.member("line_item_id") if exchange.is_ok else word
        bench.check("accepts.ids", shown == word, f"line_item_id {word!r}", exchange)


def _check_lines(bench: Bench) -> None:
    """An id of two lines is accepted whatever the second begins with, if any is."""
    stem = bench.new_id()
    lines = [{**bench.offset(1), "line_item_id": f"{stem}\n{of}"} for of in ("1", "can_1")]
    plain, like_ours = bench.send_all([bench.posting(body) for body in lines])
    fine = like_ours.is_ok or not plain.is_ok
    told = "200 for an id with can_ in its second line, as for another of two lines"
    bench.check("accepts.ids", fine, told, like_ours.seen(), plain, like_ours)


def _check_listed(bench: Bench, rule_id: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Note whether each post is in the list, once; nothing where one broke ``rule_id``."""
    if any(of.rule_id == rule_id for of in bench.breaks):
        return
    ids = [body["line_item_id"] for body in bodies]
    try:
        known = Counter(map(str, ids_of(found(bench, ids))))
    except UntestedError:
        return
    lost = [of for of in ids if known[of] != 1]
    told, got = "each of these ids once in the list", f"not so {lost[:3]}"
    bench.check("records.listed-once", not lost, told, got, last_list(bench))


def _check_sizes(bench: Bench) -> None:
    """Post ids of one character, of digits only, and of three hundred characters."""
    number = int(
        bench.new_id().rpartition("_")[0].rpartition("Ck")[2], 16
    ) + bench.random.getrandbits(30)
    short = chr(0x4E00 + number % 20_000)
    for line_item_id in (short, str(number), f"{number}{'y' * 300}"):
        body = {**bench.offset(1), "line_item_id": line_item_id}
        exchange = bench.post(body)
        if exchange.status != 409:  # so short an id may be taken
            _came_back(bench, "accepts.ids", body, exchange)


@probe("accepts", "accepts.instants")
def instants(bench: Bench) -> None:
    """An instant may be written in every way of RFC 3339."""
    canonical = bench.post(bench.offset(1, effective_at=valid.PAST))
    if canonical.is_ok:
        body = {"original_amount_cents": 1, "effective_at": valid.PAST}
        _came_back(bench, "accepts.instants", body, canonical)
        bodies = [bench.offset(1, effective_at=text) for text in valid.INSTANTS]
        _check_all(bench, "accepts.instants", bodies)
    else:
        _note_why_refused(bench, canonical)
        _check_recent_instants(bench)
    _check_edges(bench)


def _check_edges(bench: Bench) -> None:
    """Post at instants that may be before the opening: what is accepted counts."""
    before = total(bench)
    posts = bench.send_all([bench.posting(bench.offset(1, effective_at=of)) for of in valid.EDGES])
    after = total(bench)
    _check_leap_day(bench, *posts[:2])
    if before is not None and after is not None:
        count = sum(post.is_ok for post in posts)
        told, got = f"the total falls by {count}", f"it fell by {before - after}"
        bench.check("money.total-falls", before - after == count, told, got, *posts)


def _check_leap_day(bench: Bench, day_before: Exchange, leap_day: Exchange) -> None:
    fine = leap_day.is_ok or not day_before.is_ok
    told = "200 for the leap day, as for the day before"
    bench.check("accepts.instants", fine, told, leap_day.seen(), day_before, leap_day)


def _check_recent_instants(bench: Bench) -> None:
    """Post a minute back, in some forms: all are accepted, or none, as the opening may be later."""
    recent = datetime.now(UTC) - timedelta(minutes=1)
    forms = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dt%H:%M:%S.5z")
    bodies = [bench.offset(1, effective_at=recent.strftime(form)) for form in forms]
    exchanges = bench.send_all([bench.posting(body) for body in bodies])
    if any(exchange.is_ok for exchange in exchanges):
        for body, exchange in zip(bodies, exchanges, strict=True):
            _came_back(bench, "accepts.instants", body, exchange)


def _note_why_refused(bench: Bench, refusal: Exchange) -> None:
    """Note whether a past instant was refused although the account was open by then."""
    if READ_ACCOUNT not in bench.reads:
        return
    account = bench.send(bench.reading(path_of(bench.account), READ_ACCOUNT))
    opened = instant(account.member("effective_at"))
    past = instant(valid.PAST)
    was_open = opened is not None and past is not None and opened < past
    told = f"200, for {valid.PAST}, as the account was opened {opened}"
    bench.check("accepts.instants", not was_open, told, refusal.seen(), refusal, account)


@probe("accepts", "accepts.instants")
def the_future(bench: Bench) -> None:
    """An instant in the future, however far, comes back as it was sent, if it is accepted."""
    account = bench.target.accounts[-1]  # such items stay at the head of its list
    later = (datetime.now(UTC) + _LATER).replace(microsecond=0)
    posts = []
    for text in (*valid.FAR, later.isoformat(), later.astimezone(tz=None).isoformat()):
        body = bench.offset(1, effective_at=text)
        posts.append(bench.post(body, account))
        if not 400 <= posts[-1].status < 500:  # nobody says that it has to be
            _came_back(bench, "accepts.instants", body, posts[-1])
    _check_leap_day(bench, *posts[:2])


@probe("accepts", "accepts.amounts")
def amounts(bench: Bench) -> None:
    """An amount may be any number of cents from nothing to 2^53 - 1."""
    account = bench.target.accounts[-1]
    for cents in valid.AMOUNTS:
        try:
            body = bench.offset(cents)
        except UntestedError:
            continue
        _came_back(bench, "accepts.amounts", body, bench.post(body, account))


@probe("accepts", "accepts.json-text")
def json_text(bench: Bench) -> None:
    """JSON may be written with white space and escapes, and in any order of members."""
    for form in valid.JSON_TEXTS:
        text = form.format(bench.new_id())
        exchange = bench.post(text.encode())
        bench.check(
            "accepts.json-text", exchange.status == 200, f"200, for {text!r:.120}", exchange
        )
    fields = exchange.member("external_fields")
    expected = [("k", "\U0001f600/\b\f")]
    same = exchange.status != 200 or fields is None or pairs(fields) == expected
    bench.check("accepts.json-text", same, f"external_fields {expected}", exchange)
    bare = [
        bench.posting(b'{"original_amount_cents":1}'),
        bench.posting(b'{"original_amount_cents":-0}'),
    ]
    first = bench.send_all(bare[:1])[0]
    bench.check("accepts.json-text", first.status == 200, "200, for the least there can be", first)


@probe("accepts", "accepts.unknown-members")
def unknown_members(bench: Bench) -> None:
    """Other members are allowed, and mean nothing."""
    bodies = [{**more, **bench.offset(1)} for more in valid.UNKNOWN]
    _check_all(bench, "accepts.unknown-members", bodies)
    other = bench.new_id()
    names = ("id", "lineItemId", "item_id", "external_id")
    nameless = bench.post({"original_amount_cents": 1, **dict.fromkeys(names, other)})
    is_own = nameless.is_ok and nameless.member("line_item_id") != other
    told = f"200 and a generated id, whatever is said by {', '.join(names)}"
    bench.check("accepts.unknown-members", is_own, told, nameless)
    other_account = bench.target.account(1)
    another = {} if other_account is None else {"account_id": other_account}
    exchange = bench.post({**bench.offset(1), **valid.UNKNOWN[3], **another})
    named = exchange.member("account_id")
    bench.check(
        "accepts.unknown-members",
        named in (None, bench.account),
        f"account_id {bench.account}",
        exchange,
    )


@probe("accepts", "accepts.media-types")
def media_types(bench: Bench) -> None:
    """The media type is case-insensitive, and may have parameters."""
    for media_type in valid.MEDIA_TYPES:
        headers = bench.headers(("Content-Type", media_type))
        exchange = bench.post(bench.offset(1), headers=headers)
        told = f"200, for Content-Type {media_type}"
        bench.check("accepts.media-types", exchange.status == 200, told, exchange)
