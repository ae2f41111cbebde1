"""Assumptions about how a body is written and declared."""

from __future__ import annotations

from urllib.parse import quote

from contract_tests.assuming.asking import (
    all_of,
    ask,
    post,
    present,
    refused,
    taken,
)
from contract_tests.assuming.opening import add, open_account
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import JSON, Bench, encoded, items_of
from contract_tests.exchange import Request

_DEEPEST = 32
_LONGEST = 65_536


def _texts(bench: Bench, members: str) -> bytes:
    """Give a valid body with more members, as text."""
    bench.allow(1)
    return b'{"line_item_id":"%s","original_amount_cents":1,%s}' % (
        bench.new_id().encode(),
        members.encode(),
    )


@assumption(
    "strict-json", otherwise="It reads on where RFC 8259 leaves it open, or nests less deep."
)
def strict_json(bench: Bench) -> Seen:
    """Posts a byte order mark, half of a surrogate pair, and one level too many."""
    deep = "[" * _DEEPEST + "]" * _DEEPEST  # inside of the body, which is a level too
    marked = b"\xef\xbb\xbf" + encoded(bench.offset())
    half = _texts(bench, r'"external_fields":[{"key":"\ud800"}]')
    return all_of(
        refused(post(bench, marked), "a byte order mark"),
        refused(post(bench, half), "half of a surrogate pair"),
        refused(post(bench, _texts(bench, f'"x":{deep}')), "33 levels of nesting"),
    )


@assumption("duplicate-keys", otherwise="It takes the last, or the first, of two equal keys.")
def duplicate_keys(bench: Bench) -> Seen:
    """Posts a body with original_amount_cents twice."""
    body = _texts(bench, '"original_amount_cents":1')
    return refused(post(bench, body), "a key that is there twice")


@assumption("no-nul", otherwise="It keeps U+0000 like any other character.")
def nul(bench: Bench) -> Seen:
    """Posts U+0000 in an external field."""
    body = _texts(bench, r'"external_fields":[{"key":"a\u0000b"}]')
    return refused(post(bench, body), "a text with U+0000")


@assumption("json-only", otherwise="It reads other charsets and codings, or has another limit.")
def json_only(bench: Bench) -> Seen:
    """Posts with a content coding, with another charset, and a byte more than the limit."""
    coded = bench.headers(JSON, ("Content-Encoding", "gzip"))
    latin = bench.headers(("Content-Type", "application/json; charset=iso-8859-1"))
    long = encoded(bench.offset()).ljust(_LONGEST + 1)
    return all_of(
        refused(post(bench, bench.offset(), headers=coded), "Content-Encoding: gzip", 415),
        refused(post(bench, bench.offset(), headers=latin), "charset=iso-8859-1", 415),
        refused(post(bench, long), f"a body of {len(long)} bytes", 413),
    )


@assumption("content-type-required", otherwise="It takes every body for JSON.")
def no_content_type(bench: Bench) -> Seen:
    """Posts a valid body without a Content-Type."""
    exchange = post(bench, bench.offset(), headers=bench.headers())
    return refused(exchange, "a body without a Content-Type", 415)


@assumption("empty-body", wide=True, otherwise="It wants at least {} where nothing has to be said.")
def empty_body(bench: Bench) -> Seen:
    """Waives three fees of a new account: without a body, with an empty one, and with {}."""
    account = open_account(bench)
    looks = []
    bodies = ((bench.headers(), None), (bench.headers(JSON), b""), (bench.headers(JSON), b"{}"))
    for headers, body in bodies:
        fee = quote(add(bench, account, "manual_fees"), safe="")
        target = f"{items_of(account)}/fee_waivers/{fee}"
        request = Request("POST", target, headers, body, "waiveAccountFee")
        exchange = present(ask(bench, request))
        looks.append(taken(exchange, f"a waiver with the body {body!r}"))
    return all_of(*looks)
