"""Assumptions about tokens and what they allow."""

from __future__ import annotations

from contract_tests.assuming.asking import accepted, all_of, ask, refused, same, taken
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import JSON, Bench, UntestedError, encoded, items_of, path_of
from contract_tests.exchange import Exchange, Request
from contract_tests.reading import ABSENT
from contract_tests.rules import FIRST_OPERATION

_HOUR = 3600


def _exchanged(bench: Bench, client_id: str, client_secret: str) -> Exchange:
    """Ask for a token. Raises UntestedError, OutOfTimeError."""
    body = encoded({"client_id": client_id, "client_secret": client_secret})
    exchange = ask(bench, Request("POST", "/auth/token", (JSON,), body, "createAccessToken"))
    if exchange.status in ABSENT:
        raise UntestedError("the server has no POST /auth/token")
    return exchange


@assumption(
    "token-lifetime", posts=False, otherwise="Its tokens are valid for longer, or not as long."
)
def lifetime(bench: Bench) -> Seen:
    """Exchanges the client's credentials for a token, and reads expires_in."""
    if bench.target.client is None:
        raise UntestedError("needs the id and the secret of a client")
    exchange = accepted(_exchanged(bench, *bench.target.client), "the client")
    return same("expires_in", _HOUR, exchange.member("expires_in"))


@assumption("invalid-client", otherwise="It answers 400 or 403, or has another code.")
def invalid_client(bench: Bench) -> Seen:
    """Asks for a token as a client that there is not."""
    exchange = _exchanged(bench, f"nobody-{bench.run}", "no secret")
    return refused(exchange, "an unknown client", 401, code="invalid_client")


@assumption("role-permissions", otherwise="Its roles may do something else, or there are none.")
def roles(bench: Bench) -> Seen:
    """Reads, posts and creates a product with the token that may only read."""
    token = bench.target.read_only_token
    if token is None:
        raise UntestedError("needs a token that may only read")
    bearer = ("Authorization", f"Bearer {token}")
    path = f"{items_of(bench.account)}/debit_offsets"
    offset, nothing = encoded(bench.offset()), encoded({})
    reading = ask(bench, Request("GET", path_of(bench.account), (bearer,), None, "getAccount"))
    posting = ask(bench, Request("POST", path, (bearer, JSON), offset, FIRST_OPERATION))
    looks = [taken(reading, "a read")] if reading.status not in ABSENT else []
    looks.append(refused(posting, "a post of a role that may only read", 403))
    creating = ask(bench, Request("POST", "/products", (bearer, JSON), nothing, "createProduct"))
    if creating.status not in ABSENT:
        looks.append(refused(creating, "a product of a role that may only read", 403))
    return all_of(*looks)
