"""Requests where the bytes of the answer matter: what an HTTP client would hide."""

from __future__ import annotations

import re
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from contract_tests.exchange import CLOSED, Answer, Exchange, Headers, Request
from contract_tests.target import Target

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]+)[ \t]*\r?$")
_CLOSING_SECONDS = 1.0
"""How long a server may take to close a connection when all is said."""
_PATIENCE_SECONDS = 1.0
"""How long a server may take to ask for a body before it is sent all the same."""


class Raw(NamedTuple):
    """An exchange, and what an HTTP client would not tell of it."""

    exchange: Exchange
    """The body of its answer is all that follows the head."""
    length: int | None = None
    """What its head says of the length of the body; None if that is told otherwise."""
    is_left_open: bool = False
    """Whether the server kept the connection although it was asked to close it."""


def exchanged(target: Target, request: Request, *, waits: bool = False) -> Raw:
    """Send ``request``, asking for the connection to be closed, and read until it is.

    ``waits`` is: the body is sent once the server has asked for it.
    """
    length = () if request.body is None else (("Content-Length", str(len(request.body))),)
    head_bytes = _head_of(target, request, (*request.headers, *length, ("Connection", "close")))
    began, start = time.time(), time.perf_counter()
    received, error = _ask(target, head_bytes, request.body or b"", waits=waits)
    is_left_open = bool(received) and error is not None
    answer, length_told = _parsed(received)
    told = None if answer is not None else (error or _no_http(received))
    exchange = Exchange(request, answer, told, began, time.perf_counter() - start)
    return Raw(exchange, length_told, is_left_open)


def _head_of(target: Target, request: Request, headers: Headers) -> bytes:
    parts = urlsplit(target.url)
    lines = [f"{request.method} {parts.path}{request.target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _ask(
    target: Target, head_bytes: bytes, body: bytes, *, waits: bool
) -> tuple[bytes, str | None]:
    """Give what was received, and why it may not be all."""
    received = b""
    until = time.monotonic() + target.timeout_seconds
    try:
        with _connected(target) as connection:
            connection.sendall(head_bytes if waits else head_bytes + body)
            if waits:
                received = _asked_for(connection)
                if not received or _status(received) == b"100":
                    connection.sendall(body)
            while (left := until - time.monotonic()) > 0:
                is_whole = _is_whole(received, is_head=head_bytes.startswith(b"HEAD"))
                connection.settimeout(min(_CLOSING_SECONDS, left) if is_whole else left)
                more = connection.recv(65_536)
                if not more:
                    return received, None
                received += more
    except TimeoutError:
        pass
    except OSError as error:  # what was said before counts
        return received, None if received else f"the connection broke: {error.strerror or error}"
    return received, f"no answer within {target.timeout_seconds:g} s"


def _asked_for(connection: socket.socket) -> bytes:
    """Give what a server says before it has a body, within some patience."""
    connection.settimeout(_PATIENCE_SECONDS)
    try:
        return connection.recv(65_536)
    except TimeoutError:
        return b""


def _is_whole(received: bytes, *, is_head: bool) -> bool:
    """Tell whether nothing but the end of the connection is still to come."""
    head_bytes, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head_bytes)
    return bool(end) and (is_head or (length is not None and len(body) >= int(length[1])))


def _connected(target: Target) -> socket.socket:
    parts = urlsplit(target.url)
    assert parts.hostname is not None
    secure = parts.scheme == "https"
    address = (parts.hostname, parts.port or (443 if secure else 80))
    plain = socket.create_connection(address, target.timeout_seconds)
    if not secure:
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)


def _parsed(received: bytes) -> tuple[Answer | None, int | None]:
    """Give the final answer, if it is one, and the length that it says to have."""
    head_bytes, _, body = received.partition(b"\r\n\r\n")
    while _status(head_bytes) == b"100":
        head_bytes, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head_bytes.decode("latin-1").split("\r\n")
    status = _status(head_bytes)
    if not first.startswith("HTTP/") or not status.isdigit():
        return None, None
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    found = _LENGTH.findall(head_bytes)
    return Answer(int(status), headers, body), int(found[0]) if len(found) == 1 else None


def _status(head_bytes: bytes) -> bytes:
    words = head_bytes.split(b"\r\n")[0].split(b" ")
    return words[1] if len(words) > 1 else b""


def _no_http(received: bytes) -> str:
    return f"the answer is no HTTP: {received[:80]!r}" if received else CLOSED
