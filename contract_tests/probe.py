"""Probes: functions that look at a server for some rules, in the layer they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from contract_tests.bench import Bench

Look: TypeAlias = Callable[[Bench], None]


class Turn(Enum):
    """When a probe looks."""

    FIRST = auto()
    """Before all layers: at what others change."""
    SOON = auto()
    """When its layer runs; in a quick run one of each module of each layer after the other."""
    LATER = auto()
    """Then too; but in a quick run after all layers, if there is time."""
    FULL = auto()
    """In a full run only."""


class Probe(NamedTuple):
    """One look at a server. It can be repeated: every time with ids of its own."""

    layer: str
    rules: tuple[str, ...]
    """What it is about, of its layer; on the way it may see others broken."""
    look: Look
    writes: bool
    """Whether it posts."""
    turn: Turn
    """When it looks."""
    is_called_early: Callable[[Bench], bool] | None
    """Tells whether it has to look at once, whatever layer is at work."""

    @property
    def name(self) -> str:
        """The layer, a dot, and what is looked at."""
        return f"{self.layer}.{self.look.__name__}"


PROBES: list[Probe] = []
"""All there are; those of a layer in the order in which they look."""


def probe(
    layer: str,
    *rules: str,
    writes: bool = True,
    turn: Turn = Turn.SOON,
    is_called_early: Callable[[Bench], bool] | None = None,
) -> Callable[[Look], Look]:
    """Make a function a probe of ``layer``, about these rules of it."""

    def register(look: Look) -> Look:
        PROBES.append(Probe(layer, rules, look, writes, turn, is_called_early))
        return look

    return register


def all_probes() -> Iterator[Probe]:
    """Give all there are."""
    return iter(PROBES)


def dealt(layers: Iterable[str], turn: Turn) -> Iterator[Probe]:
    """Give the probes of a turn: one of each module of each layer, then the next of each."""
    columns: dict[tuple[str, str], list[Probe]] = {}
    for layer in layers:
        for probe in of_layer(layer):
            if probe.turn is turn:
                columns.setdefault((layer, probe.look.__module__), []).append(probe)
    rows = zip_longest(*columns.values())
    return (probe for row in rows for probe in row if probe is not None)


def of_layer(layer: str) -> Iterator[Probe]:
    """Give the probes of a layer, in the order in which they look."""
    return (probe for probe in PROBES if probe.layer == layer)
