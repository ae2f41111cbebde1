"""HTTP: bodies, connections and media types, as any HTTP server owes them."""

from __future__ import annotations

from contract_tests.bench import JSON, Bench, UntestedError, items_of, offsets_of, path_of
from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.probe import probe
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT
from contract_tests.traces import total

_UNASKED = (
    "http.expect: a body that is announced with Expect: 100-continue is not asked for before it "
    "comes (RFC 9110 10.1.1), so that clients that wait lose a second"
)


@probe("http", "http.chunked")
def chunks(bench: Bench) -> None:
    """A body in chunks is read whole, or refused."""
    plain = bench.post(bench.offset(1))
    if plain.answer is None or plain.answer.version == "HTTP/1.0":
        raise UntestedError("the server speaks HTTP/1.0")
    posts = [_post_in_chunks(bench, number) for number in (1, 2, 7)]
    told, got = "one outcome, however many chunks", f"{[post.status for post in posts]}"
    is_one = len({post.is_ok for post in posts}) == 1
    bench.check("http.chunked", is_one, told, got, *posts)


def _post_in_chunks(bench: Bench, number: int) -> Exchange:
    """Post in chunks, and then once more on the same connection."""
    fields = [{"key": "k" * 200, "value": "v" * 500}] * 2
    # without an id: with one, a second post of it would be taken for a repeat
    body = {"original_amount_cents": 33, "external_fields": fields}
    request = bench.posting(body)._replace(chunks=number)
    before = total(bench)
    with Connection(bench.target) as connection:
        post = bench.send(request, connection)
        then = bench.send(bench.posting(bench.offset(1)), connection)
    after = total(bench)
    fine = post.status == 200 or 400 <= post.status < 500
    fine = fine or post.status == 501 or post.is_closed
    bench.check("http.chunked", fine, "200, or a refusal of chunks", post)
    told, seen = "200, for the next request on the connection", (post, then)
    is_next = then.status == 200 or not post.is_ok  # who refuses chunks need not read them
    bench.check("http.chunked", is_next, told, then.seen(), *seen, how="connection")
    if before is not None and after is not None and then.is_ok:
        cents = 1 + (33 if post.is_ok else 0)
        told, got = f"the total falls by {cents}", f"it fell by {before - after}"
        bench.check("http.chunked", before - after == cents, told, got, *seen, how="connection")
    return post


@probe("http", "http.connection")
def many_on_one_connection(bench: Bench) -> None:
    """The fourteenth request of a connection is answered like the first."""
    read = bench.reading(path_of(bench.account), READ_ACCOUNT)
    seen, totals = [], []
    with Connection(bench.target) as connection:
        for _ in range(7):
            seen.append(bench.send(bench.posting(bench.offset(1)), connection))
            if READ_ACCOUNT in bench.reads:
                seen.append(bench.send(read, connection))
                totals.append(seen[-1].member("summary", "total_balance_cents"))
    for exchange in seen:
        fine = exchange.status == 200
        told = "200, for each request of a connection"
        bench.check("http.connection", fine, told, exchange.seen(), *seen, how="connection")
    if totals and all(isinstance(of, int) for of in totals) and all(of.is_ok for of in seen):
        told, got = "totals that fall by one from read to read on a connection", f"{totals}"
        fine = totals == [totals[0] - number for number in range(len(totals))]
        bench.check("http.connection", fine, told, got, *seen, how="connection")


@probe("http", "http.framing")
def lengths(bench: Bench) -> None:
    """An answer is as long as it says."""
    requests = [
        bench.posting(bench.offset(1)),
        bench.posting({**bench.offset(1), "allocation": "x"}),
        bench.posting(bench.offset(1), headers=(JSON,)),
        Request("OPTIONS", offsets_of(bench.account), bench.headers()),
        Request("GET", "/nowhere", bench.headers()),
    ]
    paths = {READ_ACCOUNT: path_of(bench.account), LIST_ITEMS: items_of(bench.account)}
    requests += [bench.reading(path, of) for of, path in paths.items() if of in bench.reads]
    for request in requests:
        raw = bench.send_raw(request)
        seen = raw.exchange
        body = b"" if seen.answer is None else seen.answer.body
        expected = 0 if seen.status == 204 else raw.length
        told, got = f"a body of {expected} bytes", f"{len(body)} bytes"
        fine = expected is None or len(body) == expected
        bench.check("http.framing", fine, told, got, seen)


@probe("http", "http.header-case")
def cases_of_headers(bench: Bench) -> None:
    """Names of headers may be in any case, and a long header is taken or refused."""
    for change in (str.lower, str.upper):
        headers = [(change(name), value) for name, value in bench.headers(JSON)]
        post = bench.post(bench.offset(1), headers=headers)
        told = f"200, with {headers[0][0]} and {headers[1][0]}"
        bench.check("http.header-case", post.status == 200, told, post)
    bench.post(bench.offset(1), headers=bench.headers(JSON, ("X-Filler", "x" * 5000)))


@probe("http", "http.expect")
def expectations(bench: Bench) -> None:
    """A body that is announced with ``Expect: 100-continue`` is taken, or refused."""
    before = total(bench)
    body = {"original_amount_cents": 22}  # without an id, so that nothing is taken for a repeat
    request = bench.posting(body, headers=bench.headers(JSON, ("Expect", "100-continue")))
    raw = bench.send_raw(request, waits=True)
    exchange = raw.exchange
    fine = exchange.status == 200 or 400 <= exchange.status < 500
    bench.check("http.expect", fine, "100 and then 200, or a refusal", exchange)
    # RFC 9110 10.1.1; HTTP/1.0 knows of no such thing
    is_due = exchange.answer is not None and exchange.answer.version != "HTTP/1.0"
    if is_due and raw.is_unasked and _UNASKED not in bench.notes:
        bench.notes.append(_UNASKED)  # whoever waits goes on after a second, and nothing is lost
    after = total(bench)
    if before is not None and after is not None and fine:
        cents = 22 if exchange.status == 200 else 0
        bench.check(
            "http.expect",
            before - after == cents,
            f"the total falls by {cents}",
            f"it fell by {before - after}",
            exchange,
        )


@probe("http", "http.connection")
def connections_go_on(bench: Bench) -> None:
    """The next request on a connection is answered for itself, whatever came before."""
    wrong = (("Authorization", "Bearer nobody-knows-me"), JSON)
    expects = bench.headers(JSON, ("Expect", "100-continue"))
    firsts = {
        "a broken schema": bench.posting({**bench.offset(1), "allocation": "x"}),
        "broken JSON": bench.posting(b'{"original_amount_cents":1'),
        "a wrong token": bench.posting(bench.offset(1), headers=wrong),
        "no token": bench.posting(bench.offset(1), headers=(JSON,)),
        "another media type": bench.posting(
            bench.offset(1), headers=bench.headers(("Content-Type", "text/plain"))
        ),
        "an unknown account": bench.posting(bench.offset(1), account="no-such-account"),
        "an unknown path": bench.posting(bench.offset(1), target="/nowhere"),
        "a reserved id": bench.posting({"line_item_id": "can_1", "original_amount_cents": 1}),
        "OPTIONS": Request("OPTIONS", offsets_of(bench.account), bench.headers()),
        "Expect: 100-continue": bench.posting(bench.offset(1), headers=expects),
        "a long body": _long(bench, 110),
        "a body of 100 KB": _long(bench, 200),
    }
    for told, request in firsts.items():
        body = bench.offset(3)
        with Connection(bench.target) as connection:
            first = bench.send(request, connection, odd=True)
            then = bench.send(bench.posting(body), connection)
        mine = then.status == 200 and then.member("line_item_id") == body["line_item_id"]
        bench.check(
            "http.connection",
            mine,
            f"200 with {body['line_item_id']}, after {told}",
            then.seen(),
            first,
            then,
            how="connection",
        )


def _long(bench: Bench, fields: int) -> Request:
    body = {**bench.offset(1), "external_fields": [{"key": "k", "value": "v" * 500}] * fields}
    return bench.posting(body)


@probe("http", "http.accept")
def accepts(bench: Bench) -> None:
    """Whatever the client would like, JSON is what there is, and in a coding that it knows."""
    plain = ("application/json", "*/*", "application/xml;q=0.9, */*;q=0.1", "")
    for accept in (*plain, "text/html", "image/png"):
        post = bench.post(bench.offset(1), headers=bench.headers(JSON, ("Accept", accept)))
        fine = post.status == 200 or (post.status == 406 and accept not in plain)
        bench.check("http.accept", fine, f"200, for Accept: {accept}", post)
    for coding in ("identity", "gzip"):
        headers = bench.headers(JSON, ("Accept-Encoding", coding))
        asked = [bench.posting(bench.offset(1), headers=headers)]
        if READ_ACCOUNT in bench.reads:
            read = bench.reading(path_of(bench.account), READ_ACCOUNT)
            asked.append(read._replace(headers=headers))
        if LIST_ITEMS in bench.reads:
            read = bench.reading(f"{items_of(bench.account)}?limit=9", LIST_ITEMS)
            asked.append(read._replace(headers=headers))
        for seen in bench.send_all(asked):
            used = "none" if seen.answer is None else seen.answer.header("Content-Encoding")
            told, got = f"an answer that is {coding} or not encoded", f"Content-Encoding {used}"
            is_known = (used or "identity").lower() in (coding, "identity")
            bench.check("http.accept", is_known or seen.answer is None, told, got, seen)
