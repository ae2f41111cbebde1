"""What passes through a sandbox, beside what it keeps: exchanges, faults, rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from mockserver.sandbox.exchanges import Exchanges, Match
from mockserver.sandbox.faults import Faults
from mockserver.sandbox.rate import Rate, RateLimit

Subject: TypeAlias = tuple[str | None, str | None]
"""What a request is about: its operation and its account, where it has them."""


class Traffic:
    """What is known of the requests to a sandbox, and what becomes of them on purpose."""

    __slots__ = ("_in_flight", "exchanges", "faults", "rate")

    def __init__(self, rate: Rate | None) -> None:
        """Begin with nothing but a rate, if there is to be one."""
        self.exchanges = Exchanges()
        self.faults = Faults()
        self.rate = RateLimit(rate)
        self._in_flight: Counter[Subject] = Counter()

    def renewed(self, rate: Rate | None) -> Traffic:
        """Begin anew; what is in flight still is, and is told when it is answered."""
        other = Traffic(rate)
        other._in_flight = self._in_flight
        return other

    @contextmanager
    def in_flight(self, subject: Subject) -> Iterator[bool]:
        """Count a request until its exchange is kept; tell whether it is not the only one."""
        self._in_flight[subject] += 1
        try:
            yield self._in_flight[subject] > 1
        finally:
            self._in_flight[subject] -= 1
            if not self._in_flight[subject]:
                del self._in_flight[subject]

    def pending(self, match: Match) -> int:
        """Give how many requests could be meant that are not answered yet."""
        counts = self._in_flight.items()
        return sum(count for subject, count in counts if match.may_meet(*subject))
