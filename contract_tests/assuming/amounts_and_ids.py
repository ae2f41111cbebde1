"""Assumptions about amounts and ids: what is valid though the published page does not say so."""

from __future__ import annotations

import re

from contract_tests.assuming.asking import (
    all_of,
    ask,
    odd_account,
    post,
    posted,
    refused,
    same,
    shown,
    taken,
)
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench

_GENERATED = re.compile(r"can_[0-9]+")
_TOO_LARGE = 2**53


@assumption("amount-not-negative", otherwise="It posts the amount with its sign, or its size.")
def negative_amount(bench: Bench) -> Seen:
    """Posts an amount of -1."""
    request = bench.posting(bench.offset(-1), odd_account(bench))
    # not counted among the posts that are taken back: it added to what is owed
    return refused(ask(bench, request._replace(operation=None)), "an amount of -1")


@assumption("amount-maximum", otherwise="It posts larger amounts too, or has a smaller bound.")
def too_large_amount(bench: Bench) -> Seen:
    """Posts an amount of 2^53."""
    exchange = post(bench, bench.offset(_TOO_LARGE), odd_account(bench))
    return refused(exchange, f"an amount of {_TOO_LARGE}")


@assumption("whole-float", otherwise="It takes 1.0 for 1, as JSON Schema has it since draft 6.")
def whole_float(bench: Bench) -> Seen:
    """Posts amounts written as 1.0 and as 1e0."""
    looks = []
    for text in (b"1.0", b"1e0"):
        bench.allow(1)
        body = b'{"line_item_id":"%s","original_amount_cents":%s}' % (bench.new_id().encode(), text)
        looks.append(refused(post(bench, body), f"an amount of {text.decode()}"))
    return all_of(*looks)


@assumption("id-not-empty", otherwise="It takes the empty id, or generates one instead.")
def empty_id(bench: Bench) -> Seen:
    """Posts with an empty line_item_id."""
    body = {**bench.offset(), "line_item_id": ""}
    return refused(post(bench, body, odd_account(bench)), "an empty line_item_id")


@assumption("id-any-character", otherwise="It refuses ids with line breaks, as the pattern has it.")
def id_with_line_break(bench: Bench) -> Seen:
    """Posts ids with a line break at the end and in the middle."""
    looks = []
    for form in ("{}\n", "{}\ncan_1"):
        line_item_id = form.format(bench.new_id())
        body = {**bench.offset(), "line_item_id": line_item_id}
        exchange = post(bench, body, odd_account(bench))
        looks.append(taken(exchange, f"the id {line_item_id!r}"))
        if exchange.is_ok:
            looks.append(same("the id", line_item_id, exchange.member("line_item_id")))
    return all_of(*looks)


@assumption("generated-ids", otherwise="It generates UUIDs, say, or ids of another form.")
def generated_id(bench: Bench) -> Seen:
    """Posts without a line_item_id, twice."""
    looks = []
    for _ in range(2):
        body = bench.offset()
        del body["line_item_id"]
        exchange = post(bench, body)
        looks.append(taken(exchange, "a post without an id"))
        if exchange.is_ok:
            found = shown(exchange.member(), "line_item_id")
            is_ours = isinstance(found, str) and _GENERATED.fullmatch(found) is not None
            looks.append(Seen(is_ours, f"it generates ids such as {found!r}"))
    return all_of(*looks)


@assumption(
    "ids-per-account", otherwise="It refuses an id that any account has, or answers its item."
)
def id_on_two_accounts(bench: Bench) -> Seen:
    """Posts one id to two accounts."""
    other = bench.second_account()
    first = posted(bench)
    body = {**bench.offset(), "line_item_id": shown(first.member(), "line_item_id")}
    again = post(bench, body, other)
    if not again.is_ok:
        return taken(again, "an id that another account has")
    return same("the account in the answer", other, again.member("account_id"))
