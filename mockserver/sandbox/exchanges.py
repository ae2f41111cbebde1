"""The exchanges of a sandbox: what was asked and answered, the newest of it.

What is kept is bounded, so some of it is evicted. What is asked of it says so: an answer that what
was evicted could change is *inconclusive*, never wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from mockserver.sandbox.packing import Packed

MAX_EXCHANGES = 1_000
MAX_BYTES = 4 * 2**20
"""Of targets, fields and bodies, in one sandbox."""

Headers = Sequence[tuple[bytes, bytes]]


class Exchange(NamedTuple):
    """One request and its answer. Tokens are not in it."""

    number: int
    """Counts answers, from 1 in each sandbox."""
    began: float
    """When the request came, by the machine's: which came before which."""
    at: datetime
    """When the request came, by the sandbox's clock."""
    seconds: float
    """Until it was answered, by the machine's."""
    method: str
    target: str
    """The path and the query, as sent."""
    operation: str | None
    account_id: str | None
    request_headers: Headers
    request_body: bytes
    status: int
    """What left; 0 where nothing did: a fault was in the way, or the client had left."""
    decided: int
    """What would have left without a fault; 0 where a fault came before it."""
    answer_headers: Headers
    answer: Packed
    size: int
    """How many bytes are in its target, fields and bodies."""
    fault_ids: tuple[str, ...]
    """The faults that struck it, in their order."""
    client_left: bool = False
    """Whether the client had gone before anything could leave."""

    @property
    def fault_id(self) -> str | None:
        """The last fault that struck it, which decided what left."""
        return self.fault_ids[-1] if self.fault_ids else None

    @property
    def answer_body(self) -> bytes:
        """What left of the body."""
        return self.answer.body


class Match(NamedTuple):
    """Which exchanges are meant. What is None is of no matter."""

    operation: str | None = None
    account_id: str | None = None
    method: str | None = None
    status: int | None = None
    fault_id: str | None = None
    after: int = 0
    """Only those with a higher number."""

    def meets(self, exchange: Exchange) -> bool:
        """Tell whether ``exchange`` is meant."""
        return (
            exchange.number > self.after
            and self.operation in (None, exchange.operation)
            and self.account_id in (None, exchange.account_id)
            and self.method in (None, exchange.method)
            and self.status in (None, exchange.status)
            and (self.fault_id is None or self.fault_id in exchange.fault_ids)
        )

    def may_meet(self, method: str, operation: str | None, account_id: str | None) -> bool:
        """Tell whether an exchange could be meant of which no more is known yet."""
        return (
            self.method in (None, method)
            and self.operation in (None, operation)
            and self.account_id in (None, account_id)
        )

    def may_meet_evicted(self, operation: str | None, last: int) -> bool:
        """Tell whether an exchange could be meant that is gone, and ``last`` its number at most."""
        return last > self.after and self.operation in (None, operation)


class Exchanges:
    """The newest exchanges, oldest first."""

    __slots__ = ("_bytes", "_evicted", "_kept", "_last", "_waiting")

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: list[Exchange] = []
        """Not a deque: with a few exchanges in it, that takes three times as much."""
        self._bytes = 0
        self._last = 0
        self._evicted: dict[str | None, int] = {}
        """The highest number that was evicted of each operation."""
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def next_number(self) -> int:
        """The number of the next exchange."""
        return self._last + 1

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; evict the oldest where there are too many."""
        self._last = exchange.number
        kept = self._kept
        kept.append(exchange)
        self._bytes += exchange.size
        while len(kept) > MAX_EXCHANGES or self._bytes > MAX_BYTES:
            gone = kept.pop(0)
            self._bytes -= gone.size
            self._evicted[gone.operation] = gone.number
        self.wake()

    def __len__(self) -> int:
        """Give how many are kept."""
        return len(self._kept)

    def matching(self, match: Match) -> Iterator[Exchange]:
        """Give the exchanges that are meant and still there."""
        return filter(match.meets, self._kept)

    def as_they_came(self) -> Iterator[Exchange]:
        """Give all that are still there, in the order of their requests."""
        return iter(sorted(self._kept, key=_began))

    def is_complete(self, match: Match) -> bool:
        """Tell whether nothing that could be meant was evicted."""
        evicted = self._evicted.items()
        return not any(match.may_meet_evicted(operation, last) for operation, last in evicted)

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self._kept.clear()
        self._evicted.clear()
        self._bytes = 0

    def wake(self) -> None:
        """Let those look who wait for a change."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self) -> None:
        """Wait until there is another exchange, or there are others altogether."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


def _began(exchange: Exchange) -> float:
    return exchange.began
