"""The register of assumptions: how each is looked at, and what a server makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from inspect import getdoc
from typing import NamedTuple, TypeAlias

from contract_tests.bench import Bench, UntestedError
from contract_tests.client import OutOfTimeError
from contract_tests.findings import AssumptionResult, AssumptionState
from contract_tests.rules import assumptions

MODULES = (
    *("amounts_and_ids", "repeats", "instants", "buckets", "answers"),
    *("errors", "refusals", "bodies", "paths", "lists", "tokens"),
    *("closed", "reversals", "products", "cycles"),
)
"""Where the looks are, in this package."""


class Seen(NamedTuple):
    """What a look at a server gave."""

    confirmed: bool
    what: str
    """One sentence; it is told where the server does otherwise."""


Look: TypeAlias = Callable[[Bench], Seen]


class Assumed(NamedTuple):
    """How an assumption is looked at."""

    assumption_id: str
    otherwise: str
    """What a server shows that does otherwise."""
    look: Look
    posts: bool
    """Whether it needs leave to write."""
    is_wide: bool
    """Whether it changes more than the accounts that were named: it opens accounts, say."""

    @property
    def how(self) -> str:
        """How it is looked at: one sentence."""
        doc = getdoc(self.look)
        assert doc, f"{self.assumption_id}: a look without a docstring"
        return " ".join(doc.partition("\n\n")[0].split())


_LOOKS: dict[str, Assumed] = {}


def assumption(
    assumption_id: str, *, otherwise: str, posts: bool = True, wide: bool = False
) -> Callable[[Look], Look]:
    """Make a function the look at an assumption; ``otherwise`` is what else a server may show."""

    def add(look: Look) -> Look:
        assert assumption_id not in _LOOKS, f"{assumption_id} is looked at twice"
        _LOOKS[assumption_id] = Assumed(assumption_id, otherwise, look, posts or wide, wide)
        return look

    return add


@cache
def register() -> Mapping[str, Assumed]:
    """Give the looks at all assumptions by id, in the order of ``openapi.yaml``."""
    for module in MODULES:
        import_module(f"contract_tests.assuming.{module}")
    order = list(assumptions())
    known = (look for look in order if look in _LOOKS)
    return {name: _LOOKS[name] for name in (*known, *(_LOOKS.keys() - order))}


def examine(bench: Bench, *, everything: bool) -> list[AssumptionResult]:
    """Look at all assumptions; give what became of each, in the order of ``openapi.yaml``.

    ``everything`` also looks at what opens accounts, creates products and rolls time: for a server
    that belongs to whoever runs this. Nothing is noted as kept or broken.
    """
    results = []
    is_out_of_time = False
    for name, said in assumptions().items():
        assumed = register()[name]
        state, told = AssumptionState.UNTESTED, "out of time"
        if not is_out_of_time:
            try:
                state, told = _examine(bench, assumed, everything=everything)
            except OutOfTimeError:
                is_out_of_time = True
        results.append(AssumptionResult(said, state, told))
    return results


def _examine(bench: Bench, assumed: Assumed, *, everything: bool) -> tuple[AssumptionState, str]:
    """Look at one assumption. Raises OutOfTimeError."""
    if assumed.posts and not bench.target.allows_writes:
        return AssumptionState.UNTESTED, "needs --allow-writes"
    if assumed.is_wide and not everything:
        return AssumptionState.UNTESTED, "changes more than the accounts that were named"
    try:
        seen = assumed.look(bench)
    except UntestedError as untested:
        return AssumptionState.UNTESTED, str(untested)
    if seen.confirmed:
        return AssumptionState.CONFIRMED, ""
    return AssumptionState.REFUTED, seen.what
