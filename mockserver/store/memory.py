"""The memory engine: lists of events, gone when the process ends."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.ledger.events import Event


class _Stream:
    """Events after those that another stream holds up to a sequence."""

    __slots__ = ("below", "events", "first")

    def __init__(self, below: _Stream | None = None, first: int = 0) -> None:
        self.below = below
        self.first = first
        """How many events lie below."""
        self.events: list[Event] = []

    @property
    def head(self) -> int:
        return self.first + len(self.events)


class MemoryJournal:
    """A :class:`~mockserver.store.journal.Journal` in this process's memory."""

    def __init__(self) -> None:
        """Make an empty journal."""
        self._streams: dict[str, _Stream] = {}

    def append(self, stream: str, expected_seq: int, events: Sequence[Event]) -> bool:
        """Keep ``events`` if ``expected_seq`` is the last sequence; tell whether that was so."""
        kept = self._streams.get(stream)
        if kept is None:
            kept = self._streams[stream] = _Stream()
        if kept.first + len(kept.events) != expected_seq:
            return False
        kept.events.extend(events)
        return True

    def read(self, stream: str, after_seq: int) -> Sequence[Event]:
        """Give the events whose sequence is higher than ``after_seq``, in order."""
        kept = self._streams.get(stream)
        parts: list[list[Event]] = []
        until = None if kept is None else kept.head
        while kept is not None and until is not None and until > after_seq:
            parts.append(kept.events[max(after_seq - kept.first, 0) : until - kept.first])
            until = min(kept.first, until)
            kept = kept.below
        return [event for part in reversed(parts) for event in part]

    def head(self, stream: str) -> int:
        """Give the last sequence, 0 before the first event."""
        kept = self._streams.get(stream)
        return 0 if kept is None else kept.head

    def fork(self, stream: str, seq: int, new: str) -> None:
        """Begin the stream ``new`` with what ``stream`` holds up to ``seq``."""
        below = self._streams.get(stream)
        while below is not None and seq <= below.first:
            below = below.below
        self._streams[new] = _Stream(below, seq)

    def drop(self, stream: str) -> None:
        """Forget a stream. Those that went on from it keep what they began with."""
        self._streams.pop(stream, None)
