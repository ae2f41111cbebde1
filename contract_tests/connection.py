"""A connection that requests are sent on, to the letter, and answers read from.

A client library would set headers right, reuse connections and decode bodies; what is checked here
is how the server takes what such a library never sends.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import ssl
import time
import zlib
from typing import NamedTuple, Self

from contract_tests.exchange import CLOSED, Answer, Exchange, Headers, Request
from contract_tests.stream import EndedError, NotHttpError, Stream, head_of
from contract_tests.target import Target

_LARGEST_BODY = 2**24
_OPENING_SECONDS = 0.2
"""How long it may take to connect ahead of a race."""
_MOST_HEADERS = 200
_FIRST_LINE = re.compile(r"(HTTP/1\.[0-9]) ([1-9][0-9]{2})(?: |$)")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{1,12}")
_BODILESS = (204, 304)
_NO_END = "it does not say how long it is, and the connection stays open"
_SWITCHING = 101


class _Head(NamedTuple):
    """What an answer begins with."""

    version: str
    status: int
    headers: Headers

    def value(self, name: str) -> str:
        """Give the first header of this name in lower case, empty if there is none."""
        return next((v.lower() for n, v in self.headers if n.lower() == name), "")


class Connection:
    """One connection to the server, for as many requests as it takes."""

    def __init__(self, target: Target, *, posts_once: bool = False) -> None:
        """Connect with the first request.

        ``posts_once`` is: what posts is not sent again where the server has closed the connection.
        """
        self._target = target
        self._posts_once = posts_once
        self._seconds = target.timeout_seconds
        self._stream: Stream | None = None
        self._is_used = False
        self.exchanges: list[Exchange] = []
        """What was sent on it, and what came back."""
        self.was_closed = False
        """Whether the server closed it between two requests, or instead of an answer."""

    @property
    def is_ready(self) -> bool:
        """Whether it is open, and all that came on it was asked for."""
        return self._stream is not None and self._stream.is_clean

    def __enter__(self) -> Self:
        """Be closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the connection up."""
        self.close()

    def open(self) -> bool:
        """Connect now, and tell whether one can: what goes wrong is told when something is sent."""
        with contextlib.suppress(OSError):
            self._stream = Stream(self._target, min(_OPENING_SECONDS, self._seconds))
        return self._stream is not None

    def send(self, request: Request, seconds: float | None = None) -> Exchange:
        """Send ``request`` and wait for its answer, for ``seconds`` if not as for each request.

        Where the server has closed the connection since the last answer, as it may, another is
        opened. Raises ssl.SSLError.
        """
        self._seconds = self._target.timeout_seconds if seconds is None else seconds
        began, start = time.time(), time.perf_counter()
        was_used = self._stream is not None and self._is_used
        answer, error = self._try(request)
        if was_used and error == CLOSED:
            self.was_closed = True
            self.close()
            if request.method != "POST" or not self._posts_once:
                answer, error = self._try(request)
        self._is_used = True
        if error is not None:
            self.close()
        exchange = Exchange(request, answer, error, began, time.perf_counter() - start)
        self.exchanges.append(exchange)
        return exchange

    def _try(self, request: Request) -> tuple[Answer | None, str | None]:
        """Give the answer, or why there is none."""
        try:
            if self._stream is None:
                self._stream = Stream(self._target, self._seconds)
            self._stream.until = time.monotonic() + self._seconds
            # who refuses a request may close before all of it is sent, and has answered
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                self._stream.send(sent(self._target, request))
            return self._read(self._stream, request.method), None
        except ssl.SSLError:
            raise
        except TimeoutError:
            return None, f"no whole answer within {self._seconds:g} s"
        except EndedError as ended:
            return None, f"the answer ended after {ended.received} bytes, before it was complete"
        except NotHttpError as error:
            return None, f"the answer is no HTTP: {error}"
        except (ConnectionResetError, BrokenPipeError):
            return None, CLOSED
        except OSError as error:
            return None, f"the connection broke: {error.strerror or error}"

    def _read(self, stream: Stream, method: str) -> Answer | None:
        head = _head(stream)
        while 100 <= head.status < 200 and head.status != _SWITCHING:
            head = _head(stream)
        is_bodiless = method == "HEAD" or head.status in _BODILESS
        body, is_rest, flaw = (b"", False, "") if is_bodiless else _body(stream, head)
        said = head.value("connection")
        closes = "close" in said or (head.version == "HTTP/1.0" and "keep-alive" not in said)
        if closes or is_rest:
            self.close()
        if not flaw:
            body, flaw = _decoded(body, head.value("content-encoding"))
        return Answer(head.status, head.headers, body, head.version, flaw)

    def close(self) -> None:
        """Give the connection up."""
        if self._stream is not None:
            self._stream.close()
        self._stream = None
        self._is_used = False


def sent(target: Target, request: Request) -> bytes:
    """Give all that is sent of a request, in as many chunks as it says."""
    body = request.body
    if body is None:
        return head_of(target, request)
    if not request.chunks:
        return head_of(target, request, (("Content-Length", str(len(body))),)) + body
    size = -(-len(body) // request.chunks)
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in parts)
    return head_of(target, request, (("Transfer-Encoding", "chunked"),)) + chunks + b"0\r\n\r\n"


def _head(stream: Stream) -> _Head:
    """Read the first line and the headers.

    Raises OSError, TimeoutError, EndedError, NotHttpError; ConnectionResetError where there is no
    answer at all.
    """
    try:
        first = stream.line().decode("latin-1")
    except EndedError as ended:
        if not ended.received:
            raise ConnectionResetError from None
        raise
    match = _FIRST_LINE.match(first)
    if match is None:
        raise NotHttpError(repr(first[:80]))
    headers: list[tuple[str, str]] = []
    while line := stream.line():
        text = line.decode("latin-1")
        name, colon, value = text.partition(":")
        if text[0] in " \t" and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {text.strip()}")
        elif colon:
            headers.append((name, value.strip()))
        else:
            raise NotHttpError(f"{text[:80]!r} is no header")
        if len(headers) > _MOST_HEADERS:
            raise NotHttpError(f"it has more than {_MOST_HEADERS} headers")
    return _Head(match[1], int(match[2]), tuple(headers))


def _body(stream: Stream, head: _Head) -> tuple[bytes, bool, str]:
    """Give the body, whether it ends with the connection, and what is wrong with its end."""
    if head.value("transfer-encoding") == "chunked":
        return _unchunked(stream), False, ""
    length = head.value("content-length")
    if length.isascii() and length.isdigit():
        count = int(length[:19])
        if count > _LARGEST_BODY:
            raise NotHttpError(f"it is longer than {_LARGEST_BODY} bytes")
        return stream.exactly(count), False, ""
    body, is_whole = stream.rest(_LARGEST_BODY)
    return body, True, "" if is_whole else _NO_END


def _unchunked(stream: Stream) -> bytes:
    parts: list[bytes] = []
    have = 0
    while size := _size_of_chunk(stream.line()):
        have += size
        if have > _LARGEST_BODY:
            raise NotHttpError(f"it is longer than {_LARGEST_BODY} bytes")
        parts.append(stream.exactly(size + 2)[:-2])
    while stream.line():
        pass  # what follows the last chunk says nothing of the body
    return b"".join(parts)


def _size_of_chunk(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not _HEXADECIMAL.fullmatch(digits):
        raise NotHttpError(f"{line[:20]!r} is no size of a chunk")
    return int(digits, 16)


def _decoded(body: bytes, coding: str) -> tuple[bytes, str]:
    """Give a body without its content coding, and what is wrong with that, if anything is."""
    try:
        if coding in ("gzip", "x-gzip"):
            return gzip.decompress(body), ""
        if coding == "deflate":
            return zlib.decompress(body), ""
    except (OSError, EOFError, zlib.error):
        return body, f"its body is no {coding}"
    return body, ""
