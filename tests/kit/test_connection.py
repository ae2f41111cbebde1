"""What the kit makes of the bytes that a server sends, whole, broken, or late."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from contract_tests.connection import Connection
from contract_tests.exchange import CLOSED, Exchange, NotJson, Request
from contract_tests.raw import exchanged
from contract_tests.target import Target

ASK = Request("GET", "/x", (("Authorization", "Bearer t"),))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"


@contextlib.contextmanager
def saying(
    *answers: Sequence[bytes], keeps: bool = False, pause: float = 0.0
) -> Iterator[tuple[Target, list[bytes]]]:
    """Say one of ``answers`` to each request, in parts, each on a connection of its own."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection = None
        for parts in answers:
            if connection is None or not keeps:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):
                heard.append(connection.recv(65_536))
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
            if not keeps:
                connection.close()
        if connection is not None:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/base"
        yield Target(url, "t", ("can_1",), timeout_seconds=0.5), heard
    finally:
        listener.close()
        thread.join()


def asked(*parts: bytes, pause: float = 0.0, method: str = "GET") -> Exchange:
    """Give the exchange with a server that says ``parts``."""
    with saying(parts, pause=pause) as (target, _), Connection(target) as connection:
        return connection.send(ASK._replace(method=method))


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
        (b"HTTP/1.1 200\r\ncontent-length:2\r\n\r\n{}", b"{}"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", b"{}"),
        (b"HTTP/1.0 200 OK\r\n\r\n{ }", b"{ }"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"{}"),
        (CHUNKED + b"1;x=y\r\n{\r\n01\r\n}\r\n0\r\nA: b\r\n\r\n", b"{}"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", b""),
    ],
)
def test_a_body_ends_where_its_head_says(said: bytes, body: bytes) -> None:
    for parts in ([said], [said[:1], said[1:]], [said[:-1], said[-1:]]):
        answer = asked(*parts, pause=0.01).answer
        assert answer is not None
        assert answer.body == body


def test_headers_are_as_they_were_sent() -> None:
    answer = asked(b"HTTP/1.1 200 OK\r\nAllow: GET\r\nallow:  POST \r\n,more\r\n\r\n").answer
    assert answer is None

    answer = asked(b"HTTP/1.1 200 OK\r\nAllow: GET\r\nallow:  POST \r\n ,more\r\n\r\n").answer
    assert answer is not None
    assert answer.headers == (("Allow", "GET"), ("allow", "POST ,more"))


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", CLOSED),
        (b"SSH-2.0-OpenSSH_9\r\n", "the answer is no HTTP: 'SSH-2.0-OpenSSH_9'"),
        (b"HTTP/1.1 2OO OK\r\n\r\n", "the answer is no HTTP: 'HTTP/1.1 2OO OK'"),
        (b"HTTP/2 200\r\n\r\n", "the answer is no HTTP: 'HTTP/2 200'"),
        (
            b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
            "the answer is no HTTP: 'no header' is no header",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            "the answer ended after 2 bytes, before it was complete",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}",
            "the answer is no HTTP: b'xyz' is no size of a chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            "the answer is no HTTP: it is longer than 16777216 bytes",
        ),
    ],
)
def test_what_is_no_answer_is_told_in_a_few_words(said: bytes, error: str) -> None:
    assert asked(said).error == error


def test_a_body_that_is_not_in_its_coding_is_an_answer_without_json() -> None:
    exchange = asked(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")

    assert exchange.status == 200
    assert exchange.answer is not None
    with pytest.raises(NotJson, match="its body is no gzip"):
        exchange.answer.json()


def test_an_answer_that_drips_in_is_cut_off_in_time() -> None:
    exchange = asked(*(bytes([byte]) for byte in OK), pause=0.1)

    assert exchange.error == "no whole answer within 0.5 s"
    assert 0.4 < exchange.seconds < 0.9


def test_a_head_has_no_body_and_is_not_waited_for() -> None:
    answer = asked(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", method="HEAD").answer
    assert answer is not None
    assert answer.body == b""


def test_a_connection_is_kept_and_what_is_too_much_on_it_is_seen() -> None:
    with saying([OK + b"spill"], [OK], keeps=True) as (target, _), Connection(target) as connection:
        assert connection.send(ASK).status == 200
        assert connection.send(ASK).error == "the answer is no HTTP: 'spillHTTP/1.1 200 OK'"


def test_a_connection_that_the_server_closed_is_opened_again() -> None:
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with saying([OK], [closing], [OK]) as (target, heard), Connection(target) as connection:
        assert [connection.send(ASK).status for _ in range(3)] == [200, 200, 200]

    assert heard[0] == (
        b"GET /base/x HTTP/1.1\r\nHost: " + target.url[7:-5].encode() + b"\r\n"
        b"Authorization: Bearer t\r\n\r\n"
    )


def test_a_body_is_sent_in_as_many_chunks_as_asked_for() -> None:
    with saying([OK]) as (target, heard), Connection(target) as connection:
        connection.send(ASK._replace(method="POST", body=b"abcde", chunks=2))

    assert heard[0].endswith(b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")


def test_raw_waits_for_100_and_tells_the_length_that_was_said() -> None:
    with saying([b"HTTP/1.1 100 Continue\r\n\r\n", OK]) as (target, heard):
        raw = exchanged(target, ASK._replace(method="POST", body=b"abc"), waits=True)

    assert (raw.exchange.status, raw.length, raw.is_left_open) == (200, 2, False)
    assert heard[0].endswith(b"Content-Length: 3\r\n\r\n")


def test_a_server_without_room_for_one_more_connection_is_asked_anew_soon() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = socket.create_connection(("127.0.0.1", port))

        def make_room() -> None:
            time.sleep(0.25)
            listener.settimeout(1.5)
            with contextlib.suppress(OSError):
                listener.accept()[0].close()
                connection, _ = listener.accept()
                connection.recv(65_536)
                connection.sendall(OK)
                connection.close()

        thread = threading.Thread(target=make_room)
        thread.start()
        target = Target(f"http://127.0.0.1:{port}", "t", ("can_1",), timeout_seconds=0.9)
        with waiting, Connection(target) as connection:
            exchange = connection.send(ASK)
        thread.join()

    assert exchange.status == 200, exchange.error
