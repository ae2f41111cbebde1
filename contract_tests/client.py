"""Sends requests within a budget, each on a connection of its own, and keeps every exchange."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.raw import Raw, exchanged
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
_LONGEST_WAIT = 5.0
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
        self._pool = ThreadPoolExecutor(_MAX_IN_FLIGHT, thread_name_prefix="check")
        self._racers = ThreadPoolExecutor(MAX_RACERS, thread_name_prefix="race")
        self._turn = threading.Lock()
        self._next_turn = 0.0

    @property
    def seconds_left(self) -> float:
        """How much of the budget is left."""
        return self.deadline - time.monotonic()

    def send(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request``, on a connection of its own if none is given.

        A 429 is obeyed: the request is sent again, after ``Retry-After`` and ever later. Raises
        OutOfTimeError, ThrottledError.
        """
        return self._until_let_in(lambda: self.send_once(request, connection), lambda of: of)

    def send_raw(self, request: Request, *, waits: bool = False) -> Raw:
        """Send ``request`` where the bytes of the answer matter (raw.py).

        Raises OutOfTimeError, ThrottledError.
        """

        def send() -> Raw:
            self._take_turn()
            raw = exchanged(self.target, request, waits=waits)
            self.exchanges.append(raw.exchange)
            return raw

        return self._until_let_in(send, lambda raw: raw.exchange)

    def _until_let_in(self, send: Callable[[], T], exchange_of: Callable[[T], Exchange]) -> T:
        """Send until the answer is no 429; who is never let in has seen nothing of the server."""
        for tries in range(_MAX_TRIES):
            sent = send()
            exchange = exchange_of(sent)
            if not exchange.is_throttled:
                return sent
            self._wait(max(_retry_after(exchange), _LEAST_WAIT * 2**tries))
        raise ThrottledError

    def burst(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, several at a time and each of them once. Raises OutOfTimeError."""
        return list(self._pool.map(self.send_once, requests))

    def send_all(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send ``requests``, several at a time, and give the exchanges in their order."""
        return list(self._pool.map(self.send, requests))

    def race(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send up to eight ``requests`` at one instant."""
        assert len(requests) <= MAX_RACERS, "more than there are threads for"
        barrier = threading.Barrier(len(requests))
        connections = [Connection(self.target) for _ in requests]
        all(connection.open() for connection in connections)  # until there is no room for more

        def start(request: Request, connection: Connection) -> Exchange:
            with connection:
                barrier.wait()
                return self.send(request, connection)

        return list(self._racers.map(start, requests, connections))

    def send_once(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request`` and leave it at that. Raises OutOfTimeError."""
        self._take_turn()
        wanted = self.target.timeout_seconds
        seconds = min(wanted, max(self.seconds_left, _LEAST_SECONDS))
        if connection is not None:
            exchange = connection.send(request, seconds)
        else:
            with Connection(self.target) as fresh:
                exchange = fresh.send(request, seconds)
        self.exchanges.append(exchange)
        if exchange.answer is None and seconds < wanted and self.seconds_left <= 0:
            raise OutOfTimeError  # it was not given the time to answer
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
        for pool in (self._pool, self._racers):
            pool.shutdown(wait=False, cancel_futures=True)


def _retry_after(exchange: Exchange) -> float:
    """Give the seconds a 429 asks to wait; one where it says nothing, or a date."""
    assert exchange.answer is not None
    text = exchange.answer.header("Retry-After") or ""
    is_number = text.isascii() and text.isdigit()
    return min(float(text[:9]), _LONGEST_WAIT) if is_number else 1.0
