"""The journal port: append-only streams of events, each with an expected sequence.

An event's sequence is its place in its stream, counted from 1. Whoever appends says which sequence
it has seen; if somebody else was faster, nothing is appended, and the loser reads what it missed
and decides again. So one journal can serve any number of servers. A stream can go on from the
middle of another: what a snapshot holds is never copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mockserver.ledger.events import Event


class Journal(Protocol):
    """Where events are kept."""

    def append(self, stream: str, expected_seq: int, events: Sequence[Event]) -> bool:
        """Keep ``events`` if ``expected_seq`` is the last sequence; tell whether that was so."""
        ...

    def read(self, stream: str, after_seq: int) -> Sequence[Event]:
        """Give the events whose sequence is higher than ``after_seq``, in order."""
        ...

    def head(self, stream: str) -> int:
        """Give the last sequence, 0 before the first event."""
        ...

    def fork(self, stream: str, seq: int, new: str) -> None:
        """Begin the stream ``new`` with what ``stream`` holds up to ``seq``."""
        ...

    def drop(self, stream: str) -> None:
        """Forget a stream. Those that went on from it keep what they began with."""
        ...
