"""What a run tells of what it found: what comes first, and what has to be said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract_tests.findings import AssumptionState, Finding, Report
from contract_tests.plan import Plan
from contract_tests.target import Target

_GRAVEST_FIRST = (
    *("money", "auth", "concurrency", "records", "model", "refuses"),
    *("shape", "accepts", "http", "growth"),
)
"""Layers: what costs money, then who may, then what is lost, then what is wrong in an answer."""
_SANDBOX = "sbx_"
_NEAR_TOKEN = "auth.near-token"  # noqa: S105 - the id of a rule


def told(report: Report, target: Target, plan: Plan) -> Report:
    """Give ``report`` as it is to be read."""
    return report._replace(
        findings=[_explained(of, target) for of in worst_first(report.findings)],
        notes=[*report.notes, *_notes(report, plan)],
    )


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Put the gravest first, but for the very first that was found, which explains many others."""
    rest = sorted(findings[1:], key=lambda of: _GRAVEST_FIRST.index(of.rule.layer))
    return [*findings[:1], *rest]


def _explained(finding: Finding, target: Target) -> Finding:
    """Say of a finding what may be the reason, where the run itself is it."""
    if finding.rule.rule_id != _NEAR_TOKEN or not target.token.startswith(_SANDBOX):
        return finding
    why = f"a mock knows every token {_SANDBOX}<name>, so what is left of yours without its last"
    return finding._replace(
        got=f"{finding.got} ({why} character is a token too: check with another, as demo-token)"
    )


def _notes(report: Report, plan: Plan) -> Iterator[str]:
    """Say where nobody looked at what was asked for."""
    untested = [of for of in report.assumptions if of.state is AssumptionState.UNTESTED]
    late = sum(of.seen == "out of time" for of in untested)
    if late and (plan.is_strict or plan.everything):
        of_all = f"{late} of {len(report.assumptions)} assumptions"
        yield f"{of_all} were not looked at: out of time; a longer --budget shows them"
