"""The report as SARIF 2.1.0: every finding at the line of ``openapi.yaml`` that it breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.findings import AssumptionResult, AssumptionState, Finding, Report
from contract_tests.reports.redaction import redacted
from contract_tests.reports.summary import all_rules, assumptions, label, verdict
from contract_tests.rules import Assumption, Rule

CONTRACT = "openapi.yaml"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ERROR = "error"
_NOTE = "note"


def render(report: Report, *, secrets: Sequence[str] = ()) -> str:
    """Give the report as SARIF.

    Broken rules are errors, suppressed where the baseline accepts them. Refuted assumptions are
    notes, or errors if the run is strict.
    """
    report = redacted(report, secrets)
    refuted = assumptions(report, AssumptionState.REFUTED)
    rules = [*map(_rule, all_rules(report)), *(_assumption(of.assumption) for of in refuted)]
    index = {rule["id"]: at for at, rule in enumerate(rules)}
    level = _ERROR if report.is_strict else _NOTE
    results = [_finding(of) for of in report.findings]
    results += [_refuted(of, level) for of in refuted]
    run = {
        "tool": {"driver": {"name": "canopy-mock", "version": report.version, "rules": rules}},
        "invocations": [_invocation(report)],
        "artifacts": [{"location": {"uri": CONTRACT}, "mimeType": "application/yaml"}],
        "columnKind": "unicodeCodePoints",
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
        "properties": {"url": report.url, "seed": report.seed, "verdict": verdict(report)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": True,
        "exitCode": 2 if report.is_void else 0 if report.is_kept else 1,
        "startTimeUtc": _utc(report.began),
        "endTimeUtc": _utc(report.began + timedelta(seconds=report.seconds)),
    }


def _utc(instant: datetime) -> str:
    told = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return told.replace("+00:00", "Z")


def _rule(rule: Rule) -> dict[str, Any]:
    words = rule.rule_id.partition(".")[2].replace("-", " ").replace("_", " ")
    return {
        "id": rule.rule_id,
        "shortDescription": {"text": f"{rule.layer}: {words}"},
        "fullDescription": {"text": rule.sentence},
        "defaultConfiguration": {"level": _ERROR},
        "properties": {
            "evidence": rule.evidence,
            "at": rule.at,
            "operations": list(rule.operations),
            "tags": [rule.layer],
        },
    }


def _assumption(assumption: Assumption) -> dict[str, Any]:
    return {
        "id": f"assumption.{assumption.assumption_id}",
        "shortDescription": {"text": f"assumption: {assumption.assumption_id.replace('-', ' ')}"},
        "fullDescription": {"text": assumption.sentence},
        "defaultConfiguration": {"level": _NOTE},
        "properties": {"tags": ["assumption"]},
    }


def _finding(of: Finding) -> dict[str, Any]:
    flaky = f"\n{label(of)}" if of.is_flaky else ""
    text = f"{of.rule.sentence}\nexpected: {of.expected}\ngot: {of.got}{flaky}\n\n{of.curl}"
    result = {
        **_result(of.rule.rule_id, _ERROR, of.rule.line, text),
        "partialFingerprints": _fingerprint(of.rule.rule_id, of.layer),
        "properties": {
            "layer": of.layer,
            "expected": of.expected,
            "got": of.got,
            "curl": of.curl,
            "seen": of.seen,
            "tries": of.tries,
        },
    }
    if of.is_accepted:
        suppression = {"kind": "external", "justification": "The baseline accepts it."}
        result["suppressions"] = [suppression]
    return result


def _refuted(of: AssumptionResult, level: str) -> dict[str, Any]:
    rule_id = f"assumption.{of.assumption.assumption_id}"
    text = f"{of.assumption.sentence}\ngot: {of.seen}"
    return {
        **_result(rule_id, level, of.assumption.line, text),
        "partialFingerprints": _fingerprint(rule_id, "assumption"),
    }


def _result(rule_id: str, level: str, line: int, text: str) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": CONTRACT, "index": 0}, "region": {"startLine": line}}
    return {
        "ruleId": rule_id,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def _fingerprint(rule_id: str, layer: str) -> dict[str, str]:
    """Give what stays the same when the contract's lines move and the answers' words change."""
    digest = hashlib.sha256(f"{rule_id} {layer}".encode()).hexdigest()
    return {"canopyRuleAndLayer/v1": digest[:32]}
