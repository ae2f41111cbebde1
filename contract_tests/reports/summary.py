"""What all reports say alike: the verdict, the counts, and what was covered and what was not."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contract_tests.findings import (
    AssumptionResult,
    AssumptionState,
    Finding,
    Report,
    RuleResult,
    RuleState,
)
from contract_tests.rules import Rule

NO_REASON = "the server lacks an operation, or the run an account, a permission or time"
NO_ANSWER = "no answer"
NO_OPERATION = "none of the contract"
MAX_REASONS = 300
"""Characters, of why nothing could be checked."""
_KEPT_CONTROLS = frozenset("\n\t")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Untested(NamedTuple):
    """What of a layer was not seen, for one reason."""

    layer: str
    rules: Sequence[RuleResult]
    reason: str


class Covered(NamedTuple):
    """What was seen of an operation."""

    operation: str
    answers: Sequence[tuple[str, int]]
    """Each status, and how often it was seen."""

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(count for _, count in self.answers)

    @property
    def told(self) -> str:
        """Give ``200 (45), 400 (12)``."""
        return ", ".join(f"{status} ({count:,})" for status, count in self.answers)


def counted(number: int, noun: str) -> str:
    """Give ``1 rule`` or ``3 rules``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def word(report: Report) -> str:
    """Give the verdict in a word."""
    if report.is_void:
        return "NOT CHECKED"
    return "KEPT" if report.is_kept else "BROKEN"


def why_void(report: Report) -> str:
    """Say why nothing could be checked."""
    each = (reason for of in untested(report) for reason in of.reason.split("; "))
    reasons = "; ".join(dict.fromkeys(each)) or NO_REASON
    return reasons if len(reasons) <= MAX_REASONS else f"{reasons[: MAX_REASONS - 1]}…"


def verdict(report: Report) -> str:
    """Give the verdict in a sentence, such as ``KEPT: 80 rules hold, 4 rules are untested.``."""
    broken = len(broken_rules(failures(report)))
    accepted = len(broken_rules(accepted_findings(report)))
    refuted = len(assumptions(report, AssumptionState.REFUTED)) if report.is_strict else 0
    hold = len(results(report, RuleState.HOLDS))
    untested = len(results(report, RuleState.UNTESTED))
    parts = [
        _are(broken, "rule", "broken"),
        _are(refuted, "assumption", "refuted"),
        _are(accepted, "broken rule", "accepted"),
        f"{counted(hold, 'rule')} {'holds' if hold == 1 else 'hold'}",
        _are(untested, "rule", "untested"),
    ]
    return f"{word(report)}: {', '.join(filter(None, parts))}."


def _are(number: int, noun: str, state: str) -> str:
    verb = "is" if number == 1 else "are"
    return f"{counted(number, noun)} {verb} {state}" if number else ""


def failures(report: Report) -> list[Finding]:
    """Give the findings that the baseline does not know, in the order of the report."""
    return [finding for finding in report.findings if not finding.is_accepted]


def accepted_findings(report: Report) -> list[Finding]:
    """Give the findings that the baseline knows."""
    return [finding for finding in report.findings if finding.is_accepted]


def broken_rules(findings: Iterable[Finding]) -> set[str]:
    """Give the ids of the rules that ``findings`` are about."""
    return {finding.rule.rule_id for finding in findings}


def results(report: Report, state: RuleState) -> list[RuleResult]:
    """Give what became of the rules in this state."""
    return [of for of in report.rules if of.state is state]


def assumptions(report: Report, state: AssumptionState) -> list[AssumptionResult]:
    """Give what became of the assumptions in this state."""
    return [of for of in report.assumptions if of.state is state]


def by_reason(told: Iterable[AssumptionResult]) -> dict[str, list[str]]:
    """Give the ids of assumptions by what was seen, or by why nothing was."""
    reasons: dict[str, list[str]] = {}
    for of in told:
        reasons.setdefault(of.seen or NO_REASON, []).append(of.assumption.assumption_id)
    return reasons


def all_rules(report: Report) -> list[Rule]:
    """Give the rules of the report in order, with those that only a finding names at the end."""
    return list(
        dict.fromkeys((*(of.rule for of in report.rules), *(of.rule for of in report.findings)))
    )


def untested(report: Report) -> list[Untested]:
    """Give what was not seen, by layer, in the order of the layers, and by reason."""
    layers = {layer.name: layer.untested for layer in report.layers}
    groups: dict[str, dict[str, list[RuleResult]]] = {name: {} for name in layers}
    for of in results(report, RuleState.UNTESTED):
        layer = of.rule.layer
        reason = of.reason or layers.get(layer) or NO_REASON
        groups.setdefault(layer, {}).setdefault(reason, []).append(of)
    for layer, reason in layers.items():
        if reason and not groups[layer]:  # cut short, and still nothing of it unseen
            groups[layer][reason] = []
    return [
        Untested(layer, rules, reason)
        for layer, reasons in groups.items()
        for reason, rules in reasons.items()
    ]


def coverage(report: Report) -> list[Covered]:
    """Give what was seen of each operation, by name, the statuses in their order."""
    operations: dict[str, list[tuple[str, int]]] = {}
    in_order = sorted(report.coverage.items(), key=lambda of: (of[0][0], not of[0][1], of[0][1]))
    for (operation, status), count in in_order:
        if count:
            told = str(status) if status else NO_ANSWER
            operations.setdefault(operation, []).append((told, count))
    return [
        Covered(operation or NO_OPERATION, answers) for operation, answers in operations.items()
    ]


def label(finding: Finding) -> str:
    """Give ``flaky 2/5`` for a finding that did not show every time, or nothing."""
    return f"flaky {finding.seen}/{finding.tries}" if finding.is_flaky else ""


def repeat(report: Report) -> str:
    """Give the command that does the run again; its token is that of the environment."""
    words = ["canopy-mock", "check", report.url, *report.options, "--seed", str(report.seed)]
    words += ["--quick"] * report.is_quick + ["--strict"] * report.is_strict
    return shlex.join(words)


def printable(text: str) -> str:
    r"""Give ``text`` with what nobody sees written out: ``\x1b`` for an escape character.

    A server's words may neither steer a terminal nor break an XML document. Line breaks and tabs
    stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _written_out(character) if _is_invisible(character) else character for character in text
    )


def _is_invisible(character: str) -> bool:
    return character not in _KEPT_CONTROLS and unicodedata.category(character) in _INVISIBLE


def _written_out(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
