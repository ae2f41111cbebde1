"""Takes secrets out of a report, however they are spelled in it.

The first secret is the token, and ``$CANOPY_TOKEN`` stands for it, so that commands stay commands.
``[secret]`` stands for every other one, and for tokens that the server handed out. What lacks less
than a third of a secret at its ends tells too much as well.

What the contract says - rules, assumptions, operations - comes from no server and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from contract_tests.exchange import Answer, Exchange, Headers, Request
from contract_tests.findings import Report
from contract_tests.reports.secret import PART, Secret

TOKEN = "$CANOPY_TOKEN"  # noqa: S105 - what stands for it
OTHER = "[secret]"
_FOREIGN = "[another token, {} characters]"
_MARKED = re.compile(
    "|".join((r"\$\{?CANOPY_TOKEN", re.escape(OTHER), re.escape(PART), r"\[another token, \d+ "))
)
_ISSUED = ("access_token", "refresh_token", "id_token")
_SHORTEST_ISSUED = 8
"""A shorter token that an answer hands out is none: it could be any word."""
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_COOKIES = frozenset({"cookie", "set-cookie"})
_SCHEMES = frozenset({"", "bearer", "basic"})


class Redactor:
    """Knows some secrets, and takes them out of texts."""

    def __init__(self, secrets: Sequence[str], issued: Iterable[str] = ()) -> None:
        """Know ``secrets``, the token first, and ``issued`` ones. An empty one is none."""
        marks = dict.fromkeys(secrets[:1], TOKEN)
        for secret in (*secrets, *issued):
            marks.setdefault(secret, OTHER)
        longest_first = sorted(filter(None, marks), key=len, reverse=True)
        self._secrets = [Secret(secret, marks[secret]) for secret in longest_first]
        self._done: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Give ``text`` without the secrets."""
        if text not in self._done:
            without = text
            for secret in self._secrets:
                without = secret.taken_out_of(without)
            self._done[text] = without
        return self._done[text]

    def body(self, body: bytes) -> bytes:
        """Give ``body`` without the secrets, and otherwise as it is to the byte."""
        text = body.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def headers(self, headers: Headers) -> Headers:
        """Give ``headers`` without credentials, known or not."""
        return tuple((self.text(name), self._header(name.lower(), v)) for name, v in headers)

    def _header(self, name: str, value: str) -> str:
        value = self.text(value)
        if name in _CREDENTIALS and not _MARKED.search(value):
            return _without_credentials(value)
        if name in _COOKIES:
            return value.partition("=")[0] + "=" + OTHER
        return value

    def exchange(self, exchange: Exchange) -> Exchange:
        """Give ``exchange`` without secrets in its request and its answer."""
        return exchange._replace(
            request=self._request(exchange.request),
            answer=None if exchange.answer is None else self._answer(exchange.answer),
            error=None if exchange.error is None else self.text(exchange.error),
        )

    def _request(self, request: Request) -> Request:
        return request._replace(
            target=self.text(request.target),
            headers=self.headers(request.headers),
            body=None if request.body is None else self.body(request.body),
        )

    def _answer(self, answer: Answer) -> Answer:
        return replace(answer, headers=self.headers(answer.headers), body=self.body(answer.body))


def redacted(report: Report, secrets: Sequence[str] = ()) -> Report:
    """Give ``report`` without ``secrets``, of which the first is the token.

    Tokens that an answer hands out count as secrets; a second time changes nothing.
    """
    without = Redactor(secrets, _issued(report))
    return report._replace(
        url=without.text(report.url),
        layers=[of._replace(untested=without.text(of.untested)) for of in report.layers],
        rules=[of._replace(reason=without.text(of.reason)) for of in report.rules],
        findings=[
            of._replace(
                expected=without.text(of.expected),
                got=without.text(of.got),
                curl=without.text(of.curl),
                exchanges=[without.exchange(exchange) for exchange in of.exchanges],
            )
            for of in report.findings
        ],
        assumptions=[of._replace(seen=without.text(of.seen)) for of in report.assumptions],
        exchanges=[without.exchange(exchange) for exchange in report.exchanges],
        left_behind=[without.text(line) for line in report.left_behind],
        notes=[without.text(line) for line in report.notes],
    )


def _issued(report: Report) -> Iterator[str]:
    """Give the tokens that answers hand out."""
    told = (*report.exchanges, *(each for of in report.findings for each in of.exchanges))
    for exchange in told:
        if exchange.answer is None or b"_token" not in exchange.answer.body:
            continue
        for name in _ISSUED:
            token = exchange.member(name)
            is_one = isinstance(token, str) and len(token) >= _SHORTEST_ISSUED
            if is_one and not _MARKED.search(token):
                yield token


def _without_credentials(value: str) -> str:
    scheme, space, credentials = value.partition(" ")
    if not space and scheme.lower() not in _SCHEMES:
        scheme, credentials = "", scheme
    if not credentials:
        return value
    return scheme + space + _FOREIGN.format(len(credentials))
