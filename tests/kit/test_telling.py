"""What a run tells of what it found."""

from __future__ import annotations

import pytest

from contract_tests.findings import AssumptionResult, AssumptionState, Finding, Report, RuleState
from contract_tests.plan import Plan
from contract_tests.reports import html, markdown, sarif, terminal
from contract_tests.reports.summary import verdict, why_void
from contract_tests.rules import LAYERS, rules
from contract_tests.target import Target
from contract_tests.telling import told, worst_first
from tests.kit.sample_report import FUTURE, LEAP, clean, everything

TARGET = Target("http://x", "tok", ("can_1", "a/b c"), foreign_account="can_9")


def finding(rule_id: str) -> Finding:
    return Finding(rules()[rule_id], "money", "a refusal", "200", "curl", 1, 1, [])


class TestOrder:
    """What is read first."""

    def test_the_first_stays_and_the_gravest_come_next(self) -> None:
        found = (
            *("http.head", "growth.posts", "accepts.ids", "auth.scheme", "http.allow"),
            *("money.bucket", "records.type", "auth.first", "concurrency.reads", "refuses.body"),
        )
        in_order = [of.rule.rule_id for of in worst_first([finding(name) for name in found])]

        assert in_order == [
            *("http.head", "money.bucket", "auth.scheme", "auth.first", "concurrency.reads"),
            *("records.type", "refuses.body", "accepts.ids", "http.allow", "growth.posts"),
        ]

    def test_every_layer_has_its_place(self) -> None:
        each = {of.layer: finding(of.rule_id) for of in rules().values()}
        assert each.keys() == set(LAYERS)
        assert len(worst_first([each["http"], *each.values()])) == len(LAYERS) + 1


class TestOfTheRun:
    """What has to be said because of how the run was made."""

    @pytest.mark.parametrize(("token", "is_told"), [("sbx_full1", True), ("demo-token", False)])
    def test_what_is_left_of_the_name_of_a_sandbox_is_a_token(
        self, token: str, *, is_told: bool
    ) -> None:
        found = [finding("auth.near-token"), finding("auth.scheme")]
        report = told(clean()._replace(findings=found), TARGET._replace(token=token), Plan())
        assert ("is a token too" in report.findings[0].got) is is_told
        assert report.findings[1].got == "200"

    @pytest.mark.parametrize(
        ("plan", "is_told"),
        [(Plan(), False), (Plan(is_strict=True), True), (Plan(everything=True), True)],
    )
    def test_assumptions_that_there_was_no_time_for(self, plan: Plan, *, is_told: bool) -> None:
        state = AssumptionState.UNTESTED
        assumed = [
            AssumptionResult(LEAP, state, "out of time"),
            AssumptionResult(FUTURE, state, "needs --allow-writes"),
        ]
        report = told(clean()._replace(assumptions=assumed), TARGET, plan)
        note = "1 of 2 assumptions were not looked at: out of time; a longer --budget shows them"
        assert report.notes == [note] * is_told


class TestVoid:
    """A run that saw nothing."""

    @pytest.fixture
    def void(self) -> Report:
        rules = [of for of in clean().rules if of.state is RuleState.UNTESTED]
        return clean()._replace(rules=rules)

    def test_it_is_not_kept_and_every_report_says_so(self, void: Report) -> None:
        assert (void.is_void, void.is_kept) == (True, False)
        assert verdict(void) == "NOT CHECKED: 0 rules hold, 3 rules are untested."
        for render in (terminal.render, html.render, markdown.render, sarif.render):
            assert "NOT CHECKED" in render(void)
        assert '"exitCode": 2' in sarif.render(void)
        assert "<title>Not checked: " in html.render(void)

    def test_it_says_why(self, void: Report) -> None:
        assert why_void(void) == "the run has no --client-id"
        reasons = ("out of time", "needs a; out of time", "needs a")
        each = zip(void.rules, reasons, strict=True)
        several = void._replace(rules=[of._replace(reason=reason) for of, reason in each])
        assert why_void(several) == "out of time; needs a"
        rules = [of._replace(reason=f"reason {at} " * 30) for at, of in enumerate(void.rules)]
        assert len(why_void(void._replace(rules=rules))) == 300

    def test_a_run_that_saw_something_is_none(self, void: Report) -> None:
        assert not clean().is_void
        accepted = [of for of in everything().findings if of.is_accepted]
        assert not void._replace(findings=accepted).is_void
        refuted = [AssumptionResult(LEAP, AssumptionState.REFUTED, "409")]
        assert void._replace(assumptions=refuted).is_void
        assert not void._replace(assumptions=refuted, is_strict=True).is_void
