"""Auth: without the right token nothing is done, and nothing is said."""

from __future__ import annotations

from collections.abc import Sequence

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
from contract_tests.connection import Connection
from contract_tests.credentials import DENIED, MALFORMED, Wrong, wrong_credentials
from contract_tests.crediting import CREDIT
from contract_tests.exchange import Exchange, Request
from contract_tests.probe import Turn, probe
from contract_tests.reading import (
    LIST_ITEMS,
    READ_ACCOUNT,
    READ_ITEM,
    newest,
)
from contract_tests.traces import trace

_NOBODY = (("Authorization", "Bearer nobody-knows-me"),)


def _note(bench: Bench, rule_id: str, told: str, exchange: Exchange) -> None:
    """Note whether a request with well-formed credentials that are wrong was turned down."""
    bench.check(rule_id, exchange.status in DENIED, f"401 or 403, for {told}", exchange)


def _note_wrong(bench: Bench, wrong: Wrong, exchange: Exchange) -> None:
    fine = exchange.status in wrong.refusals
    more = ", or another refusal" if wrong.refusals != DENIED else ""
    bench.check(wrong.rule_id, fine, f"401 or 403{more}, for {wrong.told}", exchange)


def _note_query(bench: Bench, exchange: Exchange) -> None:
    told = "401 or 403, or 400, for the token in the query"
    bench.check("auth.scheme", exchange.status in MALFORMED, told, exchange)


@probe(
    "auth",
    "auth.foreign-token",
    "auth.near-token",
    "auth.records-nothing",
    "auth.required",
    "auth.scheme",
)
def posts(bench: Bench) -> None:
    """A post without the right token is refused, and records nothing."""
    cases = list(wrong_credentials(bench.target.token))
    before = trace(bench)
    bodies = [bench.offset(1) for _ in cases]
    requests = [
        bench.posting(body, headers=(*headers, JSON))
        for body, (_, _, headers) in zip(bodies, cases, strict=True)
    ]
    exchanges = bench.send_all(requests)
    for wrong, exchange in zip(cases, exchanges, strict=True):
        _note_wrong(bench, wrong, exchange)
    where = f"{offsets_of(bench.account)}?{{}}={bench.target.token}"
    query = [
        bench.posting(bench.offset(1), headers=(JSON,), target=where.format(name))
        for name in ("access_token", "token", "api_key", "authorization")
    ]
    for exchange in bench.send_all(query):
        _note_query(bench, exchange)
    chunked = bench.send(bench.posting(bench.offset(1), headers=(JSON,))._replace(chunks=2))
    # it may be turned down for its chunks, before anybody is asked for a token
    told = "no success, for a body in chunks without a token"
    bench.check("auth.required", not chunked.is_ok, told, chunked)
    encoded_path = offsets_of(bench.account).replace("/accounts", "/%61ccounts", 1)
    coded = bench.post(bench.offset(1), target=encoded_path, headers=(JSON,))
    told = "no success, for a path in percent code and no token"
    bench.check("auth.required", not coded.is_ok, told, coded)
    after = trace(bench)
    if any(exchange.is_ok for exchange in exchanges):
        return
    if not before.is_blind:
        told, got = "nothing recorded without the right token", before.told(after)
        seen = before.among(exchanges[0], later=after)
        bench.check("auth.records-nothing", before.is_same(after), told, got, *seen)
    firsts: dict[str, int] = {}
    for number, wrong in enumerate(cases):
        firsts.setdefault(wrong.rule_id, number)
    for number in firsts.values():
        then = bench.post(bodies[number])
        told = f"200, for an id that came with {cases[number].told} before"
        seen = (exchanges[number], then)
        bench.check("auth.records-nothing", then.status == 200, told, then.seen(), *seen)


@probe("auth", writes=False, turn=Turn.FIRST)
def the_commonest(bench: Bench) -> None:
    """No token and another one are turned down by each operation."""
    _note_outsiders(bench, bench.account)
    for path in (path_of(bench.account), f"{items_of(bench.account)}?limit=1"):
        for method in ("GET", "HEAD"):
            request = Request(method, path, _NOBODY)
            exchange = bench.send(request, odd=True)
            told = f"no success for {method} with a foreign token"
            bench.check("auth.foreign-token", not exchange.is_ok, told, exchange)


@probe("auth", "auth.foreign-token", "auth.required", writes=False)
def other_accounts(bench: Bench) -> None:
    """Each account needs the token."""
    bench.second_account()
    _note_outsiders(bench, *bench.target.accounts[1:])


def _note_outsiders(bench: Bench, *accounts: str) -> None:
    """Ask for accounts, and post to them, without a token and with another one."""
    for headers, rule_id in (((), "auth.required"), (_NOBODY, "auth.foreign-token")):
        requests = [
            Request("GET", path, headers, None, operation)
            for account in accounts
            for operation, path in _paths_of(bench, account)
        ]
        if bench.target.allows_writes:
            requests += [
                bench.posting(bench.offset(1), account, headers=(*headers, JSON))
                for account in accounts
            ]
        for exchange in bench.send_all(requests):
            _note(bench, rule_id, "an account like any other", exchange)


def _paths_of(bench: Bench, account: str) -> Sequence[tuple[str, str]]:
    paths = ((READ_ACCOUNT, path_of(account)), (LIST_ITEMS, items_of(account)))
    known = [(operation, path) for operation, path in paths if operation in bench.reads]
    post = bench.first_posts.get(account)
    if READ_ITEM in bench.reads and post is not None and post.is_ok:
        known.append((READ_ITEM, item_of(account, str(post.member("line_item_id")))))
    return known


def _reads(bench: Bench) -> Sequence[tuple[str, str]]:
    paths = {READ_ACCOUNT: path_of(bench.account), LIST_ITEMS: items_of(bench.account)}
    known = newest(bench) if {READ_ITEM, LIST_ITEMS} <= bench.reads else []
    paths[READ_ITEM] = item_of(bench.account, str(known[0]) if known else "li_none")
    return [(operation, path) for operation, path in paths.items() if operation in bench.reads]


@probe(
    "auth", "auth.foreign-token", "auth.near-token", "auth.required", "auth.scheme", writes=False
)
def reads(bench: Bench) -> None:
    """Reads need the token too."""
    if not bench.reads:
        raise UntestedError("the server has no reads")
    for operation, path in _reads(bench):
        cases = list(wrong_credentials(bench.target.token))
        if bench.is_quick:
            cases = cases[:: 2 if operation == READ_ACCOUNT else 4]
        requests = [Request("GET", path, wrong.headers, None, operation) for wrong in cases]
        for wrong, exchange in zip(cases, bench.send_all(requests), strict=True):
            _note_wrong(bench, wrong, exchange)
        query = f"{path}?access_token={bench.target.token}&token={bench.target.token}"
        _note_query(bench, bench.send(Request("GET", query, (), None, operation)))
        head = bench.send(Request("HEAD", path, (), None, operation), odd=True)
        bench.check("auth.required", not head.is_ok, "no success, for HEAD without a token", head)


@probe("auth", "auth.required")
def giving_back(bench: Bench) -> None:
    """What gives back needs the token too, where there is such an operation."""
    target = f"{items_of(bench.account)}/credit_offsets"
    for headers in ((), _NOBODY):
        request = bench.posting(bench.offset(1), target=target, headers=(*headers, JSON))
        exchange = bench.send(request._replace(operation=CREDIT), odd=True)
        told = "no success, for a credit offset without the right token"
        bench.check("auth.required", not exchange.is_ok, told, exchange)


@probe("auth", "auth.first")
def before_all_else(bench: Bench) -> None:
    """Who has no token learns nothing: neither what exists, nor what is wrong with a body."""
    for headers, told in (
        ((), "no token"),
        (_NOBODY, "a foreign token"),
    ):
        bad = (
            bench.posting({"original_amount_cents": "x"}, headers=(*headers, JSON)),
            bench.posting(b"{", headers=(*headers, JSON)),
            bench.posting(b"", headers=(*headers, JSON)),
            bench.posting(
                {"line_item_id": "can_1", "original_amount_cents": 1}, headers=(*headers, JSON)
            ),
            bench.posting(bench.offset(1), headers=(*headers, ("Content-Type", "text/plain"))),
            bench.posting(bench.offset(1), "no-such-account", headers=(*headers, JSON)),
            bench.posting({"allocation": "x"}, "no-such-account", headers=(*headers, JSON)),
        )
        for exchange in bench.send_all(bad):
            _note(bench, "auth.first", f"{told}, whatever else is wrong", exchange)
        if READ_ACCOUNT in bench.reads:
            unknown = Request("GET", "/accounts/no-such-account", headers, None, READ_ACCOUNT)
            _note(bench, "auth.first", f"{told}, and no such account", bench.send(unknown))
        body = bench.offset(1)
        if bench.post(body).is_ok:
            again = bench.post(body, headers=(*headers, JSON))
            _note(bench, "auth.first", f"{told}, for a repeat", again)


@probe("auth", "auth.connection")
def one_connection(bench: Bench) -> None:
    """What a connection was allowed does not stick to it, nor what it was refused."""

    def note(one: Exchange, then: Exchange, told: str, *fine: int, how: str = "connection") -> None:
        is_fine = then.status in fine
        bench.check("auth.connection", is_fine, told, then.seen(), one, then, how=how)

    for wrong in ((), _NOBODY):
        with Connection(bench.target) as connection:
            good = bench.send(bench.posting(bench.offset(1)), connection)
            bad = bench.send(bench.posting(bench.offset(1), headers=(*wrong, JSON)), connection)
            note(good, bad, "401 or 403, after a request with the token", *DENIED)
            then = bench.send(bench.posting(bench.offset(1)), connection)
            note(bad, then, "200, after a request without the token", 200)
    for _ in range(3):
        good = bench.post(bench.offset(1))
        bad = bench.post(bench.offset(1), headers=(JSON,))
        note(good, bad, "401 or 403, after a request with the token", *DENIED, how="sequence")


@probe("auth", "auth.right-token")
def the_right_token(bench: Bench) -> None:
    """The right token goes on working after wrong ones, however odd they are."""
    odd = bench.post(bench.offset(1), headers=(("Authorization", "Bearer z\u00fcrich\u2713"), JSON))
    refused = 400 <= odd.status < 500
    bench.check("auth.foreign-token", refused, "a refusal of a token that is no ASCII", odd)
    for _ in range(12):
        bench.post(bench.offset(1), headers=(("Authorization", "Bearer nobody-knows-me"), JSON))
    post = bench.post(bench.offset(1))
    bench.check("auth.right-token", post.status == 200, "200, for the right token", post)


@probe("auth", "auth.role")
def read_only_token(bench: Bench) -> None:
    """A token that may only read does not post."""
    token = bench.target.read_only_token
    if token is None:
        raise UntestedError("needs --read-only-token")
    headers = (("Authorization", f"Bearer {token}"),)
    post = bench.post(bench.offset(1), headers=(*headers, JSON))
    bench.check("auth.role", post.status in DENIED, "403, for a token that may only read", post)
    if READ_ACCOUNT in bench.reads:
        read = bench.send(Request("GET", path_of(bench.account), headers, None, READ_ACCOUNT))
        bench.check("auth.role", read.status == 200, "200, for a read", read)


@probe("auth", "auth.foreign-account")
def foreign_account(bench: Bench) -> None:
    """A token does nothing on an account it may not see."""
    account = bench.target.foreign_account
    if account is None:
        raise UntestedError("needs --foreign-account")
    post = bench.post(bench.offset(1), account)
    bench.check("auth.foreign-account", post.status in (403, 404), "403 or 404", post)
    if READ_ACCOUNT in bench.reads:
        read = bench.send(bench.reading(path_of(account), READ_ACCOUNT))
        bench.check("auth.foreign-account", read.status in (403, 404), "403 or 404", read)


@probe("auth", "auth.token")
def token_exchange(bench: Bench) -> None:
    """A client's id and secret are exchanged for a token that works; others are not."""
    if bench.target.client is None:
        raise UntestedError("needs --client-id and --client-secret")
    client_id, secret = bench.target.client

    def ask(body: dict[str, str]) -> Exchange:
        return bench.send(
            Request("POST", "/auth/token", (JSON,), encoded(body), "createAccessToken")
        )

    minted = ask({"client_id": client_id, "client_secret": secret})
    bench.require("auth.token", minted.status == 200, "200", minted)
    headers = (("Authorization", f"Bearer {minted.member('access_token')}"), JSON)
    post = bench.post(bench.offset(1), headers=headers)
    bench.check(
        "auth.token", post.status in (200, 403), "200, or 403 for what its role may not", post
    )
    for wrong in (
        {"client_id": client_id, "client_secret": f"{secret}x"},
        {"client_id": client_id, "client_secret": ""},
        {"client_id": client_id},
        {},
    ):
        refused = ask(wrong)
        bench.check("auth.token", 400 <= refused.status < 500, "a refusal", refused)
