"""How many requests a token may send, in windows of the sandbox's clock."""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple


class Rate(NamedTuple):
    """So many requests in each window. Windows begin at multiples of their length since 1970."""

    requests: int
    seconds: float = 1.0

    def window_of(self, now: datetime) -> int:
        """Give the number of the window that ``now`` lies in."""
        return math.floor(now.timestamp() / self.seconds)


MAX_SENDERS = 1_000
"""How many are counted each by itself; all others in a window share one count."""


class RateLimit:
    """Counts what everybody sends, and says when it is too much."""

    __slots__ = ("_counts", "_window", "rate")

    def __init__(self, rate: Rate | None) -> None:
        """Let in what ``rate`` allows; None is everything."""
        self.change(rate)

    def change(self, rate: Rate | None) -> None:
        """Let in what another ``rate`` allows, and begin to count anew."""
        self.rate = rate
        self._window = 0
        self._counts: dict[bytes, int] = {}
        """How many requests there were in this window, by who sent them."""

    def seconds_to_wait(self, sender: bytes, now: datetime) -> int | None:
        """Count a request of ``sender``: a token, or the id of a client that asks for one.

        Gives None to let it in, or in how many seconds to try again.
        """
        rate = self.rate
        if rate is None:
            return None
        window = rate.window_of(now)
        if window != self._window:
            self._window, self._counts = window, {}
        if sender not in self._counts and len(self._counts) >= MAX_SENDERS:
            sender = b""
        count = self._counts.get(sender, 0)
        if count < rate.requests:
            self._counts[sender] = count + 1
            return None
        return max(1, math.ceil((window + 1) * rate.seconds - now.timestamp()))
