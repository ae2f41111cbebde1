"""What a run found: values that every report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from contract_tests.exchange import Exchange
from contract_tests.rules import Assumption, Rule


class RuleState(StrEnum):
    """What is known of a rule after a run."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNTESTED = "untested"
    """It was not seen: the server lacks an operation, or the run a permission, an account, time."""


class AssumptionState(StrEnum):
    """What is known of an assumption after a run."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNTESTED = "untested"


class Finding(NamedTuple):
    """A broken rule."""

    rule: Rule
    layer: str
    """The layer that found it, which is mostly the rule's own."""
    expected: str
    got: str
    curl: str
    """A command that shows it when it is pasted: one line, or a short script. The token stands in
    it as ``$CANOPY_TOKEN``.
    """
    seen: int
    """How often it was seen, in ``tries``."""
    tries: int
    exchanges: Sequence[Exchange]
    """Those of the last time it was seen."""
    is_accepted: bool = False
    """Whether the baseline knows it."""

    @property
    def is_flaky(self) -> bool:
        """Whether it did not show every time."""
        return self.seen < self.tries


class RuleResult(NamedTuple):
    """What became of a rule."""

    rule: Rule
    state: RuleState
    checks: int
    """How often it was checked."""
    reason: str = ""
    """Why it is untested, if it is."""


class AssumptionResult(NamedTuple):
    """What became of an assumption."""

    assumption: Assumption
    state: AssumptionState
    seen: str
    """What was seen instead, or why it is untested; empty where it is confirmed."""


class LayerResult(NamedTuple):
    """What became of a layer."""

    name: str
    seconds: float
    exchanges: int
    untested: str
    """Why something of it did not run; empty if all did."""


class Report(NamedTuple):
    """A whole run."""

    url: str
    version: str
    """Of the kit."""
    seed: int
    is_quick: bool
    is_strict: bool
    """Whether a refuted assumption counts as a broken rule."""
    began: datetime
    seconds: float
    layers: Sequence[LayerResult]
    rules: Sequence[RuleResult]
    findings: Sequence[Finding]
    """Failures: the first that was found, and then the gravest first (telling.py)."""
    assumptions: Sequence[AssumptionResult]
    coverage: Mapping[tuple[str, int], int]
    """How many answers were seen, by operation and status; 0 is: no answer."""
    exchanges: Sequence[Exchange]
    left_behind: Sequence[str]
    """One line for each account: what the run left on it."""
    notes: Sequence[str]
    options: Sequence[str] = ()
    """What else the command was given, but for what is secret."""

    @property
    def is_kept(self) -> bool:
        """Whether the contract is kept, as far as was seen."""
        broken = any(not finding.is_accepted for finding in self.findings)
        return not broken and not self._is_refuted and not self.is_void

    @property
    def is_void(self) -> bool:
        """Whether nothing was seen, neither right nor wrong."""
        is_held = any(of.state is RuleState.HOLDS for of in self.rules)
        return not is_held and not self.findings and not self._is_refuted

    @property
    def _is_refuted(self) -> bool:
        """Whether an assumption is, and counts."""
        refuted = any(of.state is AssumptionState.REFUTED for of in self.assumptions)
        return self.is_strict and refuted
