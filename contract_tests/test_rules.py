"""Every rule of the contract, as ``canopy-mock check`` checks it: one test for each."""

from __future__ import annotations

import pytest

from contract_tests.findings import Report, RuleState
from contract_tests.reports.summary import untested
from contract_tests.rules import rules
from contract_tests.server import Server


@pytest.mark.parametrize("rule_id", rules())
def test_rule(rule_id: str, report: Report) -> None:
    for finding in report.findings:
        if finding.rule.rule_id == rule_id and not finding.is_accepted:
            told = f"expected {finding.expected}\n     got {finding.got}\n{finding.curl}"
            pytest.fail(f"{finding.rule.sentence} ({finding.rule.evidence})\n{told}", pytrace=False)
    states = {of.rule.rule_id: of.state for of in report.rules}
    state = states.get(rule_id)
    if state is None:
        pytest.skip("not asked for")
    if state is RuleState.UNTESTED:
        groups = [(of.rule.rule_id, group) for group in untested(report) for of in group.rules]
        pytest.skip(dict(groups)[rule_id].reason)
    assert state is RuleState.HOLDS


def test_a_mock_shows_all_but_what_it_has_not(
    server: Server, report: Report, pytestconfig: pytest.Config
) -> None:
    if not server.is_mock or pytestconfig.getoption("--canopy-quick"):
        pytest.skip("of a mock, and in full")
    unseen = {of.rule.rule_id for of in report.rules if of.state is RuleState.UNTESTED}
    assert unseen == {"auth.role", "auth.foreign-account", "http.throttling"}
