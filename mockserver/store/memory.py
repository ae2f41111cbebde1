"""The memory engine: a list of events per sandbox, gone when the process ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mockserver.ledger.events import Event


class MemoryJournal:
    """A :class:`~mockserver.store.journal.Journal` in this process's memory."""

    def __init__(self) -> None:
        """Make an empty journal."""
        self._events: defaultdict[str, list[Event]] = defaultdict(list)

    def append(self, sandbox: str, expected_seq: int, events: Sequence[Event]) -> bool:
        """Keep ``events`` if ``expected_seq`` is the last sequence; tell whether that was so."""
        kept = self._events[sandbox]
        if len(kept) != expected_seq:
            return False
        kept.extend(events)
        return True

    def read(self, sandbox: str, after_seq: int) -> Sequence[Event]:
        """Give the events whose sequence is higher than ``after_seq``, in order."""
        return self._events[sandbox][after_seq:]

    def head(self, sandbox: str) -> int:
        """Give the last sequence, 0 before the first event."""
        return len(self._events[sandbox])
