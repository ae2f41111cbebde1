"""Rules are stated in the contract, and checked by the kit: the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tests.command import REPORTS
from contract_tests.reports.writing import FORMATS
from contract_tests.rules import LAYERS, Rule, assumptions, rules

ROOT = Path(__file__).parent.parent.parent
KIT = ROOT / "contract_tests"
LINES = (ROOT / "openapi.yaml").read_text(encoding="utf-8").splitlines()
NAMED = re.compile(rf'"((?:{"|".join(LAYERS)})\.[a-z0-9-]+)"')


def test_the_rules_of_the_contract_are_those_that_the_kit_checks() -> None:
    paths = (path for path in KIT.rglob("*.py") if path.name != "quick_order.py")  # has probes
    texts = [path.read_text(encoding="utf-8") for path in paths]
    named = {rule_id for text in texts for rule_id in NAMED.findall(text)}
    made = {f"records.{name}-now" for name in ("created-at", "effective-at")}  # by a format string

    assert named | made == rules().keys()


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.rule_id)
class TestRule:
    """Every rule."""

    def test_it_belongs_to_a_layer_and_says_what_it_rests_on(self, rule: Rule) -> None:
        assert rule.layer in LAYERS
        assert rule.evidence in ("seed", "documented", "observed", "owed")
        assert rule.sentence.endswith(".")

    def test_it_points_to_the_line_of_what_it_is_about(self, rule: Rule) -> None:
        name = rule.at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        said = LINES[rule.line - 1].strip().strip("'\"")

        assert said.startswith((name, f"'{name}")), f"line {rule.line}"


@pytest.mark.parametrize("assumption_id", assumptions())
def test_an_assumption_points_to_its_own_line(assumption_id: str) -> None:
    line = assumptions()[assumption_id].line

    assert LINES[line - 1].startswith(f"  {assumption_id}:")


def test_the_command_knows_the_formats_of_reports_that_there_are() -> None:
    assert tuple(FORMATS) == REPORTS
