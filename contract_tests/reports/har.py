"""The exchanges of a run as HAR 1.2, for the network tab of a browser or another HTTP tool."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.client import responses
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.exchange import Answer, Exchange, Headers, Request
from contract_tests.findings import Report
from contract_tests.reports.redaction import redacted

_UNKNOWN_SIZE = -1
_BINARY = "application/octet-stream"


def lines(report: Report, *, secrets: Sequence[str] = ()) -> Iterator[str]:
    """Give all exchanges as HAR, in the order in which they ended, an exchange a line.

    A body that is not UTF-8 is in base64, which its ``encoding`` or ``_encoding`` says. An exchange
    without an answer has the status 0 and says why in its comment. As one text, the thousands of
    them that a run has would take a hundred megabytes.
    """
    report = redacted(report, secrets)
    about = {
        "version": "1.2",
        "creator": {"name": "canopy-mock", "version": report.version},
        "comment": f"canopy-mock check of {report.url}, seed {report.seed}",
    }
    yield f'{{"log": {json.dumps(about)[:-1]}, "entries": [\n'
    for number, exchange in enumerate(report.exchanges):
        yield ("" if number == 0 else ",\n") + json.dumps(_entry(report.url, exchange))
    yield "\n]}}\n"


def _entry(url: str, exchange: Exchange) -> dict[str, Any]:
    milliseconds = round(exchange.seconds * 1_000, 3)
    began = datetime.fromtimestamp(exchange.began, UTC).isoformat(timespec="milliseconds")
    entry: dict[str, Any] = {
        "startedDateTime": began.replace("+00:00", "Z"),
        "time": milliseconds,
        "request": _request(url, exchange.request),
        "response": _no_response() if exchange.answer is None else _response(exchange.answer),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    if exchange.request.operation is not None:
        entry["_operation"] = exchange.request.operation
    if exchange.answer is None:
        entry["comment"] = exchange.error or "no answer"
    return entry


def _request(url: str, request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": request.method,
        "url": url + request.target,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(_query(request.target)),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": len(request.body or b""),
    }
    if request.body is not None:
        text, encoding = _text(request.body)
        told["postData"] = {"mimeType": _media_type(request.headers), "params": [], "text": text}
        if encoding is not None:
            told["postData"] |= {"_encoding": encoding, "comment": f"the text is in {encoding}"}
    return told


def _response(answer: Answer) -> dict[str, Any]:
    text, encoding = _text(answer.body)
    content: dict[str, Any] = {
        "size": len(answer.body),
        "mimeType": _media_type(answer.headers),
        "text": text,
    }
    if encoding is not None:
        content["encoding"] = encoding
    return {
        "status": answer.status,
        "statusText": responses.get(answer.status, ""),
        "httpVersion": answer.version,
        "cookies": [],
        "headers": _pairs(answer.headers),
        "content": content,
        "redirectURL": answer.header("Location") or "",
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": len(answer.body),
    }


def _no_response() -> dict[str, Any]:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": _UNKNOWN_SIZE,
    }


def _text(body: bytes) -> tuple[str, str | None]:
    """Give ``body`` as text, with the encoding it had to be put in, if any."""
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"


def _query(target: str) -> Headers:
    try:
        return tuple(parse_qsl(urlsplit(target).query, keep_blank_values=True))
    except ValueError:  # a target may be anything that a server has to refuse
        return ()


def _media_type(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), _BINARY)


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
