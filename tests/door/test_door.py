"""At the door, over a real socket: what is not HTTP, or too much of it, is told in our shape."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import httpx
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
        (b"GET /accounts HTTP/1.1\r\nAccept: */*\r\n\r\n", (400, "bad_request")),
        (b"GET /accounts HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", (400, "bad_request")),
        (
            b"POST /auth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            (400, "bad_request"),
        ),
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


def test_a_head_that_does_not_end_is_cut_off(server: Running) -> None:
    try:
        raw = server.send_raw(b"GET / HTTP/1.1\r\nX: " + b"a" * 500_000)
    except ConnectionResetError:  # sent by the kernel for what was never read
        return
    assert raw.startswith(b"HTTP/1.1 431 ")


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


POST = b"POST /accounts/can_52322/line_items/debit_offsets HTTP/1.1\r\n" + HEAD
POST += b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b'1d\r\n{"original_amount_cents": 50}\r\n'


def items(server: Running) -> int:
    url = f"{server.url}/accounts/can_52322/line_items"
    headers = {"Authorization": "Bearer demo-token"}
    return len(httpx.get(url, headers=headers).json()["results"])


@pytest.mark.parametrize(
    "torn",
    [
        POST + b'Content-Length: 1000\r\n\r\n{"original_amount_cents": 5}',
        CHUNKED + CHUNK,
        CHUNKED + CHUNK + b"ZZ\r\n",
        CHUNKED + CHUNK + b"0\r\nBad Trailer\r\n\r\n",
        CHUNKED + CHUNK + b"0\r\n" + b"X: 1\r\n" * 100 + b"\r\n",
    ],
)
def test_a_request_that_never_arrives_whole_posts_nothing(server: Running, torn: bytes) -> None:
    before = items(server)
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(torn)
        time.sleep(0.2)

    assert items(server) == before


@pytest.mark.parametrize("framing", ["length", "chunked", "pieces"])
def test_the_offer_of_another_protocol_is_passed_over(server: Running, framing: str) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"
    body = b'{"original_amount_cents": 1}'
    if framing == "chunked":
        rest = b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + b"0\r\n\r\n"
    else:
        rest = b"Content-Length: 28\r\n\r\n" + body
    whole = POST + upgrade + rest
    parts = [whole] if framing != "pieces" else [whole[:90], whole[90:-10], whole[-10:]]
    with socket.create_connection(server.address, timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)
        raw = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answer(raw)[0] == 200
    read = b"GET /accounts HTTP/1.1\r\n" + HEAD + upgrade + b"\r\n"
    assert answer(server.send_raw(read))[0] == 200


def test_what_came_before_nonsense_is_answered_before_it(server: Running) -> None:
    good = POST + b'Content-Length: 28\r\n\r\n{"original_amount_cents": 1}'
    raw = server.send_raw(good + good + b"garbage\r\n\r\n")

    assert raw.count(b"HTTP/1.1 200 OK") == 2
    assert b"HTTP/1.1 400 Bad Request" in raw[raw.rindex(b"200 OK") :]
