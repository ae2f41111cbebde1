"""A persistent sorted collection: every version is a value of its own.

Entries lie in chunks of some hundred. A change copies one chunk and the list of chunks and shares
all others, so it costs about the same in a collection of ten as in one of a hundred thousand. What
is added at the end, as most is, first gathers in a *tail* that versions share: each sees as much of
it as there was when it was made, and only the one that sees all of it appends.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

E = TypeVar("E", bound=tuple[Any, ...])

_Chunks: TypeAlias = tuple[tuple[E, ...], ...]

_MAX_CHUNK = 512
_MANY = 64
"""From so many entries on, what is added at once makes chunks of its own."""


_NO_TAIL: list[Any] = []
"""What a version has that sees none: its successor begins a tail of its own."""


class Ordered(Generic[E]):
    """Tuples in ascending order. A tuple's first two fields are its key, and unique."""

    __slots__ = ("_chunks", "_seen", "_tail")

    def __init__(self, entries: Iterable[E] = ()) -> None:
        """Make one that holds ``entries``, in whatever order they come."""
        ordered = sorted(entries)
        starts = range(0, len(ordered), _MAX_CHUNK)
        self._chunks: _Chunks[E] = tuple(tuple(ordered[at : at + _MAX_CHUNK]) for at in starts)
        self._tail: list[E] = _NO_TAIL
        self._seen = 0
        """How much of the tail this version sees."""

    def sealed(self) -> Ordered[E]:
        """Give this collection as one whose successors never add to its storage."""
        # nobody adds to the tail of a version that sees nothing of it
        return self._with(self._all_chunks()) if self._seen else self

    @property
    def head(self) -> E | None:
        """The first tuple, or None."""
        if self._chunks:
            return self._chunks[0][0]
        return self._tail[0] if self._seen else None

    def added(self, entry: E) -> Ordered[E]:
        """Give the collection that also holds ``entry``, whose key must be new to it."""
        chunks, tail, seen = self._chunks, self._tail, self._seen
        last = tail[seen - 1] if seen else chunks[-1][-1] if chunks else None
        if last is None or last < entry:
            if seen == _MAX_CHUNK:
                chunks, tail, seen = self._all_chunks(), [], 0
            if len(tail) == seen and seen:
                tail.append(entry)
            else:  # a list of one, written so, has no room that nobody needs
                tail = [*tail[:seen], entry] if seen else [entry]
            successor: Ordered[E] = Ordered.__new__(Ordered)
            successor._chunks, successor._tail, successor._seen = chunks, tail, seen + 1
            return successor
        chunks = self._all_chunks()
        at = max(bisect_right(chunks, (entry,)) - 1, 0)
        chunk = chunks[at]
        inside = bisect_left(chunk, entry)
        chunk = (*chunk[:inside], entry, *chunk[inside:])
        half = len(chunk) if len(chunk) <= _MAX_CHUNK else len(chunk) // 2
        return self._with(_spliced(chunks, at, chunk[:half], chunk[half:]))

    def extended(self, entries: Sequence[E]) -> Ordered[E]:
        """Give the collection that also holds ``entries``, which ascend and are new to it."""
        chunks = self._all_chunks()
        if len(entries) < _MANY or (chunks and chunks[-1][-1] > entries[0]):
            return reduce(Ordered.added, entries, self)
        starts = range(0, len(entries), _MAX_CHUNK)
        return self._with((*chunks, *(tuple(entries[at : at + _MAX_CHUNK]) for at in starts)))

    def removed(self, entry: E) -> Ordered[E]:
        """Give the collection without the tuple that has the key of ``entry``, which it holds."""
        chunks = self._all_chunks()
        at, inside = _place(chunks, entry[:2])
        chunk = chunks[at]
        return self._with(_spliced(chunks, at, (*chunk[:inside], *chunk[inside + 1 :])))

    def without_head(self) -> Ordered[E]:
        """Give the collection without its first tuple, which there is."""
        if not self._chunks:
            return self.sealed().without_head()
        first = self._chunks[0]
        rest = self._chunks[1:] if len(first) == 1 else (first[1:], *self._chunks[1:])
        return self._with(rest, self._tail, self._seen)

    def with_head(self, head: E) -> Ordered[E]:
        """Give the collection with ``head`` instead of the first tuple; they have one key."""
        if not self._chunks:
            return self.sealed().with_head(head)
        first, *behind = self._chunks
        if len(first) > 1:  # it changes again: the others are not copied then
            behind.insert(0, first[1:])
        successor: Ordered[E] = Ordered.__new__(Ordered)
        successor._chunks = ((head,), *behind)
        successor._tail, successor._seen = self._tail, self._seen
        return successor

    def with_head_apart(self) -> Ordered[E]:
        """Give the same, so that not even the first :meth:`with_head` copies the others."""
        chunks = self._chunks
        return self.with_head(chunks[0][0]) if chunks and len(chunks[0]) > 1 else self

    def find(self, key: tuple[Any, Any]) -> E | None:
        """Give the tuple that has this key, or None."""
        if self._seen and self._tail[0][:2] <= key:
            at = bisect_left(self._tail, key, 0, self._seen)
            found = self._tail[at] if at < self._seen else None
        else:
            at, inside = _place(self._chunks, key)
            found = self._chunks[at][inside] if at < len(self._chunks) else None
        return found if found is not None and found[:2] == key else None

    def above(self, key: tuple[Any, Any]) -> Iterator[E]:
        """Walk the tuples whose key is greater, the nearest first."""
        chunks = self._all_chunks()
        at, inside = _place(chunks, key)
        for chunk in chunks[at : at + 1]:
            yield from chunk[inside + (chunk[inside][:2] == key) :]
        for chunk in chunks[at + 1 :]:
            yield from chunk

    def below(self, key: tuple[Any, Any] | None = None) -> Iterator[E]:
        """Walk the tuples whose key is smaller, or all of them, the greatest first."""
        chunks = self._all_chunks()
        at, inside = (len(chunks), 0) if key is None else _place(chunks, key)
        for chunk in chunks[at : at + 1]:
            yield from reversed(chunk[:inside])
        for chunk in reversed(chunks[:at]):
            yield from reversed(chunk)

    def _all_chunks(self) -> _Chunks[E]:
        """Give the chunks, what this version sees of the tail among them."""
        if not self._seen:
            return self._chunks
        seen = tuple(self._tail[: self._seen])
        if self._chunks and len(self._chunks[-1]) + len(seen) <= _MAX_CHUNK:
            return (*self._chunks[:-1], (*self._chunks[-1], *seen))
        return (*self._chunks, seen)

    def _with(self, chunks: _Chunks[E], tail: list[E] | None = None, seen: int = 0) -> Ordered[E]:
        successor: Ordered[E] = Ordered.__new__(Ordered)
        successor._chunks = chunks
        successor._tail = _NO_TAIL if tail is None else tail
        successor._seen = seen
        return successor

    def __len__(self) -> int:
        """Give the number of tuples."""
        return sum(map(len, self._chunks)) + self._seen

    def __iter__(self) -> Iterator[E]:
        """Walk the tuples in order."""
        for chunk in self._chunks:
            yield from chunk
        yield from islice(self._tail, self._seen)

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold equal tuples."""
        return isinstance(other, Ordered) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, and the content is unbounded

    def __repr__(self) -> str:
        """Show the tuples."""
        return f"Ordered({list(self)!r})"


def _place(chunks: _Chunks[E], key: tuple[Any, ...]) -> tuple[int, int]:
    """Give the chunk, and the place in it, of the first tuple that is not below ``key``."""
    at = bisect_left(chunks, (key,))
    if at:
        inside = bisect_left(chunks[at - 1], key)
        if inside < len(chunks[at - 1]):
            return at - 1, inside
    return at, 0


def _spliced(chunks: _Chunks[E], at: int, *instead: tuple[E, ...]) -> _Chunks[E]:
    kept = (chunk for chunk in instead if chunk)
    return (*chunks[:at], *kept, *chunks[at + 1 :])
