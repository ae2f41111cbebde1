"""Every rule of the contract, as ``canopy-mock check`` checks it: one test for each."""

from __future__ import annotations

import pytest

from contract_tests.findings import Report, RuleState
from contract_tests.reports.summary import untested
from contract_tests.rules import rules


@pytest.mark.parametrize("rule_id", rules())
def test_rule(rule_id: str, report: Report) -> None:
    for finding in report.findings:
        if finding.rule.rule_id == rule_id and not finding.is_accepted:
            told = f"expected {finding.expected}\n     got {finding.got}\n{finding.curl}"
            pytest.fail(f"{finding.rule.sentence} ({finding.rule.evidence})\n{told}", pytrace=False)
    state = next(of.state for of in report.rules if of.rule.rule_id == rule_id)
    if state is RuleState.UNTESTED:
        reasons = {group.layer: group.reason for group in untested(report)}
        pytest.skip(reasons[rule_id.partition(".")[0]])
    assert state is RuleState.HOLDS
