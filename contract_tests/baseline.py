"""A baseline: rules that are known to be broken, so that a run fails only where more is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from contract_tests.findings import Report, RuleState
from contract_tests.rules import rules
from contract_tests.target import TargetError


def read_baseline(path: Path) -> frozenset[str]:
    """Read the ids of accepted rules. Raises TargetError."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise TargetError(f"{path}: {error}") from error
    accepted = read.get("accepted") if isinstance(read, dict) else None
    if not isinstance(accepted, list):
        raise TargetError(f"{path}: expected an object with accepted, a list of rule ids")
    for rule_id in accepted:
        if rule_id not in rules():
            raise TargetError(f"{path}: there is no rule {rule_id!r}")
    return frozenset(accepted)


def write_baseline(path: Path, report: Report, known: Iterable[str]) -> None:
    """Write the ids of the rules that are broken now. Raises TargetError.

    Of those that are ``known``, all stay that the run did not see hold: it may not have looked.
    """
    held = {of.rule.rule_id for of in report.rules if of.state is RuleState.HOLDS}
    broken = {finding.rule.rule_id for finding in report.findings}
    accepted = sorted(broken | (set(known) - held))
    try:
        path.write_text(json.dumps({"accepted": accepted}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from error
