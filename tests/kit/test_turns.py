"""When probes look: what tells most first, and in a quick run something of every layer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests import kit, layers
from contract_tests import probe as probe_module
from contract_tests.bench import Bench, path_of
from contract_tests.client import OutOfTimeError
from contract_tests.findings import Report
from contract_tests.plan import Plan
from contract_tests.probe import PROBES, Look, Probe, Turn
from contract_tests.quick_order import QUICK_ORDER
from contract_tests.reading import READ_ACCOUNT
from contract_tests.target import Target
from tests.zoo.guard import TOKEN
from tests.zoo.server import started

LAYERS = ("money", "auth")


def looked(monkeypatch: pytest.MonkeyPatch, *, is_quick: bool) -> tuple[list[str], Report]:
    """Give which of some probes looked, in their order, and the report."""
    order: list[str] = []

    def probe(layer: str, turn: Turn, number: int) -> Probe:
        def look(bench: Bench) -> None:
            order.append(f"{layer} {turn.name} {number}")
            bench.send(bench.reading(path_of(bench.account), READ_ACCOUNT))

        look.__name__ = f"{turn.name}_{number}"
        return Probe(layer, (), look, writes=False, turn=turn, is_called_early=None)

    turns = [(turn, number) for turn in reversed(Turn) for number in (1, 2)]
    probes = [probe(layer, turn, number) for layer in LAYERS for turn, number in turns]
    monkeypatch.setattr(probe_module, "PROBES", probes)
    with started("plain") as url:
        plan = Plan(is_quick=is_quick, layers=LAYERS)
        report = kit.check(Target(url, TOKEN, ("can_101",)), plan, "1", lambda *_: None)
    return order, report


def test_a_quick_run_has_an_order_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("auth.IN_ORDER_2", "money.nothing", "money.IN_ORDER_1", "auth.IN_ORDER_1")
    monkeypatch.setattr(layers, "QUICK_ORDER", names)

    order, report = looked(monkeypatch, is_quick=True)

    first = [f"{layer} FIRST {number}" for number in (1, 2) for layer in LAYERS]
    assert order == [*first, "auth IN_ORDER 2", "money IN_ORDER 1", "auth IN_ORDER 1"]
    told = [(layer.name, layer.exchanges, layer.untested) for layer in report.layers]
    assert told == [("money", 3, "not in a quick run"), ("auth", 4, "not in a quick run")]


def test_a_quick_run_looks_at_all_that_is_not_for_a_full_one() -> None:
    known = [probe.name for probe in PROBES if probe.turn is Turn.IN_ORDER]

    assert sorted(QUICK_ORDER) == sorted(known)


def test_a_full_run_goes_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    order, report = looked(monkeypatch, is_quick=False)

    turns = [f"{turn} {number}" for turn in ("FULL", "IN_ORDER") for number in (1, 2)]
    first = [f"{layer} FIRST {number}" for number in (1, 2) for layer in LAYERS]
    assert order == first + [f"{layer} {turn}" for layer in LAYERS for turn in turns]
    assert [(layer.exchanges, layer.untested) for layer in report.layers] == [(6, "")] * 2


def test_a_rule_that_two_looked_at_in_vain_is_told_with_both_reasons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(_: Bench) -> None:
        raise OutOfTimeError

    def probe(*rules: str, writes: bool) -> Probe:
        return Probe("auth", rules, late, writes=writes, turn=Turn.IN_ORDER, is_called_early=None)

    posting = probe("auth.scheme", "auth.first", writes=True)
    monkeypatch.setattr(probe_module, "PROBES", [posting, probe("auth.scheme", writes=False)])
    with started("plain") as url:
        plan = Plan(layers=("auth",))
        report = kit.check(Target(url, TOKEN, ("can_101",)), plan, "1", lambda *_: None)
    reasons = {of.rule.rule_id: of.reason for of in report.rules if of.reason}

    assert reasons == {
        "auth.scheme": "needs --allow-writes; out of time",
        "auth.first": "needs --allow-writes",
    }


@pytest.mark.parametrize(("finds", "looks"), [(True, 1), (False, 2)])
def test_what_looked_early_in_vain_looks_again_in_its_turn(
    monkeypatch: pytest.MonkeyPatch, *, finds: bool, looks: int
) -> None:
    looked: list[int] = []

    def look(bench: Bench) -> None:
        looked.append(1)
        bench.check("auth.scheme", not finds, "something", "something else")

    def plain(bench: Bench) -> None:
        bench.send(bench.reading(path_of(bench.account), READ_ACCOUNT))

    def probe(of: Look, turn: Turn, early: Callable[[Bench], bool] | None) -> Probe:
        return Probe("auth", ("auth.scheme",), of, writes=False, turn=turn, is_called_early=early)

    probes = [probe(plain, Turn.FIRST, None), probe(look, Turn.FULL, lambda _: True)]
    monkeypatch.setattr(probe_module, "PROBES", probes)
    monkeypatch.setattr(layers, "_MORE_TRIES", 0)
    with started("plain") as url:
        plan = Plan(is_quick=False, layers=("auth",))
        kit.check(Target(url, TOKEN, ("can_101",)), plan, "1", lambda *_: None)

    assert len(looked) == looks
