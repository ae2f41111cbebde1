"""HTTP: methods, paths and what other origins may do, as any HTTP server owes them."""

from __future__ import annotations

from contract_tests.bench import (
    JSON,
    Bench,
    UntestedError,
    encoded,
    item_of,
    items_of,
    offsets_of,
    path_of,
)
from contract_tests.exchange import Exchange, Request
from contract_tests.probe import probe
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, figures
from contract_tests.traces import total, trace

_ORIGIN = "https://evil.example"
_LOOKED_AT = 5
"""Answers 429."""
_BURST = 64
"""Posts at once, to see what is done with too many."""


def _paths(bench: Bench) -> list[tuple[str, str | None]]:
    paths = [(path_of(bench.account), READ_ACCOUNT), (items_of(bench.account), LIST_ITEMS)]
    return [(path, operation) for path, operation in paths if operation in bench.reads]


def _is_throttled(bench: Bench) -> bool:
    return bench.is_throttled


@probe("http", "http.throttling", is_called_early=_is_throttled)
def throttling(bench: Bench) -> None:
    """What is refused because there is too much of it posts nothing, and is told like all else."""
    slowed = [exchange for exchange in bench.client.exchanges if exchange.is_throttled]
    for exchange in slowed[:_LOOKED_AT]:
        bench.note_flaws(exchange)
    if bench.is_quick and not slowed:
        raise UntestedError("nothing was answered 429, and a quick run does not ask for it")
    before = figures(bench)
    exchanges = bench.client.burst([bench.posting({"original_amount_cents": 1})] * _BURST)
    after = figures(bench)
    if not bench.is_throttled:
        raise UntestedError("nothing was answered 429")
    done = sum(exchange.is_ok for exchange in exchanges)
    by = before.total_cents - after.total_cents
    told, got = f"the total falls by {done}, the posts that were answered 200", f"it fell by {by}"
    slowed = [exchange for exchange in exchanges if exchange.is_throttled]
    bench.check("http.throttling", by == done, told, got, *slowed, how="race")


@probe("http", "http.connection", "http.head", writes=False)
def heads(bench: Bench) -> None:
    """HEAD is answered like GET, without a body, or refused; and changes nothing."""
    before = trace(bench)
    for path, operation in (*_paths(bench), (offsets_of(bench.account), None)):
        raw = bench.send_raw(Request("HEAD", path, bench.headers(), None, operation))
        seen = raw.exchange
        fine = seen.status == 200 or 400 <= seen.status < 500 or seen.status == 501
        bench.check("http.head", fine, "an answer as to GET, or a refusal", seen)
        told, got = "the connection closed, as the request asks", "it is kept open"
        bench.check("http.connection", not raw.is_left_open, told, got, seen)
        body = b"" if seen.answer is None else seen.answer.body
        bench.check("http.head", not body, "no body", f"{len(body)} bytes of body", seen)
    after = trace(bench)
    told, got = "nothing changed by HEAD", before.told(after)
    bench.check("http.head", before.is_same(after), told, got, *before.among(seen, later=after))


@probe("http", "http.allow", "http.methods")
def methods(bench: Bench) -> None:
    """A method that a path does not have is refused, with ``Allow`` where it is a 405.

    An API may well have more methods than the contract tells of. So what could change an account is
    sent only about an item of the run's own, and about an account that there is not.
    """
    body = bench.offset(1)
    bench.accepted(bench.post(body))
    nobody = bench.new_id()
    places = {
        offsets_of(bench.account): ("PUT", "PATCH", "DELETE", "GET"),
        item_of(bench.account, body["line_item_id"]): ("PUT", "DELETE", "PATCH", "POST"),
        path_of(bench.account): (),
        items_of(bench.account): (),
        f"{items_of(bench.account)}/credit_offsets": ("GET",),
        path_of(nobody): ("POST", "DELETE", "PATCH"),
        items_of(nobody): ("DELETE", "PATCH", "POST"),
    }
    before = trace(bench)
    requests = [
        _of_method(bench, method, path)
        for path, refused in places.items()
        for method in (*refused, *(() if nobody in path else ("TRACE", "FOO")))
    ]
    exchanges = bench.send_all(requests, odd=True)
    after = trace(bench)
    for exchange in exchanges:
        if exchange.answer is not None:
            _note_refused_method(bench, exchange)
    if not before.is_blind:
        told, got = "nothing done by a method that a path does not have", before.told(after)
        seen = before.among(*exchanges, later=after)
        bench.check("http.methods", before.is_same(after), told, got, *seen)


def _of_method(bench: Bench, method: str, path: str) -> Request:
    if method not in ("TRACE", "FOO"):
        return Request(method, path, bench.headers(JSON), encoded(bench.offset(0)))
    return Request(method, path, bench.headers())


def _note_refused_method(bench: Bench, exchange: Exchange) -> None:
    assert exchange.answer is not None, "it was answered"
    method = exchange.request.method
    fine = 400 <= exchange.status < 500 or exchange.status == 501
    bench.check("http.methods", fine, f"405, for {method}", exchange)
    if exchange.status == 405:
        allow = exchange.answer.header("Allow")
        names = {part.strip().upper() for part in (allow or method).split(",")}
        told, got = f"405 with an Allow without {method}", f"Allow: {allow or 'none'}"
        bench.check("http.allow", method not in names, told, got, exchange)


@probe("http", "http.cors", "http.options")
def options(bench: Bench) -> None:
    """OPTIONS is answered or refused, and no page of another origin may use credentials."""
    cors = (
        ("Origin", _ORIGIN),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    )
    requests = [
        Request("OPTIONS", offsets_of(bench.account), cors),
        Request("OPTIONS", offsets_of(bench.account), bench.headers()),
    ]
    requests += [Request("OPTIONS", path, bench.headers()) for path, _ in _paths(bench)]
    requests.append(_of_method(bench, "OPTIONS", offsets_of(bench.account)))
    before = trace(bench)
    answers = bench.send_all(requests, odd=True)
    after = trace(bench)
    told, got = "nothing done by OPTIONS", before.told(after)
    seen = before.among(*answers, later=after)
    bench.check("http.options", before.is_same(after), told, got, *seen)
    for exchange in answers:
        if exchange.answer is None:
            continue
        fine = exchange.status < 500 or exchange.status == 501
        bench.check("http.options", fine, "an answer, or a refusal", exchange)
        _note_cors(bench, exchange)
    for path, operation in _paths(bench):
        for origin in (_ORIGIN, "null"):
            headers = bench.headers(("Origin", origin))
            _note_cors(bench, bench.send(Request("GET", path, headers, None, operation)))
    _note_cors(bench, bench.post(bench.offset(1), headers=bench.headers(JSON, ("Origin", _ORIGIN))))


def _note_cors(bench: Bench, exchange: Exchange) -> None:
    if exchange.answer is None:
        return
    origin = exchange.answer.header("Access-Control-Allow-Origin") or ""
    credentials = (exchange.answer.header("Access-Control-Allow-Credentials") or "").lower()
    open_to_all = origin in ("*", _ORIGIN, "null") and credentials == "true"
    told = "no credentials for any origin"
    bench.check(
        "http.cors",
        not open_to_all,
        told,
        f"Access-Control-Allow-Origin: {origin} with credentials",
        exchange,
    )


@probe("http", "http.unknown-path")
def odd_paths(bench: Bench) -> None:
    """A path that is none is refused, and in JSON."""
    account, offsets = path_of(bench.account), offsets_of(bench.account)
    paths = ["/accounts", "/accounts/", "/", f"{account}/nowhere", f"{offsets}/x/y", "/%00"]
    paths += (
        "/accounts/%ff",
        "/accounts/%zz",
        "/accounts/a%",
        "/accounts/a%2",
        "/..%2f..%2fetc/passwd",
        f"/accounts/{'x' * 3000}",
    )
    odd = [Request("GET", path, bench.headers()) for path in paths]
    odd += [Request("GET", of, bench.headers(JSON), b"{}", name) for of, name in _paths(bench)]
    bench.send_all(odd, odd=True)
    unknown = f"{items_of(bench.account)}/no_such_offsets"
    for request in (
        Request("GET", "/nowhere", bench.headers()),
        Request("GET", "/nowhere", bench.headers(JSON), b"{}"),
        *(
            Request("POST", path, bench.headers(JSON), encoded(bench.offset(1)))
            for path in (unknown, f"{offsets}/nowhere")
        ),
    ):
        exchange = bench.send(request, odd=True)
        if exchange.answer is not None:
            fine = 400 <= exchange.status < 500 or exchange.status == 501
            bench.check("http.unknown-path", fine, "404", exchange)


@probe("http", "http.trailing-slash")
def trailing_slash(bench: Bench) -> None:
    """A path with one more slash posts once, or not at all."""
    before = total(bench)
    target = f"{offsets_of(bench.account)}/"
    slash = bench.send(bench.posting({"original_amount_cents": 21}, target=target), odd=True)
    after = total(bench)
    bench.check("http.trailing-slash", slash.status < 500, "no server error", slash)
    if before is not None and after is not None:
        cents = 21 if slash.is_ok else 0
        told, got = f"the total falls by {cents}", f"it fell by {before - after}"
        bench.check("http.trailing-slash", before - after == cents, told, got, slash)


@probe("http", "http.percent-encoding")
def percent_encoding(bench: Bench) -> None:
    """A path means the same with its letters percent-encoded."""
    coded = "".join(f"%{byte:02X}" for byte in bench.account.encode())
    before = total(bench)
    post = bench.post(bench.offset(6), target=f"/accounts/{coded}/line_items/debit_offsets")
    bench.check(
        "http.percent-encoding",
        post.status == 200,
        "200, as for the account in plain letters",
        post,
    )
    after = total(bench)
    if post.is_ok and before is not None and after is not None:
        bench.check(
            "http.percent-encoding",
            before - after == 6,
            "the total falls by 6",
            f"it fell by {before - after}",
            post,
        )
    if READ_ACCOUNT in bench.reads:
        read = bench.send(bench.reading(f"/accounts/{coded}", READ_ACCOUNT))
        bench.check(
            "http.percent-encoding",
            read.status == 200,
            "200, as for the account in plain letters",
            read,
        )


@probe("http", "http.query-ignored")
def query_is_ignored(bench: Bench) -> None:
    """What a query says does not change a post."""
    account = bench.target.account(1) or bench.account  # the buckets of the first are empty
    query = "original_amount_cents=5&account_id=x&line_item_id=li_q&dry_run=true&allocation="
    for allocation in ("x", "FEE"):
        before = figures(bench, account)
        target = f"{offsets_of(account)}?{query}{allocation}"
        post = bench.post(bench.offset(8), account, target=target)
        after = figures(bench, account)
        if not post.is_ok:
            continue
        by, seen = before.total_cents - after.total_cents, (before.exchange, post, after.exchange)
        told, got = "the total falls by 8", f"it fell by {by}"
        bench.check("http.query-ignored", by == 8, told, got, *seen)
        if allocation in before.buckets and before.buckets["PRINCIPAL"] >= 8:
            told, got = f"{allocation} as it was", f"{before.told()} became {after.told()}"
            same = after.buckets[allocation] == before.buckets[allocation]
            bench.check("http.query-ignored", same, told, got, *seen)
