"""Assumptions about paths, methods, queries and heads."""

from __future__ import annotations

from contract_tests.assuming.asking import all_of, ask, post, read, refused, require, taken
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, offsets_of, path_of
from contract_tests.exchange import Exchange, Request
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, READ_ITEM

_LONGEST_TARGET = 4_096
_MOST_FIELDS = 64
_LONGEST_HEAD = 16_384


def _method(bench: Bench, method: str, target: str) -> Exchange:
    return ask(bench, Request(method, target, bench.headers()))


@assumption("head-limits", posts=False, otherwise="It takes longer heads, or only shorter ones.")
def head_limits(bench: Bench) -> Seen:
    """Reads with a target, with a number of fields, and with a head above the limits."""
    require(bench, READ_ACCOUNT)
    path = path_of(bench.account)
    plain = bench.reading(path, READ_ACCOUNT)
    long = plain._replace(target=f"{path}?x=".ljust(_LONGEST_TARGET + 1, "x"))
    many = tuple((f"X-{number}", "x") for number in range(_MOST_FIELDS))
    wide = (("X-Wide", "x" * _LONGEST_HEAD),)
    return all_of(
        refused(ask(bench, long), "a target of 4097 bytes", 414),
        refused(ask(bench, plain._replace(headers=(*plain.headers, *many))), "66 fields", 431),
        refused(
            ask(bench, plain._replace(headers=(*plain.headers, *wide))), "a head of 16 kB", 431
        ),
    )


@assumption(
    "exact-paths", posts=False, otherwise="It takes debit_offsets for the id of an item: a 404."
)
def exact_paths(bench: Bench) -> Seen:
    """Reads the path that debit offsets are posted to."""
    require(bench, READ_ITEM)
    exchange = _method(bench, "GET", offsets_of(bench.account))
    return refused(exchange, "GET …/line_items/debit_offsets", 405)


@assumption("trailing-slash", otherwise="It redirects, or takes both paths for one.")
def trailing_slash(bench: Bench) -> Seen:
    """Posts to the path with one more slash."""
    target = f"{offsets_of(bench.account)}/"
    return refused(post(bench, bench.offset(), target=target), "a path with one more slash", 404)


@assumption("encoded-slash", posts=False, otherwise="It takes %2F for a slash.")
def encoded_slash(bench: Bench) -> Seen:
    """Reads the list of line items with %2F for its last slash."""
    require(bench, LIST_ITEMS)
    exchange = _method(bench, "GET", f"{path_of(bench.account)}%2Fline_items")
    return refused(exchange, "%2F for a slash", 404)


@assumption("wrong-method", otherwise="It answers 404 or 501.")
def wrong_method(bench: Bench) -> Seen:
    """Sends PUT and DELETE to the path that debit offsets are posted to."""
    path = offsets_of(bench.account)
    return all_of(*(refused(_method(bench, name, path), name, 405) for name in ("PUT", "DELETE")))


@assumption("unknown-method", otherwise="It answers 405 or 501.")
def unknown_method(bench: Bench) -> Seen:
    """Sends BREW to the path that debit offsets are posted to."""
    return refused(_method(bench, "BREW", offsets_of(bench.account)), "BREW", 400)


@assumption("head-method", posts=False, otherwise="It refuses HEAD.")
def head_method(bench: Bench) -> Seen:
    """Sends HEAD to an account."""
    require(bench, READ_ACCOUNT)
    return taken(_method(bench, "HEAD", path_of(bench.account)), "HEAD")


@assumption("options-method", posts=False, otherwise="It answers OPTIONS, with Allow or for CORS.")
def options_method(bench: Bench) -> Seen:
    """Sends OPTIONS to the path that debit offsets are posted to."""
    return refused(_method(bench, "OPTIONS", offsets_of(bench.account)), "OPTIONS", 405)


@assumption("unknown-query", posts=False, otherwise="It refuses parameters that it does not know.")
def unknown_query(bench: Bench) -> Seen:
    """Reads an account with a parameter that there is not."""
    exchange = read(bench, f"{path_of(bench.account)}?no_such_parameter=1")
    return taken(exchange, "an unknown query parameter")
