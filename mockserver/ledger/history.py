"""Two immutable collections whose versions share their storage.

An account is a value: every event makes a new one, and the old one stays what it was. Copying a
long history for each event would make posting slower with every item, so a version is a *window*
on a list that it shares with its successors. Adding at the end of the newest version appends to
the shared list; adding to an older version first copies what that version can see. Entries are
never changed or removed, so no version ever sees another one's additions.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

V = TypeVar("V")
E = TypeVar("E", bound=tuple[Any, ...])


class History(Generic[V]):
    """An append-only sequence of keyed entries. Adding and looking up take constant time."""

    __slots__ = ("_entries", "_index", "_length")

    def __init__(self) -> None:
        """Make an empty history."""
        self._entries: list[V] = []
        self._index: dict[str, int] = {}
        self._length = 0

    def added(self, key: str, entry: V) -> History[V]:
        """Give the history that also holds ``entry``. ``key`` must be new to it."""
        assert self.get(key) is None, f"{key!r} is in this history already"
        successor: History[V] = History.__new__(History)
        if len(self._entries) == self._length:
            successor._entries, successor._index = self._entries, self._index
        else:
            successor._entries = self._entries[: self._length]
            successor._index = {k: at for k, at in self._index.items() if at < self._length}
        successor._entries.append(entry)
        successor._index[key] = self._length
        successor._length = self._length + 1
        return successor

    def get(self, key: str) -> V | None:
        """Give the entry of ``key``, or None."""
        at = self._index.get(key)
        return None if at is None or at >= self._length else self._entries[at]

    def __len__(self) -> int:
        """Give the number of entries this version holds."""
        return self._length

    def __iter__(self) -> Iterator[V]:
        """Walk the entries, oldest first."""
        return iter(self._entries[: self._length])

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold equal entries in the same order."""
        return isinstance(other, History) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, and the content is unbounded

    def __repr__(self) -> str:
        """Show the entries."""
        return f"History({list(self)!r})"


class Queue(Generic[E]):
    """Tuples in ascending order, taken from the front.

    Pushing a tuple that belongs at the end, and replacing or dropping the head, take constant
    time; pushing one that belongs further in copies the queue. No two tuples compare equal.
    """

    __slots__ = ("_entries", "_head", "_start", "_stop")

    def __init__(self) -> None:
        """Make an empty queue."""
        self._entries: list[E] = []
        self._start = 0
        self._stop = 0
        self._head: E | None = None

    def _window(self, entries: list[E], start: int, stop: int, head: E | None) -> Queue[E]:
        window: Queue[E] = Queue.__new__(Queue)
        window._entries, window._start, window._stop, window._head = entries, start, stop, head
        return window

    @property
    def head(self) -> E | None:
        """The first tuple, or None."""
        if self._head is not None:
            return self._head
        return self._entries[self._start] if self._start < self._stop else None

    def pushed(self, entry: E) -> Queue[E]:
        """Give the queue that also holds ``entry``, in its place."""
        if self._start == self._stop or self._last() < entry:
            entries, start = self._entries, self._start
            if len(entries) != self._stop:
                entries, start = entries[self._start : self._stop], 0
            entries.append(entry)
            return self._window(entries, start, start + len(self) + 1, self._head)
        entries = list(self)
        insort(entries, entry)
        return self._window(entries, 0, len(entries), None)

    def with_head(self, head: E) -> Queue[E]:
        """Give the queue whose first tuple is ``head`` instead; it must sort in the same place."""
        return self._window(self._entries, self._start, self._stop, head)

    def without_head(self) -> Queue[E]:
        """Give the queue without its first tuple."""
        return self._window(self._entries, self._start + 1, self._stop, None)

    def find(self, start: tuple[Any, ...]) -> E | None:
        """Give the tuple that begins with ``start``, or None."""
        head = self.head
        if head is None or head[: len(start)] == start:
            return head
        at = bisect_left(self._entries, start, self._start + 1, self._stop)
        if at < self._stop and self._entries[at][: len(start)] == start:
            return self._entries[at]
        return None

    def _last(self) -> E:
        if self._head is not None and len(self) == 1:
            return self._head
        return self._entries[self._stop - 1]

    def __len__(self) -> int:
        """Give the number of tuples this version holds."""
        return self._stop - self._start

    def __iter__(self) -> Iterator[E]:
        """Walk the tuples in order."""
        head = self.head
        if head is not None:
            yield head
            yield from self._entries[self._start + 1 : self._stop]

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold equal tuples."""
        return isinstance(other, Queue) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, and the content is unbounded

    def __repr__(self) -> str:
        """Show the tuples."""
        return f"Queue({list(self)!r})"
