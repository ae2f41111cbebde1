"""Every probe says what it is about, and looks at that."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import contract_tests.probes  # noqa: F401 - so that all probes are there
from contract_tests.bench import Bench, UntestedError
from contract_tests.client import Client
from contract_tests.plan import ORDER
from contract_tests.probe import PROBES, Probe, Turn
from contract_tests.rules import rules
from contract_tests.start import first_look
from contract_tests.target import Target
from tests.zoo.guard import TOKEN
from tests.zoo.server import started

NEEDS_MORE = {"auth.role", "auth.foreign-account", "auth.token", "http.throttling"}
"""What a run with one token on a patient server does not see."""
OWED_BY_EVERY_ANSWER = {
    *("http.answers", "shape.answer-schema", "shape.created-200", "shape.json-answers"),
    *("shape.no-leak", "shape.no-server-error", "money.integers", "records.reads-go-on"),
}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with started("plain") as url:
        target = Target(url, TOKEN, ("can_101", "can_102", "can_103"), allows_writes=True)
        client = Client(target, time.monotonic() + 120)
        yield first_look(client, 1, is_quick=True)
        client.close()


def noted(bench: Bench, probe: Probe) -> set[str]:
    """Give the rules that a probe checks; what it says that it needs counts as checked."""
    before = bench.checks.copy()
    try:
        probe.look(bench)
    except UntestedError:
        return NEEDS_MORE
    return set(bench.checks - before)


def test_a_probe_checks_the_rules_that_it_is_about(bench: Bench) -> None:
    in_order = sorted(
        (probe for probe in PROBES if probe.turn is not Turn.FULL),
        key=lambda probe: (probe.turn is not Turn.FIRST, ORDER.index(probe.layer)),
    )
    missed = {probe.name: set(probe.rules) - noted(bench, probe) for probe in in_order}

    assert {name: rule_ids for name, rule_ids in missed.items() if rule_ids} == {}
    assert bench.breaks == []


def test_every_rule_has_a_probe() -> None:
    known = {rule_id for each in PROBES for rule_id in each.rules}

    assert known | OWED_BY_EVERY_ANSWER == rules().keys()
    assert all(rule_id.startswith(f"{each.layer}.") for each in PROBES for rule_id in each.rules)
