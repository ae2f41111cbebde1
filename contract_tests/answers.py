"""What every answer owes, whatever was asked: JSON, documented fields, no stack, no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contract_tests.documented import answer_flaw
from contract_tests.exchange import Answer, Exchange, NotJson

_MARKUP = re.compile(rb"<\s*(!doctype|html|body|head|title|h1|pre)\b", re.IGNORECASE)
_STACK = re.compile(
    rb"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|\bat [\w.$]+\([\w.]+:\d+\)"
    rb"|goroutine \d+ \[|\.(py|rb|php|js|ts|go|java):\d+|node_modules/|site-packages/"
)
_SQL = re.compile(
    rb"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b|SQLSTATE|ORA-\d{5}",
    re.DOTALL,
)
_PATH = re.compile(rb"(?<![\w.])/(usr|home|root|opt|srv)/[\w.-]+/")
_TELLING = {_MARKUP: "HTML", _STACK: "a stack", _SQL: "SQL", _PATH: "a path of its machine"}
_OF_PLACES = frozenset({"location", "content-location", "link"})
"""Headers that say where something is, which is no path of a machine."""
_SHORTEST_SECRET = 6
"""What is shorter, or a mere word, may stand in any text."""
_HANDS_OUT = "createAccessToken"
"""The operation whose answer is a secret."""


class Flaw(NamedTuple):
    """Whether one thing that every answer owes is there."""

    rule_id: str
    holds: bool
    expected: str
    got: str


def flaws(exchange: Exchange, secrets: Sequence[str], *, odd: bool) -> Iterator[Flaw]:
    """Look at an answer. ``odd`` is: what was asked is nothing of the contract."""
    answer = exchange.answer
    if exchange.request.chunks and exchange.is_closed:
        return  # a way to refuse a body in chunks
    if answer is None:
        yield Flaw("http.answers", False, "an answer", exchange.seen())  # noqa: FBT003 - as it is
        return
    yield Flaw("http.answers", True, "an answer", "")  # noqa: FBT003 - as it is
    unknown = odd and answer.status == 501
    is_fine = answer.status < 500 or unknown
    told = "a refusal, or success, but no server error"
    yield Flaw("shape.no-server-error", is_fine, told, "" if is_fine else exchange.seen())
    lengths = [value for name, value in answer.headers if name.lower() == "content-length"]
    codings = [value for name, value in answer.headers if name.lower() == "transfer-encoding"]
    told, got = "one Content-Length, or a Transfer-Encoding", f"{lengths} and {codings}"
    yield Flaw("http.framing", len(lengths) + bool(codings) <= 1, told, got)
    told = "an answer of the length and in the coding that it says"
    yield Flaw("http.framing", not answer.flaw, told, answer.flaw)
    if exchange.request.method in ("HEAD", "OPTIONS") or answer.status in (204, 304) or unknown:
        return
    yield from _json_flaws(exchange, answer)
    if exchange.request.operation == _HANDS_OUT and answer.status == 200:
        return
    unsent = [secret for secret in secrets if secret not in exchange.request.target]
    leak = _leak(answer, unsent)
    yield Flaw("shape.no-leak", not leak, "nothing to hide", f"{answer.status} with {leak} in it")


def _json_flaws(exchange: Exchange, answer: Answer) -> Iterator[Flaw]:
    said, body = _not_json(answer), None
    if not said:
        try:
            body = answer.json()
        except NotJson as error:
            said = str(error)
    expected = "a JSON document, declared as application/json"
    yield Flaw(
        "shape.json-answers", not said, expected, f"{said}: {exchange.seen()}" if said else ""
    )
    operation = exchange.request.operation
    flaw = answer_flaw(operation) if operation and answer.status == 200 else None
    if flaw is not None and not said:
        found = flaw(body)
        expected = "the documented fields and types"
        yield Flaw("shape.answer-schema", found is None, expected, found or "")


def _not_json(answer: Answer) -> str:
    """Give what an answer is declared as, if that is not JSON."""
    said = [value for name, value in answer.headers if name.lower() == "content-type"] or ["none"]
    media_types = [value.partition(";")[0].strip().lower() for value in said]
    is_json = all(of == "application/json" or of.endswith("+json") for of in media_types)
    return "" if is_json else f"Content-Type {', '.join(media_types)}"


def _leak(answer: Answer, secrets: Sequence[str]) -> str:
    """Give what an answer should not say, empty if there is nothing."""
    headers = "\n".join(v for name, v in answer.headers if name.lower() not in _OF_PLACES)
    if answer.status >= 400:
        for pattern, told in _TELLING.items():
            if pattern.search(answer.body) or pattern.search(headers.encode()):
                return told
    text = answer.body.decode("utf-8", "replace") + headers
    telling = (of for of in secrets if len(of) >= _SHORTEST_SECRET and not of.isalpha())
    return "a secret" if any(secret in text for secret in telling) else ""
