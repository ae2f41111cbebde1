"""What a run consists of."""

from __future__ import annotations

from typing import NamedTuple

from contract_tests.rules import LAYERS

ORDER = (
    *("money", "growth", "accepts", "http", "refuses", "records", "auth", "concurrency"),
    *("model", "shape"),
)
"""In which order layers run: what tells most for its time comes first, as the time may not suffice
for all; growth as soon as there are items, as what grows slow takes the time of the rest. A quick
run goes through all of them at once (quick_order.py)."""


class Plan(NamedTuple):
    """What a run consists of."""

    seed: int = 0
    is_quick: bool = False
    is_strict: bool = False
    layers: tuple[str, ...] = LAYERS
    operations: tuple[str, ...] = ()
    """Only rules of these operations; empty: of all."""
    budget_seconds: float | None = None
    everything: bool = False
    """Whether to ask for assumptions that take other accounts than those that are named."""
    baseline: frozenset[str] = frozenset()
    """Ids of rules that are known to be broken."""
