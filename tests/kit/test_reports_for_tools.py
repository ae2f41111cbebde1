"""Reports that tools read: JUnit XML, SARIF, HAR."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract_tests.findings import Report
from contract_tests.reports import har, junit, sarif
from tests.kit.sample_report import (
    ALLOW,
    BINARY,
    EXACT,
    LEAP,
    LISTED,
    MARKUP,
    RACE,
    REPEAT,
    SECRETS,
    clean,
    everything,
)

# The file of the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT), to the byte, where it is
# lib/schemas/sarif-2.1.0-rtm.5.json: the schema of OASIS as json.schemastore.org publishes it.
SARIF_SCHEMA = Path(__file__).parent / "sarif-2.1.0.schema.json"


@pytest.fixture
def report() -> Report:
    """A run that found something of every kind."""
    return everything()


class TestJUnit:
    """The report for a build server."""

    @staticmethod
    def suites(report: Report) -> tuple[ET.Element, ET.Element]:
        root = ET.fromstring(junit.render(report, secrets=SECRETS))  # noqa: S314 - it is our own
        rules, assumptions = root.findall("testsuite")
        return rules, assumptions

    def test_every_rule_is_one_test_case_of_its_layer(self, report: Report) -> None:
        rules, _ = self.suites(report)
        told = {(case.get("classname"), case.get("name")) for case in rules.iter("testcase")}
        assert told == {(of.rule.layer, of.rule.rule_id) for of in report.rules}
        assert int(rules.get("tests", "")) == len(report.rules)

    def test_the_counts_are_those_of_the_elements(self, report: Report) -> None:
        text = junit.render(report)
        root = ET.fromstring(text)  # noqa: S314 - it is our own
        for element in (root, *root.findall("testsuite")):
            for name, path in (("tests", ""), ("failures", "/failure"), ("skipped", "/skipped")):
                found = element.findall(f".//testcase{path}")
                assert element.get(name) == str(len(found)), (element.get("name"), name)
        assert (root.get("failures"), root.get("skipped")) == ("2", "4")

    def test_a_failure_holds_the_command_that_shows_it(self, report: Report) -> None:
        rules, _ = self.suites(report)
        failure = rules.find(f"testcase[@name='{EXACT.rule_id}']/failure")
        assert failure is not None
        assert failure.get("message", "").startswith("expected 154620 <script>")
        assert failure.text is not None
        assert EXACT.sentence in failure.text
        assert "curl -X POST 'http://x/accounts/can_1/debit_offsets'" in failure.text
        assert MARKUP in failure.text

    def test_a_flaky_failure_says_so(self, report: Report) -> None:
        rules, _ = self.suites(report)
        failure = rules.find(f"testcase[@name='{RACE.rule_id}']/failure")
        assert failure is not None
        assert failure.get("message", "").endswith("(flaky 2/5)")

    def test_untested_and_accepted_rules_are_skipped_and_say_why(self, report: Report) -> None:
        rules, _ = self.suites(report)
        skipped = {
            case.get("name"): case.find("skipped")
            for case in rules.iter("testcase")
            if case.find("skipped") is not None
        }
        messages = {name: of.get("message", "") for name, of in skipped.items() if of is not None}
        assert messages.keys() == {LISTED.rule_id, ALLOW.rule_id}
        assert messages[LISTED.rule_id].startswith("the server has no listAccountLineItems")
        assert messages[ALLOW.rule_id].startswith("accepted by the baseline: expected Allow")

    def test_a_refuted_assumption_is_skipped_and_fails_a_strict_run(self, report: Report) -> None:
        path = f"testcase[@name='{REPEAT.assumption_id}']/"
        _, lenient = self.suites(report)
        _, strict = self.suites(report._replace(is_strict=True))
        assert (lenient.get("failures"), strict.get("failures")) == ("0", "1")
        told = lenient.find(f"{path}skipped")
        assert told is not None
        assert told.get("message", "").startswith("refuted: 409 <script>")
        assert strict.find(f"{path}failure") is not None
        assert strict.find(f"testcase[@name='{LEAP.assumption_id}']/skipped") is not None
        assert strict.get("skipped") == "1"

    def test_a_rule_that_only_a_finding_names_is_told_too(self, report: Report) -> None:
        rules, _ = self.suites(report._replace(rules=report.rules[1:]))
        assert rules.find(f"testcase[@name='{EXACT.rule_id}']/failure") is not None


class TestSarif:
    """The report for code scanning."""

    @staticmethod
    def run(report: Report) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(sarif.render(report, secrets=SECRETS))["runs"][0]
        return told

    @pytest.mark.parametrize("make", [everything, clean])
    def test_it_is_valid_by_the_published_schema(self, make: Callable[[], Report]) -> None:
        schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
        told = json.loads(sarif.render(make()))
        jsonschema.Draft4Validator(schema).validate(told)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft4Validator(schema).validate({**told, "version": "2"})

    def test_each_finding_points_at_the_line_of_its_rule(self, report: Report) -> None:
        lines = {}
        for result in self.run(report)["results"]:
            (place,) = result["locations"]
            assert place["physicalLocation"]["artifactLocation"]["uri"] == "openapi.yaml"
            lines[result["ruleId"]] = place["physicalLocation"]["region"]["startLine"]
        assert lines == {
            EXACT.rule_id: 311,
            RACE.rule_id: 402,
            ALLOW.rule_id: 420,
            "assumption.repeat-answers-again": 152,
        }

    def test_each_result_names_its_rule_by_place_too(self, report: Report) -> None:
        run = self.run(report)
        rules = run["tool"]["driver"]["rules"]
        assert len(rules) == len(report.rules) + 1
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]

    def test_levels_and_suppressions_say_what_counts(self, report: Report) -> None:
        results = self.run(report)["results"]
        assert [of["level"] for of in results] == ["error", "error", "error", "note"]
        assert [of["ruleId"] for of in results if "suppressions" in of] == [ALLOW.rule_id]
        strict = self.run(report._replace(is_strict=True))["results"]
        assert strict[-1]["level"] == "error"

    def test_the_message_has_what_was_expected_and_seen_and_the_command(
        self, report: Report
    ) -> None:
        text = self.run(report)["results"][0]["message"]["text"]
        assert "\nexpected: 154620 <script>" in text
        assert "\ngot: 154720" in text
        assert "\ncurl -X POST" in text

    def test_a_finding_is_known_again_when_lines_and_words_have_changed(
        self, report: Report
    ) -> None:
        first = report.findings[0]
        moved = first._replace(rule=EXACT._replace(line=999), got="something else")
        prints = [
            self.run(report._replace(findings=[of]))["results"][0]["partialFingerprints"]
            for of in (first, moved, report.findings[1])
        ]
        assert prints[0] == prints[1] != prints[2]


class TestHar:
    """The exchanges, for other tools."""

    @staticmethod
    def log(report: Report) -> dict[str, Any]:
        told: dict[str, Any] = json.loads("".join(har.lines(report, secrets=SECRETS)))["log"]
        return told

    def entries(self, report: Report) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.log(report)["entries"]
        return told

    def test_every_entry_has_what_har_1_2_requires(self, report: Report) -> None:
        log = self.log(report)
        assert log.keys() >= {"version", "creator", "entries"}
        assert log["version"] == "1.2"
        assert len(log["entries"]) == len(report.exchanges)
        both = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        for entry in log["entries"]:
            assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(
                entry
            )
            assert both | {"method", "url", "queryString"} <= entry["request"].keys()
            assert both | {"status", "statusText", "content", "redirectURL"} <= set(
                entry["response"]
            )
            assert entry["response"]["content"].keys() >= {"size", "mimeType"}
            assert entry["time"] == sum(entry["timings"][of] for of in ("send", "wait", "receive"))
            assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None

    def test_times_are_those_of_the_exchange(self, report: Report) -> None:
        first = self.entries(report)[0]
        assert first["startedDateTime"] == "2026-01-05T10:30:00.250Z"
        assert first["time"] == 12.5

    def test_an_exchange_without_an_answer_says_why(self, report: Report) -> None:
        silent = self.entries(report)[1]
        assert silent["response"]["status"] == 0
        assert silent["comment"] == "the connection broke: $CANOPY_TOKEN"

    def test_bodies_are_whole(self, report: Report) -> None:
        first, *_, binary = self.entries(report)
        assert json.loads(first["request"]["postData"]["text"])["original_amount_cents"] == 200
        posted, content = binary["request"]["postData"], binary["response"]["content"]
        assert (posted["_encoding"], content["encoding"]) == ("base64", "base64")
        assert base64.b64decode(posted["text"]) == base64.b64decode(content["text"]) == BINARY

    def test_addresses_and_queries_are_those_that_were_asked(self, report: Report) -> None:
        asked = self.entries(report)[1]["request"]
        assert asked["url"] == "http://127.0.0.1:8080/accounts/can_1?token=$CANOPY_TOKEN&q=a%20b"
        assert asked["queryString"][1] == {"name": "q", "value": "a b"}

    def test_nobody_learns_a_credential_from_a_header(self, report: Report) -> None:
        told = [
            header["value"]
            for entry in self.entries(report)
            for header in entry["request"]["headers"] + entry["response"]["headers"]
            if header["name"].lower() in ("authorization", "set-cookie")
        ]
        assert told == [
            "Bearer $CANOPY_TOKEN",
            "Bearer $CANOPY_TOKEN",
            "Basic ZGVtbzp[secret]Q=",
            "session=[secret]",
            "Bearer [secret]",
            "[another token, 17 characters]",
        ]
