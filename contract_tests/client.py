"""Sends requests within a budget, and keeps every exchange."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from email.utils import parsedate_to_datetime
from typing import TypeVar

from contract_tests.batch import Batch
from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.raw import Raw, exchanged
from contract_tests.sharing import SharedConnection
from contract_tests.target import Target

T = TypeVar("T")

MAX_RACERS = 8
"""Requests at one instant, at most."""
_MAX_IN_FLIGHT = 6
"""Requests at once, at most: a plain server drops who asks for one more while five wait for it."""
_MAX_TRIES = 8
"""How often one request is sent because it was told to come later."""
_LEAST_WAIT = 0.04
"""Before the first of these; twice as long before each other."""
_LEAST_SECONDS = 0.05
"""What the last request of a run has at least."""


class OutOfTimeError(Exception):
    """The run's budget is spent; what was not checked by now is untested."""


class ThrottledError(OutOfTimeError):
    """The server lets nothing in, however long one waits; what was not checked is untested."""


class Client:
    """Sends requests within a budget, and keeps every exchange."""

    def __init__(self, target: Target, deadline: float) -> None:
        """Send to ``target`` until ``deadline``, an instant of ``time.monotonic``."""
        self.target = target
        self.deadline = deadline
        self.exchanges: list[Exchange] = []
        self.is_throttled = False
        """Whether anything was answered with 429."""
        self._pool = ThreadPoolExecutor(_MAX_IN_FLIGHT, thread_name_prefix="check")
        self._racers = ThreadPoolExecutor(MAX_RACERS, thread_name_prefix="check-race")
        self._shared = SharedConnection(target)
        self._turn = threading.Lock()
        self._next_turn = 0.0
        self._resume_at = 0.0
        """Until then the server has asked to be left alone."""

    @property
    def seconds_left(self) -> float:
        """How much of the budget is left."""
        return self.deadline - time.monotonic()

    def send(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request``, on a connection that plain requests share if none is given.

        A 429 is obeyed: the request is sent again, after ``Retry-After`` and ever later. Raises
        OutOfTimeError, ThrottledError.
        """
        if connection is None:
            return self._until_let_in(lambda: self._send_shared(request), lambda of: of)
        self._shared.close()
        return self._until_let_in(lambda: self.send_once(request, connection), lambda of: of)

    def shared_with(self, exchange: Exchange) -> Sequence[Exchange]:
        """Give what was sent on the connection of the last exchange, if that is ``exchange``."""
        before = self._shared.exchanges
        return before if before and before[-1] is exchange else ()

    def send_alone(self, request: Request) -> Exchange:
        """Send ``request`` like that, on a connection of its own."""
        self._shared.close()
        return self._send_beside(request)

    def _send_shared(self, request: Request) -> Exchange:
        connection = self._shared.connection_for(request)
        try:
            exchange = self.send_once(request, connection)
        except BaseException:
            self._shared.close()
            raise
        if connection is not None and not self._shared.note(exchange):
            return self.send_once(request)
        return exchange

    def send_raw(self, request: Request, *, waits: bool = False) -> Raw:
        """Send ``request`` where the bytes of the answer matter (raw.py).

        Raises OutOfTimeError, ThrottledError.
        """
        self._shared.close()

        def send() -> Raw:
            self._take_turn()
            seconds = self._seconds_for_one()
            raw = exchanged(self.target, request, seconds, waits=waits)
            self._keep(raw.exchange, seconds)
            if raw.is_left_open and self.seconds_left <= 0:
                raise OutOfTimeError  # nor was it given the time to close the connection
            return raw

        return self._until_let_in(send, lambda raw: raw.exchange)

    def _until_let_in(self, send: Callable[[], T], exchange_of: Callable[[T], Exchange]) -> T:
        """Send until the answer is no 429; who is never let in has seen nothing of the server."""
        for tries in range(_MAX_TRIES):
            sent = send()
            exchange = exchange_of(sent)
            if not exchange.is_throttled:
                return sent
            self._pause(max(_retry_after(exchange), _LEAST_WAIT * 2**tries))
        raise ThrottledError

    def _pause(self, seconds: float) -> None:
        """Let nothing be sent for so long. Raises ThrottledError if the run ends before."""
        self._resume_at = max(self._resume_at, time.monotonic() + seconds)
        if self._resume_at >= self.deadline:
            raise ThrottledError

    def burst(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, several at a time and each of them once. Raises OutOfTimeError."""
        self._shared.close()
        return _all_of([self._pool.submit(self.send_once, request) for request in requests])

    def send_all(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, several at a time if it pays; give the exchanges in their order."""
        batch = Batch(requests, self.send, self._send_beside, self._shared.close)
        return batch.run(self._pool, _MAX_IN_FLIGHT)

    def _send_beside(self, request: Request) -> Exchange:
        """Send ``request`` while other threads send, one of them perhaps on what is shared."""
        return self._until_let_in(lambda: self.send_once(request), lambda of: of)

    def race(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send up to eight ``requests`` at one instant. Raises OutOfTimeError, ThrottledError."""
        assert len(requests) <= MAX_RACERS, "more than there are threads for"
        self._shared.close()
        barrier = threading.Barrier(len(requests))
        connections = [Connection(self.target) for _ in requests]
        for connection in connections:
            if not connection.open():
                break  # there is no room for more: who is left connects when he sends

        def start(request: Request, connection: Connection) -> Exchange:
            with connection:
                barrier.wait()
                return self.send(request, connection)

        pairs = zip(requests, connections, strict=True)
        return _all_of([self._racers.submit(start, *pair) for pair in pairs])

    def send_once(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request`` and leave it at that. Raises OutOfTimeError."""
        self._take_turn()
        seconds = self._seconds_for_one()
        if connection is not None:
            exchange = connection.send(request, seconds)
        else:
            with Connection(self.target) as fresh:
                exchange = fresh.send(request, seconds)
        self._keep(exchange, seconds)
        return exchange

    def _seconds_for_one(self) -> float:
        """Give how long the next request may take."""
        return min(self.target.timeout_seconds, max(self.seconds_left, _LEAST_SECONDS))

    def _keep(self, exchange: Exchange, seconds: float) -> None:
        """Keep an exchange. Raises OutOfTimeError if it was not given the time to be answered."""
        self.exchanges.append(exchange)
        self.is_throttled = self.is_throttled or exchange.is_throttled
        is_cut_short = seconds < self.target.timeout_seconds and self.seconds_left <= 0
        if exchange.answer is None and is_cut_short:
            raise OutOfTimeError

    def _take_turn(self) -> None:
        """Wait until server and rate allow one more request.

        Raises OutOfTimeError, ThrottledError.
        """
        if self.seconds_left <= 0:
            raise OutOfTimeError
        if self._resume_at >= self.deadline:
            raise ThrottledError
        self._wait(self._resume_at - time.monotonic())
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

    def stop(self) -> None:
        """Let the threads go when they have ended what they are at."""
        for pool in (self._pool, self._racers):
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Let the connection and the threads go."""
        self._shared.close()
        self.stop()


def _all_of(sending: Sequence[Future[Exchange]]) -> list[Exchange]:
    """Give what came of all; where one raises, the others have ended too, and send nothing more."""
    wait(sending)
    return [thread.result() for thread in sending]


def _retry_after(exchange: Exchange) -> float:
    """Give the seconds a 429 asks to wait; one where it does not say it in either way there is."""
    assert exchange.answer is not None
    text = exchange.answer.header("Retry-After") or ""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return 1.0
