"""Sends requests to the letter, each on a connection of its own, and keeps every exchange.

A client library would set headers right, reuse connections and decode bodies; what is checked here
is how the server takes what such a library never sends.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import ssl
import threading
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self
from urllib.parse import urlsplit

from contract_tests.exchange import CLOSED, Answer, Exchange, Request
from contract_tests.raw import Raw, exchanged
from contract_tests.target import Target
from contract_tests.watch import WATCH

MAX_IN_FLIGHT = 8
"""Requests at once, at most."""
_MAX_WAITS = 5
"""How often one request waits because it was told to."""
_LONGEST_WAIT = 5.0
_LARGEST_BODY = 2**24
_OPENING_SECONDS = 0.3
"""How long it may take to connect ahead of a race."""


class OutOfTimeError(Exception):
    """The run's budget is spent; what was not checked by now is untested."""


class Connection:
    """One connection to the server, for as many requests as it takes."""

    def __init__(self, target: Target) -> None:
        """Connect with the first request."""
        parts = urlsplit(target.url)
        assert parts.hostname is not None
        self._prefix = parts.path
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._http = kind(parts.hostname, parts.port, timeout=target.timeout_seconds)
        self._host = parts.netloc
        self._seconds = target.timeout_seconds
        self._is_used = False

    def __enter__(self) -> Self:
        """Be closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the connection up."""
        self.close()

    def open(self) -> None:
        """Connect now. What goes wrong, goes wrong again when something is sent."""
        self._http.timeout = _OPENING_SECONDS
        with contextlib.suppress(OSError):
            self._http.connect()
            self._http.sock.settimeout(self._seconds)
        self._http.timeout = self._seconds

    def send(self, request: Request) -> Exchange:
        """Send ``request`` and wait for its answer.

        Where the server has closed the connection since the last answer, as it may, another is
        opened. Raises ssl.SSLError.
        """
        began, start = time.time(), time.perf_counter()
        was_used = self._http.sock is not None and self._is_used
        answer, error = self._try_in_time(request)
        if was_used and error == CLOSED:
            self.close()
            answer, error = self._try_in_time(request)
        self._is_used = True
        if error is not None:
            self.close()
        return Exchange(request, answer, error, began, time.perf_counter() - start)

    def _try_in_time(self, request: Request) -> tuple[Answer | None, str | None]:
        """Give the answer, or why there is none; an answer that drips in is cut off."""
        seconds = self._seconds
        with WATCH.over(self._http, seconds) as watched:
            answer, error = self._try(request)
        return (
            (None, f"no whole answer within {seconds:g} s") if watched.is_cut else (answer, error)
        )

    def _try(self, request: Request) -> tuple[Answer | None, str | None]:
        """Give the answer, or why there is none."""
        try:
            # who refuses a request may close before all of it is sent, and has answered
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                self._put(request)
            return self._read(), None
        except ssl.SSLError:
            raise
        except TimeoutError:
            return None, f"no answer within {self._seconds:g} s"
        except (
            OSError,
            http.client.HTTPException,
            ValueError,
            OverflowError,
            MemoryError,
        ) as error:
            return None, _told(error)

    def _put(self, request: Request) -> None:
        sender = self._http
        target = self._prefix + request.target
        sender.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        if not any(name == "Host" for name, _ in request.headers):
            sender.putheader("Host", self._host)
        for name, value in request.headers:
            sender.putheader(name, value.encode("utf-8"))
        if request.body is None:
            sender.endheaders()
        elif request.chunks:
            sender.putheader("Transfer-Encoding", "chunked")
            size = -(-len(request.body) // request.chunks)
            starts = range(0, len(request.body), size)
            parts = [request.body[at : at + size] for at in starts]
            sender.endheaders(parts, encode_chunked=True)
        else:
            sender.putheader("Content-Length", str(len(request.body)))
            sender.endheaders(request.body)

    def _read(self) -> Answer:
        response = self._http.getresponse()
        body = response.read(_LARGEST_BODY + 1)
        if len(body) > _LARGEST_BODY:
            raise http.client.HTTPException(f"it is longer than {_LARGEST_BODY} bytes")
        body = _decoded(body, response.headers.get("Content-Encoding", ""))
        version = "HTTP/1.0" if response.version == 10 else "HTTP/1.1"
        return Answer(response.status, tuple(response.getheaders()), body, version)

    def close(self) -> None:
        """Give the connection up."""
        self._http.close()


class Client:
    """Sends requests within a budget, and keeps every exchange."""

    def __init__(self, target: Target, deadline: float) -> None:
        """Send to ``target`` until ``deadline``, an instant of ``time.monotonic``."""
        self.target = target
        self.deadline = deadline
        self.exchanges: list[Exchange] = []
        self._pool = ThreadPoolExecutor(MAX_IN_FLIGHT, thread_name_prefix="check")
        self._turn = threading.Lock()
        self._next_turn = 0.0

    @property
    def seconds_left(self) -> float:
        """How much of the budget is left."""
        return self.deadline - time.monotonic()

    def send(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request``, on a connection of its own if none is given.

        A 429 is obeyed: the request is sent again after ``Retry-After``. Raises OutOfTimeError.
        """
        for _ in range(_MAX_WAITS):
            exchange = self.send_once(request, connection)
            if not exchange.is_throttled:
                break
            self._wait(_retry_after(exchange))
        return exchange

    def send_raw(self, request: Request, *, waits: bool = False) -> Raw:
        """Send ``request`` where the bytes of the answer matter (raw.py). Raises OutOfTimeError."""
        for _ in range(_MAX_WAITS):
            self._take_turn()
            raw = exchanged(self.target, request, waits=waits)
            self.exchanges.append(raw.exchange)
            if not raw.exchange.is_throttled:
                break
            self._wait(_retry_after(raw.exchange))
        return raw

    def burst(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, eight at a time and each of them once. Raises OutOfTimeError."""
        return list(self._pool.map(self.send_once, requests))

    def send_all(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, eight at a time, and give the exchanges in their order."""
        return list(self._pool.map(self.send, requests))

    def race(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send up to eight ``requests`` at one instant."""
        assert len(requests) <= MAX_IN_FLIGHT, "more than the pool has threads for"
        barrier = threading.Barrier(len(requests))

        def start(request: Request) -> Exchange:
            with Connection(self.target) as connection:
                connection.open()
                barrier.wait()
                return self.send(request, connection)

        return list(self._pool.map(start, requests))

    def send_once(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request`` and leave it at that. Raises OutOfTimeError."""
        self._take_turn()
        if connection is not None:
            exchange = connection.send(request)
        else:
            with Connection(self.target) as fresh:
                exchange = fresh.send(request)
        self.exchanges.append(exchange)
        return exchange

    def _take_turn(self) -> None:
        """Wait until the rate allows one more request. Raises OutOfTimeError."""
        if self.seconds_left <= 0:
            raise OutOfTimeError
        rate = self.target.rate
        if rate is None:
            return
        with self._turn:
            now = time.monotonic()
            at = max(now, self._next_turn)
            self._next_turn = at + 1 / rate
        self._wait(at - now)

    def _wait(self, seconds: float) -> None:
        if seconds >= self.seconds_left:
            raise OutOfTimeError
        if seconds > 0:
            time.sleep(seconds)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _told(error: Exception) -> str:
    """Say in a few words why there is no answer."""
    if isinstance(error, http.client.IncompleteRead):
        return f"the answer ended after {len(error.partial)} bytes, before it was complete"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return CLOSED
    if isinstance(error, OSError):
        return f"the connection broke: {error.strerror or error}"
    return f"the answer is no HTTP: {type(error).__name__} {error}".rstrip()


def _decoded(body: bytes, coding: str) -> bytes:
    """Give a body without its content coding. Raises http.client.HTTPException."""
    try:
        if coding.lower() in ("gzip", "x-gzip"):
            return gzip.decompress(body)
        if coding.lower() == "deflate":
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        raise http.client.HTTPException(f"its body is no {coding}") from None
    return body


def _retry_after(exchange: Exchange) -> float:
    """Give the seconds a 429 asks to wait; one where it says nothing, or a date."""
    assert exchange.answer is not None
    text = exchange.answer.header("Retry-After") or ""
    is_number = text.isascii() and text.isdigit()
    return min(float(text[:9]), _LONGEST_WAIT) if is_number else 1.0
