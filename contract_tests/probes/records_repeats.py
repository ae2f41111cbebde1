"""Records: an id that is posted again posts nothing, whatever came between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.bench import Bench, UntestedError
from contract_tests.echo import changes, differences
from contract_tests.exchange import Exchange
from contract_tests.probe import Turn, probe
from contract_tests.reading import item_in, read_item
from contract_tests.traces import Trace, total, trace
from contract_tests.valid import PAST

_PAIRS = [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]
_BETWEEN = 34
_ODD_IDS = (
    *("z\u00fcrich{}", "sp ace {}", " {} ", "LI_{}", "{}" + "x" * 120, "\U0001f4b8{}", "50%{}"),
    *("e\u0301{}", "00{}"),
)


@probe("records", turn=Turn.FIRST)
def the_commonest(bench: Bench) -> None:
    """An id that is posted again, as it was or with another amount, posts nothing."""
    body = bench.offset(7)
    first = bench.accepted(bench.post(body))
    before = _repeat(bench, body, first, trace(bench))
    again = bench.post({**body, "original_amount_cents": 8})
    after = trace(bench)
    if not before.is_blind:
        told, got = "nothing posted by a repeat with another amount", before.told(after)
        seen = before.among(first, again, later=after)
        bench.check("records.repeat-other", before.is_same(after), told, got, *seen)
    _note_still_there(bench, body, first, again)


@probe("records", "records.repeat", "records.repeat-other")
def repeats(bench: Bench) -> None:
    """An id that is posted again never posts twice, however much came between."""
    body = bench.offset(11, external_fields=_PAIRS, allocation="FEE")
    first = bench.accepted(bench.post(body))
    seen = _repeat(bench, body, first, trace(bench))
    _repeat(bench, body, first, seen)
    _note_still_there(bench, body, first)
    bench.accepted(bench.post(bench.offset(5)))
    _repeat(bench, body, first, trace(bench))
    bench.send_all([bench.posting(bench.offset(1)) for _ in range(_BETWEEN)])
    bench.post({**body, "allocation": "nowhere"})
    _repeat(bench, body, first, trace(bench))
    for other in (bench.offset(9), bench.offset(0), bench.offset(3, effective_at=PAST)):
        first = bench.post(other)
        if first.is_ok:
            seen = _repeat(bench, other, first, trace(bench))


def _repeat(bench: Bench, body: Mapping[str, Any], first: Exchange, before: Trace) -> Trace:
    """Post again, and note that nothing was posted since ``before``."""
    again = bench.post(body)
    after = trace(bench)
    answered = again.status == 200 or 400 <= again.status < 500
    told = "200 as the first time, or a refusal"
    bench.check("records.repeat", answered, told, again.seen(), first, again)
    if not before.is_blind:
        told, got = "nothing posted by the repeat", before.told(after)
        seen = before.among(first, again, later=after)
        bench.check("records.repeat", before.is_same(after), told, got, *seen)
    if again.is_ok:
        same = all(again.member(n) == first.member(n) for n in ("line_item_id", "account_id"))
        bench.check("records.repeat", same, "the same item", again.seen(), first, again)
    return after


@probe("records", "records.repeat")
def repeats_of_odd_ids(bench: Bench) -> None:
    """Whatever an id is made of, it is known again."""
    requests = [bench.posting(_with_id(bench, form)) for form in _ODD_IDS]
    first = bench.send_all(requests)
    before = trace(bench)
    again = bench.send_all(requests)
    after = trace(bench)
    if before.is_blind or not all(exchange.is_ok for exchange in first):
        return
    if before.is_same(after) or not _find_repeated(bench):
        told, got = "nothing posted by repeats of these ids", before.told(after)
        bench.check("records.repeat", before.is_same(after), told, got, *first, *again)


def _find_repeated(bench: Bench) -> bool:
    """Repeat odd ids one at a time, until a repeat is posted; tell whether one was."""
    known = len(bench.breaks)
    for form in _ODD_IDS:
        body = _with_id(bench, form)
        first = bench.accepted(bench.post(body))
        _repeat(bench, body, first, trace(bench))
        if len(bench.breaks) > known:
            return True
    return False


def _with_id(bench: Bench, form: str) -> dict[str, Any]:
    return {**bench.offset(1), "line_item_id": form.replace("{}", bench.new_id()[3:])}


@probe("records", "records.repeat-other")
def repeats_with_other_content(bench: Bench) -> None:
    """An id that is taken is not posted with other content either, and its item stays."""
    for change in (
        {"original_amount_cents": 12},
        {"allocation": "INTEREST"},
        {"external_fields": [{"key": "x", "value": "y"}]},
        {"effective_at": PAST},
    ):
        body = bench.offset(11, allocation="FEE", external_fields=_PAIRS)
        first = bench.accepted(bench.post(body))
        before = trace(bench)
        again = bench.post({**body, **change})
        after = trace(bench)
        answered = again.status == 200 or 400 <= again.status < 500
        told = "409, or the first answer"
        is_first = not again.is_ok or not list(changes(first.member(), again.member() or {}))
        bench.check("records.repeat-other", answered and is_first, told, again.seen(), first, again)
        if not before.is_blind:
            told, got = "nothing posted by the repeat", before.told(after)
            seen = before.among(first, again, later=after)
            bench.check("records.repeat-other", before.is_same(after), told, got, *seen)
        _note_still_there(bench, body, first, again)
        if "original_amount_cents" in change:
            _repeat(bench, body, first, after)


def _note_still_there(
    bench: Bench, body: Mapping[str, Any], first: Exchange, *others: Exchange
) -> None:
    try:
        exchange = read_item(bench, bench.account, body["line_item_id"])
    except UntestedError:
        return
    item = item_in(exchange, body["line_item_id"])
    answer = first.member() or {}
    wrong = ["it is gone"] if item is None else [*differences(body, item), *changes(answer, item)]
    seen = (first, *others, exchange)
    bench.check("records.repeat-other", not wrong, "the first item", "; ".join(wrong), *seen)


@probe("records", "records.own-account")
def one_id_on_two_accounts(bench: Bench) -> None:
    """An id that is used on one account posts to that account only."""
    other = bench.second_account()
    body = bench.offset(19)
    first = bench.accepted(bench.post(body))
    before, there = trace(bench), total(bench, other)
    post = bench.post(body, other)
    after, then = trace(bench), total(bench, other)
    rule_id = "records.own-account"
    if not before.is_blind:
        told, got = f"{bench.account} as it was", before.told(after)
        bench.check(rule_id, before.is_same(after), told, got, first, post)
    if post.is_ok:
        named = post.member("account_id")
        bench.check(rule_id, named == other, f"account_id {other}", post.seen(), first, post)
    if post.is_ok and there is not None and then is not None:
        told, got = f"the total of {other} falls by 19", f"by {there - then}"
        bench.check(rule_id, there - then == 19, told, got, first, post)
