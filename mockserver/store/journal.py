"""The journal port: an append-only list of events per sandbox, with an expected sequence.

An event's sequence is its place in its sandbox's journal, counted from 1. Whoever appends says
which sequence it has seen; if somebody else was faster, nothing is appended, and the loser reads
what it missed and decides again. So one journal can serve any number of servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mockserver.ledger.events import Event


class Journal(Protocol):
    """Where events are kept."""

    def append(self, sandbox: str, expected_seq: int, events: Sequence[Event]) -> bool:
        """Keep ``events`` if ``expected_seq`` is the last sequence; tell whether that was so."""
        ...

    def read(self, sandbox: str, after_seq: int) -> Sequence[Event]:
        """Give the events whose sequence is higher than ``after_seq``, in order."""
        ...

    def head(self, sandbox: str) -> int:
        """Give the last sequence, 0 before the first event."""
        ...
