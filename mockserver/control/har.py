"""Exchanges as an HTTP Archive 1.2, which browsers' tools and proxies open."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from mockserver import __version__
from mockserver.api.strict_json import Json
from mockserver.sandbox.exchanges import Exchange, Headers


def har(exchanges: Iterable[Exchange], *, is_complete: bool) -> Json:
    """Give an archive of ``exchanges``, which says so where others are missing."""
    log = {
        "version": "1.2",
        "creator": {"name": "canopy-mock", "version": __version__},
        "entries": [_entry(exchange) for exchange in exchanges],
    }
    return {"log": log if is_complete else {**log, "comment": "Older exchanges are missing."}}


def _entry(exchange: Exchange) -> Json:
    milliseconds = round(exchange.seconds * 1000, 3)
    entry = {
        "startedDateTime": exchange.at.isoformat(),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    return entry if exchange.fault_id is None else {**entry, "_fault": exchange.fault_id}


def _request(exchange: Exchange) -> Json:
    query = parse_qsl(urlsplit(exchange.target).query, keep_blank_values=True)
    body = exchange.request_body.decode("utf-8", "replace")
    request = {
        "method": exchange.method,
        "url": f"http://{_value(exchange.request_headers, b'host')}{exchange.target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.request_headers),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if not body:
        return request
    return {
        **request,
        "postData": {"mimeType": _value(exchange.request_headers, b"content-type"), "text": body},
    }


def _response(exchange: Exchange) -> Json:
    known = exchange.status in HTTPStatus._value2member_map_
    return {
        "status": exchange.status,
        "statusText": HTTPStatus(exchange.status).phrase if known else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.answer_headers),
        "content": {
            "size": len(exchange.answer_body),
            "mimeType": _value(exchange.answer_headers, b"content-type"),
            "text": exchange.answer_body.decode("utf-8", "replace"),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(exchange.answer_body),
    }


def _headers(headers: Headers) -> Json:
    return [{"name": n.decode("latin-1"), "value": v.decode("latin-1")} for n, v in headers]


def _value(headers: Headers, name: bytes) -> str:
    return dict(headers).get(name, b"").decode("latin-1")
