"""The report as JUnit XML: a test case for every rule, and for every assumption."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from contract_tests.findings import (
    AssumptionResult,
    AssumptionState,
    Finding,
    Report,
    RuleState,
)
from contract_tests.reports.redaction import redacted
from contract_tests.reports.summary import (
    NO_REASON,
    all_rules,
    label,
    printable,
    repeat,
    untested,
    verdict,
)
from contract_tests.rules import Rule


def render(report: Report, *, secrets: Sequence[str] = ()) -> str:
    """Give the report as JUnit XML.

    A broken rule is a failure; one that is untested, or broken as the baseline knows, is skipped.
    A refuted assumption is skipped as well, unless the run is strict.
    """
    report = redacted(report, secrets)
    root = ET.Element("testsuites", name="canopy-mock check", time=f"{report.seconds:.3f}")
    suites = [_rules(report), _assumptions(report)]
    for suite in suites:
        _count(suite)
        root.append(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _rules(report: Report) -> ET.Element:
    suite = ET.Element("testsuite", name="rules", time=f"{report.seconds:.3f}")
    suite.set("timestamp", report.began.isoformat(timespec="seconds"))
    properties = ET.SubElement(suite, "properties")
    for name, value in _facts(report).items():
        ET.SubElement(properties, "property", name=name, value=printable(value))
    reasons = {of.rule.rule_id: group.reason for group in untested(report) for of in group.rules}
    states = {of.rule.rule_id: of.state for of in report.rules}
    for rule in all_rules(report):
        case = ET.SubElement(suite, "testcase", classname=rule.layer, name=rule.rule_id, time="0")
        found = [of for of in report.findings if of.rule.rule_id == rule.rule_id]
        if found:
            _tell(case, rule, found)
        elif states.get(rule.rule_id) is RuleState.UNTESTED:
            ET.SubElement(case, "skipped", message=printable(reasons.get(rule.rule_id, NO_REASON)))
    return suite


def _facts(report: Report) -> dict[str, str]:
    return {
        "url": report.url,
        "version": report.version,
        "seed": str(report.seed),
        "verdict": verdict(report),
        "repeat": repeat(report),
    }


def _tell(case: ET.Element, rule: Rule, found: Sequence[Finding]) -> None:
    """Put into ``case`` that ``rule`` is broken: as a failure, or skipped if that is accepted."""
    news = [of for of in found if not of.is_accepted]
    body = "\n\n".join([rule.sentence, *map(_body, news or found)])
    if news:
        failure = ET.SubElement(case, "failure", type=rule.evidence)
        failure.set("message", printable(_message(news[0])))
        failure.text = printable(body)
    else:
        skipped = ET.SubElement(case, "skipped")
        skipped.set("message", printable(f"accepted by the baseline: {_message(found[0])}"))
        skipped.text = printable(body)


def _message(of: Finding) -> str:
    flaky = f" ({label(of)})" if of.is_flaky else ""
    return f"expected {of.expected}, got {of.got}{flaky}"


def _body(of: Finding) -> str:
    lines = [f"expected: {of.expected}", f"got: {of.got}", f"found by: {of.layer}"]
    lines += [label(of)] * of.is_flaky
    return "\n".join([*lines, "", of.curl])


def _assumptions(report: Report) -> ET.Element:
    suite = ET.Element("testsuite", name="assumptions", time="0")
    suite.set("timestamp", report.began.isoformat(timespec="seconds"))
    for of in report.assumptions:
        case = ET.SubElement(suite, "testcase", classname="assumptions", time="0")
        case.set("name", of.assumption.assumption_id)
        if of.state is not AssumptionState.CONFIRMED:
            _tell_assumption(case, of, is_strict=report.is_strict)
    return suite


def _tell_assumption(case: ET.Element, of: AssumptionResult, *, is_strict: bool) -> None:
    fails = is_strict and of.state is AssumptionState.REFUTED
    told = ET.SubElement(case, "failure" if fails else "skipped")
    told.set("message", printable(f"{of.state}: {of.seen or NO_REASON}"))
    if fails:
        told.set("type", "assumption")
        told.text = printable(of.assumption.sentence)


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
