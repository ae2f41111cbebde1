"""What passes through a sandbox, beside what it keeps: exchanges, faults, rates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from mockserver.sandbox.exchanges import Exchanges, Match
from mockserver.sandbox.faults import Faults
from mockserver.sandbox.rate import Rate, RateLimit

Subject: TypeAlias = tuple[str | None, str | None]
"""What a request is about: its operation and its account, where it has them."""


class Flight:
    """A request from when it comes until its answer has left, or its client."""

    __slots__ = ("is_told", "method", "subject")

    def __init__(self, method: str, subject: Subject) -> None:
        """Begin one that no exchange tells of yet."""
        self.method = method
        self.subject = subject
        self.is_told = False
        """Whether its exchange is kept."""


class Traffic:
    """What is known of the requests to a sandbox, and what becomes of them on purpose."""

    __slots__ = ("_flights", "exchanges", "faults", "rate")

    def __init__(self, rate: Rate | None) -> None:
        """Begin with nothing but a rate, if there is to be one."""
        self.exchanges = Exchanges()
        self.faults = Faults()
        self.rate = RateLimit(rate)
        self._flights: dict[Flight, None] = {}
        """In the order in which they came."""

    def renewed(self, rate: Rate | None) -> Traffic:
        """Begin anew; what is in flight still is, and is told when it is answered.

        Whoever waits for an exchange is told to look at the new ones.
        """
        other = Traffic(rate)
        self.exchanges.wake()
        other._flights = self._flights
        return other

    @contextmanager
    def in_flight(self, method: str, subject: Subject) -> Iterator[Flight]:
        """Know of a request until its answer has left."""
        flight = Flight(method, subject)
        self._flights[flight] = None
        try:
            yield flight
        finally:
            del self._flights[flight]

    def is_second(self, flight: Flight) -> bool:
        """Tell whether one that came earlier, and is about the same, is still in flight."""
        for other in self._flights:
            if other is flight:
                break
            if other.subject == flight.subject:
                return True
        return False

    def pending(self, match: Match) -> int:
        """Give how many requests could be meant that are not answered yet."""
        untold = (flight for flight in self._flights if not flight.is_told)
        return sum(match.may_meet(flight.method, *flight.subject) for flight in untold)
