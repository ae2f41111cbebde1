"""A persistent sorted collection: every version is a value of its own.

Entries lie in chunks of some hundred. A change copies one chunk and the list of chunks and shares
all others, so it costs about the same in a collection of ten as in one of a hundred thousand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

E = TypeVar("E", bound=tuple[Any, ...])

_MAX_CHUNK = 512


class Ordered(Generic[E]):
    """Tuples in ascending order. A tuple's first two fields are its key, and unique."""

    __slots__ = ("_chunks", "_length")

    def __init__(self, entries: Iterable[E] = ()) -> None:
        """Make one that holds ``entries``, in whatever order they come."""
        ordered = sorted(entries)
        starts = range(0, len(ordered), _MAX_CHUNK)
        self._chunks = tuple(tuple(ordered[at : at + _MAX_CHUNK]) for at in starts)
        self._length = len(ordered)

    @property
    def head(self) -> E | None:
        """The first tuple, or None."""
        return self._chunks[0][0] if self._chunks else None

    def added(self, entry: E) -> Ordered[E]:
        """Give the collection that also holds ``entry``, whose key must be new to it."""
        chunks = self._chunks
        if not chunks:
            return self._with(((entry,),), 1)
        last = chunks[-1]
        if last[-1] < entry:
            if len(last) < _MAX_CHUNK:
                return self._with((*chunks[:-1], (*last, entry)), 1)
            return self._with((*chunks, (entry,)), 1)
        at = max(bisect_right(chunks, (entry,)) - 1, 0)
        chunk = chunks[at]
        inside = bisect_left(chunk, entry)
        chunk = (*chunk[:inside], entry, *chunk[inside:])
        half = len(chunk) if len(chunk) <= _MAX_CHUNK else len(chunk) // 2
        return self._with(self._spliced(at, chunk[:half], chunk[half:]), 1)

    def removed(self, entry: E) -> Ordered[E]:
        """Give the collection without the tuple that has the key of ``entry``, which it holds."""
        at, inside = self._place(entry[:2])
        chunk = self._chunks[at]
        return self._with(self._spliced(at, (*chunk[:inside], *chunk[inside + 1 :])), -1)

    def replaced(self, entry: E) -> Ordered[E]:
        """Give the collection with ``entry`` instead of the tuple that has its key."""
        at, inside = self._place(entry[:2])
        chunk = self._chunks[at]
        return self._with(self._spliced(at, (*chunk[:inside], entry, *chunk[inside + 1 :])), 0)

    def without_head(self) -> Ordered[E]:
        """Give the collection without its first tuple, which there is."""
        first, *_ = chunks = self._chunks
        if len(first) == 1:
            return self._with(chunks[1:], -1)
        return self._with((first[1:], *chunks[1:]), -1)

    def with_head(self, head: E) -> Ordered[E]:
        """Give the collection with ``head`` instead of the first tuple; they have one key."""
        chunks = self._chunks
        return self._with(((head, *chunks[0][1:]), *chunks[1:]), 0)

    def find(self, key: tuple[Any, Any]) -> E | None:
        """Give the tuple that has this key, or None."""
        at, inside = self._place(key)
        if at == len(self._chunks) or self._chunks[at][inside][:2] != key:
            return None
        return self._chunks[at][inside]

    def above(self, key: tuple[Any, Any]) -> Iterator[E]:
        """Walk the tuples whose key is greater, the nearest first."""
        at, inside = self._place(key)
        for chunk in self._chunks[at : at + 1]:
            yield from chunk[inside + (chunk[inside][:2] == key) :]
        for chunk in self._chunks[at + 1 :]:
            yield from chunk

    def below(self, key: tuple[Any, Any] | None = None) -> Iterator[E]:
        """Walk the tuples whose key is smaller, or all of them, the greatest first."""
        at, inside = (len(self._chunks), 0) if key is None else self._place(key)
        for chunk in self._chunks[at : at + 1]:
            yield from reversed(chunk[:inside])
        for chunk in reversed(self._chunks[:at]):
            yield from reversed(chunk)

    def _place(self, key: tuple[Any, ...]) -> tuple[int, int]:
        """Give the chunk, and the place in it, of the first tuple that is not below ``key``."""
        at = bisect_left(self._chunks, (key,))
        if at:
            inside = bisect_left(self._chunks[at - 1], key)
            if inside < len(self._chunks[at - 1]):
                return at - 1, inside
        return at, 0

    def _spliced(self, at: int, *chunks: tuple[E, ...]) -> tuple[tuple[E, ...], ...]:
        kept = (chunk for chunk in chunks if chunk)
        return (*self._chunks[:at], *kept, *self._chunks[at + 1 :])

    def _with(self, chunks: tuple[tuple[E, ...], ...], more: int) -> Ordered[E]:
        successor: Ordered[E] = Ordered.__new__(Ordered)
        successor._chunks = chunks
        successor._length = self._length + more
        return successor

    def __len__(self) -> int:
        """Give the number of tuples."""
        return self._length

    def __iter__(self) -> Iterator[E]:
        """Walk the tuples in order."""
        for chunk in self._chunks:
            yield from chunk

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold equal tuples."""
        return isinstance(other, Ordered) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, and the content is unbounded

    def __repr__(self) -> str:
        """Show the tuples."""
        return f"Ordered({list(self)!r})"
