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
    IN_ORDER = auto()
    """When its layer runs, or where quick_order.py has it."""
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
    turn: Turn = Turn.IN_ORDER,
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


def first_of(layers: Iterable[str]) -> Iterator[Probe]:
    """Give what looks before all layers, one of each layer after the other."""
    columns = [[probe for probe in of_layer(of) if probe.turn is Turn.FIRST] for of in layers]
    return (probe for row in zip_longest(*columns) for probe in row if probe is not None)


def named(names: Iterable[str]) -> Iterator[Probe]:
    """Give the probes with these names, as far as there are such, in their order."""
    known = {probe.name: probe for probe in PROBES}
    return (known[name] for name in names if name in known)


def of_layer(layer: str) -> Iterator[Probe]:
    """Give the probes of a layer, in the order in which they look."""
    return (probe for probe in PROBES if probe.layer == layer)
