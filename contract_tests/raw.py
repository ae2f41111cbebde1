"""Requests where the bytes of the answer matter: what an HTTP client would hide."""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from typing import NamedTuple

from contract_tests.connection import sent
from contract_tests.exchange import CLOSED, Answer, Exchange, Request
from contract_tests.stream import Stream
from contract_tests.target import Target

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]+)[ \t]*\r?$")
_CLOSING_SECONDS = 1.0
"""How long a server may take to close a connection when all is said."""
_PATIENCE = 1 / 4
"""How much of a request's time a server may take to ask for a body before it is sent anyway."""


class Raw(NamedTuple):
    """An exchange, and what an HTTP client would not tell of it."""

    exchange: Exchange
    """The body of its answer is all that follows the head."""
    length: int | None = None
    """What its head says of the length of the body; None if that is told otherwise."""
    is_left_open: bool = False
    """Whether the server kept the connection although it was asked to close it."""
    is_unasked: bool = False
    """Whether a body that was to be asked for had to be sent without."""


def exchanged(
    target: Target, request: Request, seconds: float | None = None, *, waits: bool = False
) -> Raw:
    """Send ``request``, asking for the connection to be closed, and read until it is.

    That may take ``seconds``, if not as long as each request.

    ``waits`` is: the body is sent once the server has asked for it. Raises ssl.SSLError.
    """
    asked = request._replace(headers=(*request.headers, ("Connection", "close")))
    began, start = time.time(), time.perf_counter()
    within = target.timeout_seconds if seconds is None else seconds
    received, error, is_unasked = _ask(target, asked, within, waits=waits)
    is_left_open = bool(received) and error is not None
    answer, length_told = _parsed(received)
    told = None if answer is not None else (error or _no_http(received))
    exchange = Exchange(request, answer, told, began, time.perf_counter() - start)
    return Raw(exchange, length_told, is_left_open, is_unasked)


def _ask(
    target: Target, request: Request, seconds: float, *, waits: bool
) -> tuple[bytes, str | None, bool]:
    """Give what was received, why it may not be all, and whether the body was sent unasked."""
    received, is_unasked = b"", False
    try:
        stream = Stream(target, seconds)
    except TimeoutError:
        return b"", f"no answer within {seconds:g} s", False
    except ssl.SSLError:
        raise
    except OSError as error:
        return b"", f"the connection broke: {error.strerror or error}", False
    with contextlib.closing(stream):
        try:
            whole, body = sent(target, request), request.body or b""
            stream.send(whole.removesuffix(body) if waits else whole)
            if waits:
                received = _asked_for(stream, _PATIENCE * seconds)
                is_unasked = not received
                if not received or _status(received) == b"100":
                    stream.send(body)
            while True:
                is_whole = _is_whole(received, is_head=request.method == "HEAD")
                more = stream.receive(_CLOSING_SECONDS if is_whole else None)
                if not more:
                    return received, None, is_unasked
                received += more
        except TimeoutError:
            return received, f"no answer within {seconds:g} s", is_unasked
        except OSError as error:  # what was said before counts
            told = f"the connection broke: {error.strerror or error}"
            return received, None if received else told, is_unasked


def _asked_for(stream: Stream, seconds: float) -> bytes:
    """Give what a server says before it has a body, within ``seconds``."""
    try:
        return stream.receive(seconds)
    except TimeoutError:
        return b""


def _is_whole(received: bytes, *, is_head: bool) -> bool:
    """Tell whether nothing but the end of the connection is still to come."""
    head_bytes, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head_bytes)
    return bool(end) and (is_head or (length is not None and len(body) >= int(length[1])))


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
    answer = Answer(int(status), headers, body, first.partition(" ")[0])
    return answer, int(found[0]) if len(found) == 1 else None


def _status(head_bytes: bytes) -> bytes:
    words = head_bytes.split(b"\r\n")[0].split(b" ")
    return words[1] if len(words) > 1 else b""


def _no_http(received: bytes) -> str:
    return f"the answer is no HTTP: {received[:80]!r}" if received else CLOSED
