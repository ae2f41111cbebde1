"""An append-only collection whose versions share their storage.

An account is a value: every event makes a new one, and the old one stays what it was. Copying a
long history for each event would make posting slower with every item, so versions share *layers*.
A layer is a list and an index; a version is a layer and how much of it the version sees. Adding to
the version that sees all of its layer appends to it. Adding to any other begins a new layer on top
of that version, so no version ever sees what another one adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

V = TypeVar("V")

_MAX_LAYERS = 16
_NO_INDEX: dict[str, int] = {}
"""What all layers have that need none. Nothing is ever added to it."""


class _Layer(Generic[V]):
    """What some versions share: entries in order, and where the entry of each key stands."""

    __slots__ = ("below", "depth", "entries", "first_key", "index", "seen_below")

    def __init__(self, below: _Layer[V] | None = None, seen_below: int = 0) -> None:
        self.below = below
        self.seen_below = seen_below
        """How many entries of the layer below belong to this one's versions."""
        self.depth: int = 1 if below is None else below.depth + 1
        self.entries: list[V] = []
        self.first_key = ""
        """The key of the first entry."""
        self.index = _NO_INDEX
        """Made with the second entry: most layers of a sandbox have one."""

    def place(self, key: str) -> int | None:
        """Give where the entry of ``key`` stands, or None."""
        if self.index:
            return self.index.get(key)
        return 0 if self.entries and key == self.first_key else None

    def places(self) -> dict[str, int]:
        """Give where the entry of each key stands, to be added to."""
        if not self.index:
            self.index = {self.first_key: 0} if self.entries else {}
        return self.index


class History(Generic[V]):
    """An append-only sequence of keyed entries. Adding and looking up take constant time."""

    __slots__ = ("_layer", "_sealed", "_seen")

    def __init__(self) -> None:
        """Make an empty history."""
        self._layer: _Layer[V] = _Layer()
        self._seen = 0
        """How many entries of its layer belong to this version."""
        self._sealed = False

    def added(self, key: str, entry: V) -> History[V]:
        """Give the history that also holds ``entry``. ``key`` must be new to it."""
        layer, seen = self._layer, self._seen
        entries = layer.entries
        if self._sealed or len(entries) != seen:
            layer = self._new_layer()
            entries = layer.entries
            seen = len(entries)
        if entries:
            is_new = layer.places().setdefault(key, seen) == seen
            assert is_new, f"{key!r} is in this history already"
            entries.append(entry)
        else:
            layer.first_key, layer.entries = key, [entry]
        version: History[V] = History.__new__(History)
        version._layer, version._seen, version._sealed = layer, seen + 1, False
        return version

    def extended(self, keys: Sequence[str], entries: Sequence[V]) -> History[V]:
        """Give the history that also holds ``entries``, each under its key; all are new to it."""
        layer, seen = self._layer, self._seen
        if self._sealed or len(layer.entries) != seen:
            layer = self._new_layer()
            seen = len(layer.entries)
        end = seen + len(entries)
        index = layer.places()
        index.update(zip(keys, range(seen, end), strict=True))
        layer.entries += entries
        assert len(index) == end, "a key is in this history already"
        return self._version(layer, end, sealed=False)

    def sealed(self) -> History[V]:
        """Give this history as one whose successors never add to its storage.

        For what many share: additions then live, and die, with those who made them.
        """
        return self if self._sealed else self._version(self._layer, self._seen, sealed=True)

    def get(self, key: str) -> V | None:
        """Give the entry of ``key``, or None."""
        layer, seen = self._layer, self._seen
        while True:
            at = layer.place(key)
            if at is not None and at < seen:
                return layer.entries[at]
            if layer.below is None:
                return None
            layer, seen = layer.below, layer.seen_below

    @property
    def last(self) -> V | None:
        """The newest entry, or None."""
        if self._seen:
            return self._layer.entries[self._seen - 1]
        return next((layer.entries[seen - 1] for layer, seen in self._layers() if seen), None)

    def _version(self, layer: _Layer[V], seen: int, *, sealed: bool) -> History[V]:
        version: History[V] = History.__new__(History)
        version._layer, version._seen, version._sealed = layer, seen, sealed
        return version

    def _new_layer(self) -> _Layer[V]:
        """Give an empty layer over this version, or a copy of all of it where that is high."""
        if self._layer.depth < _MAX_LAYERS:
            return _Layer(self._layer, self._seen)
        flat: _Layer[V] = _Layer()
        for layer, seen in reversed(list(self._layers())):
            # the list is made at once, so that another thread may go on adding to the layer
            start = len(flat.entries)
            places = list(layer.index.items()) or [(layer.first_key, 0)]
            flat.places().update((k, start + at) for k, at in places if at < seen)
            flat.entries += layer.entries[:seen]
        return flat

    def _layers(self) -> Iterator[tuple[_Layer[V], int]]:
        """Walk the layers, top first, with how much of each this version sees."""
        layer, seen = self._layer, self._seen
        yield layer, seen
        while layer.below is not None:
            layer, seen = layer.below, layer.seen_below
            yield layer, seen

    def __len__(self) -> int:
        """Give the number of entries this version holds."""
        return sum(seen for _, seen in self._layers())

    def __iter__(self) -> Iterator[V]:
        """Walk the entries, oldest first."""
        for layer, seen in reversed(list(self._layers())):
            yield from islice(layer.entries, seen)

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold equal entries in the same order."""
        return isinstance(other, History) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, and the content is unbounded

    def __repr__(self) -> str:
        """Show the entries."""
        return f"History({list(self)!r})"
