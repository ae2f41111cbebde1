"""Assumptions about the answers to requests that are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contract_tests.assuming.asking import all_of, ask, at, post, refused, same, short
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import JSON, Bench, UntestedError, path_of
from contract_tests.exchange import Exchange
from contract_tests.reading import READ_ACCOUNT


def _without_amount(bench: Bench) -> Exchange:
    return post(bench, {"line_item_id": bench.new_id()})


def _nowhere(bench: Bench) -> Exchange:
    return post(bench, bench.offset(), f"no-such-{bench.run}")


def _as(bench: Bench, *authorization: str) -> Exchange:
    """Ask with other credentials: read, or post where nothing can be read.

    Raises UntestedError, OutOfTimeError.
    """
    headers = tuple(("Authorization", value) for value in authorization)
    if READ_ACCOUNT in bench.reads:
        request = bench.reading(path_of(bench.account), READ_ACCOUNT)
        return ask(bench, request._replace(headers=headers))
    if not bench.target.allows_writes:
        raise UntestedError("needs --allow-writes")
    return ask(bench, bench.posting(bench.offset(), headers=(*headers, JSON)))


@assumption("error-body", otherwise="It has error bodies of its own, such as problem details.")
def body(bench: Bench) -> Seen:
    """Posts without an amount, and to an unknown account, and looks at the bodies."""
    looks = []
    for exchange, has_details in ((_without_amount(bench), True), (_nowhere(bench), False)):
        error = at(exchange.member(), "error")
        has_texts = all(isinstance(at(error, name), str) for name in ("code", "message"))
        looks.append(
            Seen(has_texts, f"there is no error.code and error.message: {exchange.seen()}")
        )
        found = isinstance(at(error, "details"), list)
        told = "with" if found else "without"
        looks.append(Seen(found is has_details, f"{short(exchange)} comes {told} details"))
    return all_of(*looks)


@assumption("error-codes", otherwise="It has other codes, or numbers, or none.")
def codes(bench: Bench) -> Seen:
    """Posts without an amount, to an unknown account, and without a token."""
    expected = ["server_error", "not_found", "unauthorized"]
    exchanges = (_without_amount(bench), _nowhere(bench), _as(bench))
    found = [at(exchange.member(), "error", "code") for exchange in exchanges]
    return same("the codes", expected, found)


@assumption("invalid-is-422", otherwise="It answers 400, as the real service was seen to do.")
def invalid(bench: Bench) -> Seen:
    """Posts without an amount, and with an allocation that is none."""
    wrong = post(bench, bench.offset(allocation="NOWHERE"))
    return all_of(
        refused(_without_amount(bench), "a missing amount", 422),
        refused(wrong, "an unknown allocation", 422),
    )


@assumption(
    "all-violations", otherwise="It stops at the first, or says what is wrong in its own words."
)
def violations(bench: Bench) -> Seen:
    """Posts a text as the amount and an unknown allocation, and reads the details."""
    exchange = post(bench, {**bench.offset(allocation="NOWHERE"), "original_amount_cents": "x"})
    expected = [
        ("/body/original_amount_cents", "type", "must be integer"),
        ("/body/allocation", "enum", "must be equal to one of the allowed values"),
    ]
    return same("the details", expected, _told(at(exchange.member(), "error", "details")))


def _told(details: Any) -> Sequence[tuple[Any, ...]]:
    names = ("instancePath", "keyword", "message")
    found = details if isinstance(details, list) else []
    return [tuple(at(detail, name) for name in names) for detail in found]


@assumption("unknown-account-404", otherwise="It answers 403 or 422, or opens the account.")
def unknown_account(bench: Bench) -> Seen:
    """Posts to an account that does not exist."""
    return refused(_nowhere(bench), "an unknown account", 404)


@assumption("unknown-token-403", posts=False, otherwise="It answers 401 to every wrong token.")
def unknown_token(bench: Bench) -> Seen:
    """Asks with an unknown token, with none, and with the word Bearer only."""
    return all_of(
        refused(_as(bench, "Bearer no-such-token-0123456789"), "an unknown token", 403),
        refused(_as(bench), "no token", 401),
        refused(_as(bench, "Bearer"), "an empty token", 401),
    )


@assumption("bearer-challenge", posts=False, otherwise="Its 401 does not say how to authenticate.")
def challenge(bench: Bench) -> Seen:
    """Asks without a token, and looks for WWW-Authenticate."""
    exchange = _as(bench)
    assert exchange.answer is not None
    if exchange.status != 401:
        raise UntestedError(f"no token is answered {short(exchange)}")
    told = exchange.answer.header("WWW-Authenticate")
    is_bearer = told is not None and told.lower().startswith("bearer")
    return Seen(is_bearer, f"WWW-Authenticate of a 401 is {told!r}")


@assumption(
    "retry-after", posts=False, otherwise="It does not say when to try again, or gives a date."
)
def retry_after(bench: Bench) -> Seen:
    """Looks at the 429s of the run, if there were any."""
    answers = [e.answer for e in bench.client.exchanges if e.answer and e.answer.status == 429]
    if not answers:
        raise UntestedError("nothing was answered 429")
    told = [answer.header("Retry-After") for answer in answers]
    wrong = [text for text in told if text is None or not text.isdigit()]
    return Seen(not wrong, f"Retry-After of a 429 is {wrong[0] if wrong else ''!r}")
