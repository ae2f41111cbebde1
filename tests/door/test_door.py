"""At the door, over a real socket: what is not HTTP, or too much of it, is told in our shape."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mockserver.door.protocol import MAX_FIELDS, MAX_HEAD_BYTES, MAX_URL_BYTES
from tests.running import Running, serving

HEAD = b"Host: localhost\r\nAuthorization: Bearer demo-token\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving("--accounts", "3") as running:
        yield running


def answer(raw: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GARBAGE\r\n\r\n", (400, "bad_request")),
        (b"GET /accounts HTTP/9.9\r\n\r\n", (400, "bad_request")),
        (b"GET /accounts HTTP/1.1\r\nBad Header\r\n\r\n", (400, "bad_request")),
        (
            b"GET /" + b"a" * MAX_URL_BYTES + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
            (414, "uri_too_long"),
        ),
        (
            b"GET /accounts HTTP/1.1\r\n" + HEAD + b"X: 1\r\n" * MAX_FIELDS + b"\r\n",
            (431, "headers_too_large"),
        ),
        (
            b"GET /accounts HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n",
            (431, "headers_too_large"),
        ),
    ],
)
def test_what_does_not_get_in_is_told_why(
    server: Running, request_: bytes, expected: tuple[int, str]
) -> None:
    status, headers, body = answer(server.send_raw(request_))

    assert (status, json.loads(body)["error"]["code"]) == expected
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert headers["connection"] == "close"


def test_a_head_within_its_limits_gets_in(server: Running) -> None:
    path = b"/accounts/" + b"a" * (MAX_URL_BYTES - len("/accounts/"))
    fields = b"X: 1\r\n" * (MAX_FIELDS - 3)
    request = b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n" + HEAD + fields + b"\r\n"

    assert answer(server.send_raw(request))[0] == 404


def test_the_server_does_not_say_what_it_is_made_of(server: Running) -> None:
    request = b"GET /accounts HTTP/1.1\r\nConnection: close\r\n" + HEAD + b"\r\n"
    _, headers, _ = answer(server.send_raw(request))

    assert "server" not in headers
    assert "date" in headers


def test_a_refusal_does_not_end_the_connection(server: Running) -> None:
    path = b"/accounts/can_52322/line_items/debit_offsets"
    refused = b"POST " + path + b" HTTP/1.1\r\n" + HEAD + b"Content-Length: 70000\r\n"
    refused += b"Content-Type: application/json\r\n\r\n" + b" " * 70_000
    good = b"GET /accounts/can_52322 HTTP/1.1\r\nConnection: close\r\n" + HEAD + b"\r\n"
    raw = server.send_raw(refused + good)

    assert raw.startswith(b"HTTP/1.1 413 ")
    assert b"HTTP/1.1 200 OK" in raw


def test_head_has_the_length_of_the_body_it_does_not_send(server: Running) -> None:
    request = b"HEAD /accounts/can_52322 HTTP/1.1\r\nConnection: close\r\n" + HEAD + b"\r\n"
    status, headers, body = answer(server.send_raw(request))

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1_000


def test_a_chunked_body_is_read(server: Running) -> None:
    head = b"POST /accounts/can_52322/line_items/debit_offsets HTTP/1.1\r\nConnection: close\r\n"
    head += HEAD + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b'1a\r\n{"original_amount_cents": \r\n2\r\n1}\r\n0\r\n\r\n'

    assert answer(server.send_raw(head + body))[0] == 200


def test_a_request_that_expects_to_be_told_to_go_on_is(server: Running) -> None:
    head = b"POST /accounts/can_52322/line_items/debit_offsets HTTP/1.1\r\nConnection: close\r\n"
    head += HEAD + b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
    raw = server.send_raw(head + b'Content-Length: 28\r\n\r\n{"original_amount_cents": 1}')

    assert raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
