"""Requests where the bytes of the answer matter: what an HTTP client would hide."""

from __future__ import annotations

import re
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from contract_tests.exchange import Headers, Request
from contract_tests.target import Target

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]+)[ \t]*\r?$")
_CLOSING_SECONDS = 1.0
"""How long a server may take to close a connection when all is said."""
_PATIENCE_SECONDS = 1.0
"""How long a server may take to ask for a body before it is sent all the same."""


class RawAnswer(NamedTuple):
    """The bytes that came back."""

    status: int
    """Of the final answer; 0 if there is none."""
    body: bytes
    """All that follows its head."""
    told: str
    """The answer, or why there is none, in one line."""
    length: int | None = None
    """What its head says of the length of the body; None if that is told otherwise."""
    is_left_open: bool = False
    """Whether the server kept the connection although it was asked to close it."""


def head(target: Target, path: str, headers: Headers) -> RawAnswer:
    """Send HEAD, and read until the server closes the connection."""
    return _ask(target, _head_of("HEAD", target, path, (*headers, ("Connection", "close"))), b"")


def whole(target: Target, request: Request) -> RawAnswer:
    """Send ``request``, and read until the server closes the connection."""
    length = () if request.body is None else (("Content-Length", str(len(request.body))),)
    headers = (*request.headers, *length, ("Connection", "close"))
    head_bytes = _head_of(request.method, target, request.target, headers)
    return _ask(target, head_bytes + (request.body or b""), b"")


def expecting(target: Target, request: Request) -> RawAnswer:
    """Send the head of ``request``, and its body once it is asked for."""
    assert request.body is not None, "there is nothing to ask for"
    length = ("Content-Length", str(len(request.body)))
    headers = (*request.headers, length, ("Connection", "close"))
    return _ask(target, _head_of(request.method, target, request.target, headers), request.body)


def _head_of(method: str, target: Target, path: str, headers: Headers) -> bytes:
    parts = urlsplit(target.url)
    lines = [f"{method} {parts.path}{path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _ask(target: Target, head_bytes: bytes, body: bytes) -> RawAnswer:
    received = b""
    until = time.monotonic() + target.timeout_seconds
    try:
        with _connected(target) as connection:
            connection.sendall(head_bytes)
            if body:
                received = _asked_for(connection)
                if not received or received.split(b" ", 2)[1:2] == [b"100"]:
                    connection.sendall(body)
            while time.monotonic() < until:
                is_whole = _is_whole(received, is_head=head_bytes.startswith(b"HEAD"))
                left = until - time.monotonic()
                connection.settimeout(min(_CLOSING_SECONDS, left) if is_whole else max(left, 0.01))
                more = connection.recv(65_536)
                received += more
                if not more:
                    return _parsed(received)
    except TimeoutError:
        pass
    except OSError as error:
        if not received:
            return RawAnswer(0, b"", f"the connection broke: {error.strerror or error}")
        return _parsed(received)
    if received:
        return _parsed(received)._replace(is_left_open=True)
    return RawAnswer(0, b"", f"no answer within {target.timeout_seconds:g} s")


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


def _parsed(received: bytes) -> RawAnswer:
    head_bytes, _, body = received.partition(b"\r\n\r\n")
    while head_bytes.split(b" ", 2)[1:2] == [b"100"]:
        head_bytes, _, body = body.partition(b"\r\n\r\n")
    words = head_bytes.split(b"\r\n")[0].decode("latin-1")
    status = words.split(" ")[1:2]
    if not words.startswith("HTTP/") or not status or not status[0].isdigit():
        return RawAnswer(
            0,
            body,
            f"no HTTP: {words:.80}" if words else "the connection was closed without an answer",
        )
    found = _LENGTH.findall(head_bytes)
    length = int(found[0]) if len(found) == 1 else None
    return RawAnswer(int(status[0]), body, words, length)
