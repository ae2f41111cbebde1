"""Growth is told from a machine that has become busy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.bench import Bench
from contract_tests.probes import growth
from contract_tests.probes.growth import Taken
from contract_tests.rules import FIRST_OPERATION
from tests.kit.looking import looking
from tests.zoo.api import Zoo

FIRST = Taken([0.010] * 9, [0.004] * 3)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with looking(Zoo()) as bench:
        yield bench


def looked(bench: Bench, monkeypatch: pytest.MonkeyPatch, later: Taken) -> list[str]:
    """Give the rules that are broken where answers take so long at first, and then."""
    for taken, look in ((FIRST, growth.with_few_items), (later, growth.with_more_items)):
        monkeypatch.setattr(growth, "_taken", lambda *_, taken=taken: taken)
        look(bench)
    return sorted({of.rule_id for of in bench.breaks})


def test_answers_that_alone_take_longer_have_grown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = ["growth.lists", "growth.posts", "growth.reads"]
    assert looked(bench, monkeypatch, Taken([0.025] * 9, [0.004] * 3)) == grown
    assert bench.breaks[0].got.startswith("25.0 ms, ")
    assert bench.breaks[0].got.endswith(" posts later")


def test_where_all_answers_take_longer_it_is_the_machine(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looked(bench, monkeypatch, Taken([0.025] * 9, [0.010] * 3)) == []


def test_a_machine_does_not_become_that_busy(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(looked(bench, monkeypatch, Taken([0.050] * 9, [0.040] * 3))) == 3
    assert "on a machine that was 2.0 times as slow" in bench.breaks[0].got


def test_what_is_rare_and_slow_at_first_does_not_hide_that_posts_grow(bench: Bench) -> None:
    common, rare = (
        growth.Ask("growth.posts", FIRST_OPERATION, "a post", lambda b: b.posting(b.offset()), of)
        for of in (True, False)
    )
    bench.first_seconds = {common: 0.005, rare: 0.045}
    bench.client.exchanges.append(bench.post(bench.offset())._replace(seconds=0.05))

    assert growth._has_grown(bench)
