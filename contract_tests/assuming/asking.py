"""How assumptions are asked about: requests of which nothing is noted, and their answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.assuming.register import Seen
from contract_tests.bench import JSON, Bench, UntestedError, encoded, items_of, path_of
from contract_tests.exchange import Exchange, Request
from contract_tests.reading import ABSENT, LIST_ITEMS, READ_ACCOUNT, READ_ITEM

_PATHS = {
    READ_ACCOUNT: "GET /accounts/{account_id}",
    LIST_ITEMS: "GET …/line_items",
    READ_ITEM: "GET …/line_items/{line_item_id}",
}


# requests


def ask(bench: Bench, request: Request) -> Exchange:
    """Send ``request``. Raises UntestedError where nothing can be learned, OutOfTimeError."""
    exchange = bench.client.send(request)
    if exchange.answer is None:
        raise UntestedError(exchange.error or "no answer")
    if exchange.is_throttled:
        raise UntestedError("the server throttles")
    return exchange


def post(bench: Bench, body: Any, account: str | None = None, **how: Any) -> Exchange:
    """Post a debit offset. Raises UntestedError, OutOfTimeError."""
    request = bench.posting(body, account, **how)
    if account is not None and account not in bench.target.accounts:
        request = request._replace(operation=None)  # nobody has to take it back
    return ask(bench, request)


def posted(bench: Bench, cents: int = 1, account: str | None = None, **members: Any) -> Exchange:
    """Post a debit offset that has to be accepted. Raises UntestedError, OutOfTimeError."""
    return accepted(post(bench, bench.offset(cents, **members), account), "a plain debit offset")


def read(bench: Bench, target: str, operation: str = READ_ACCOUNT) -> Exchange:
    """Read something that the server has. Raises UntestedError, OutOfTimeError."""
    require(bench, operation)
    return ask(bench, bench.reading(target, operation))


def require(bench: Bench, operation: str) -> None:
    """Make sure that the server has a read operation. Raises UntestedError."""
    if operation in _PATHS and operation not in bench.reads:
        raise UntestedError(f"the server has no {_PATHS[operation]}")


def call(bench: Bench, method: str, target: str, operation: str, body: Any = None) -> Exchange:
    """Use a neighbour of the debit offset. Raises UntestedError, OutOfTimeError."""
    headers = bench.headers() if body is None else bench.headers(JSON)
    content = None if body is None else encoded(body)
    return present(ask(bench, Request(method, target, headers, content, operation)))


def present(exchange: Exchange) -> Exchange:
    """Give the exchange with an operation that the server has. Raises UntestedError."""
    request = exchange.request
    if exchange.status in ABSENT:
        raise UntestedError(f"the server has no {request.method} {_generic(request.target)}")
    return exchange


def _generic(target: str) -> str:
    """Give a path without its query and without ids."""
    path = target.partition("?")[0]
    parts = path.split("/")
    if parts[1] == "accounts" and len(parts) > 3:
        return "/".join(["…", *parts[3:5]])
    return path


# what answers say


def accepted(exchange: Exchange, what: str) -> Exchange:
    """Give an exchange that was carried out. Raises UntestedError."""
    if not exchange.is_ok:
        raise UntestedError(f"{what} is answered {short(exchange)}")
    return exchange


def short(exchange: Exchange) -> str:
    """Give the status and the error code of an answer."""
    code = at(exchange.member(), "error", "code")
    return f"{exchange.status} {code}" if isinstance(code, str) else f"{exchange.status}"


def at(value: Any, *path: str) -> Any:
    """Give what lies at ``path`` in a JSON value, None if there is no such thing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def shown(value: Any, *path: str) -> Any:
    """Give what an answer shows at ``path``. Raises UntestedError where it shows nothing."""
    found = at(value, *path)
    if found is None:
        raise UntestedError(f"the answer shows no {'.'.join(path)}")
    return found


def members(value: Any, *path: str) -> dict[str, Any]:
    """Give the object that an answer shows at ``path``. Raises UntestedError."""
    found = shown(value, *path) if path else value
    if not isinstance(found, dict):
        raise UntestedError(f"the answer shows no object {'.'.join(path)}".rstrip())
    return found


def objects(value: Any) -> list[dict[str, Any]]:
    """Give the objects of a JSON array; none where it is no array."""
    return [of for of in value if isinstance(of, dict)] if isinstance(value, list) else []


def refused(exchange: Exchange, sent: str, *statuses: int, code: str | None = None) -> Seen:
    """Say whether something was refused; with one of ``statuses`` and with ``code``, if given."""
    as_expected = exchange.status in statuses if statuses else 400 <= exchange.status < 500
    if code is not None and at(exchange.member(), "error", "code") != code:
        as_expected = False
    return Seen(as_expected, f"{sent} is answered {short(exchange)}")


def taken(exchange: Exchange, sent: str) -> Seen:
    """Say whether something was carried out."""
    return Seen(exchange.is_ok, f"{sent} is answered {short(exchange)}")


def same(what: str, expected: object, got: object) -> Seen:
    """Say whether ``what`` is as expected."""
    return Seen(expected == got, f"{what}: {got!r} instead of {expected!r}")


def all_of(*looks: Seen) -> Seen:
    """Give the first that is not as assumed, or that all are."""
    return next((seen for seen in looks if not seen.confirmed), looks[-1])


# accounts, as they can be read


def odd_account(bench: Bench) -> str:
    """Give the account for odd requests: the last that was named."""
    return bench.target.accounts[-1]


def account_of(bench: Bench, account: str | None = None) -> dict[str, Any]:
    """Read an account. Raises UntestedError, OutOfTimeError."""
    target = path_of(bench.account if account is None else account)
    return members(accepted(read(bench, target), "reading the account").member())


def total_of(bench: Bench, account: str | None = None) -> int:
    """Read what an account owes, in cents. Raises UntestedError, OutOfTimeError."""
    total = at(account_of(bench, account), "summary", "total_balance_cents")
    if not isinstance(total, int):
        raise UntestedError("the account shows no summary.total_balance_cents")
    return total


def items_on(bench: Bench, account: str, query: str = "limit=100") -> list[dict[str, Any]]:
    """Read the first page of an account's line items. Raises UntestedError, OutOfTimeError."""
    target = f"{items_of(account)}?{query}"
    exchange = accepted(read(bench, target, LIST_ITEMS), f"a list with {query}")
    return objects(shown(exchange.member(), "results"))


def type_of(item: Any) -> Any:
    """Give the type of a line item."""
    return at(item, "line_item_overview", "line_item_type")


def moment(**ago: float) -> str:
    """Give an instant of the past, in UTC: ``moment(days=1)``; minus is the future."""
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
