"""A server that goes silent is found, also where the time of the run ends with that."""

from __future__ import annotations

import time

import pytest

from contract_tests import layers
from contract_tests import probe as probe_module
from contract_tests.bench import Bench, path_of
from contract_tests.findings import Report
from contract_tests.probe import Probe, Turn
from contract_tests.reading import READ_ACCOUNT
from contract_tests.running import check_quietly
from tests.zoo.api import Zoo
from tests.zoo.bank import Bank
from tests.zoo.catalogue import breeds
from tests.zoo.judge import options
from tests.zoo.ledger import Order
from tests.zoo.messages import Answer, Json, Request
from tests.zoo.server import running


class Silent(Zoo):
    """Reads are answered, and no post is in time."""

    def handle(self, request: Request) -> Answer:
        if request.method == "POST":
            time.sleep(4)
        return super().handle(request)


def found(report: Report) -> set[str]:
    return {of.rule.rule_id for of in report.findings}


def test_a_server_that_hangs_from_the_first_post_on_is_broken() -> None:
    with running(Silent()) as url:
        one = {"account": ("can_101",)}  # so that it is one silence only
        report = check_quietly(url, {**options(quick=True, seed=1), **one})

    assert "http.answers" in found(report)
    assert not report.is_kept


def test_many_requests_without_an_answer_need_no_second_look() -> None:
    with running(breeds()["hangs_on_unknown_path"].made()) as url:
        how = {**options(quick=False, seed=1), "layer": ("http",), "budget": 7.0}
        report = check_quietly(url, how)

    assert "http.answers" in found(report)
    assert not report.is_kept


class SilentTogether(Zoo):
    """Answers no post any more once two came at once."""

    def __init__(self) -> None:
        super().__init__()
        self.at_work = 0
        self.is_stuck = False

    def post(self, account_id: str, order: Order) -> Json:
        self.at_work += 1
        time.sleep(0.05)
        self.is_stuck = self.is_stuck or self.at_work > 1
        if self.is_stuck:
            time.sleep(3)
        self.at_work -= 1
        return Bank.post(self, account_id, order)


def test_a_silence_that_stays_after_a_race_needs_no_second_race(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    races: list[int] = []

    def look(bench: Bench) -> None:
        races.append(len(bench.race([bench.posting(bench.offset()) for _ in range(2)])))

    probe = Probe("concurrency", (), look, writes=True, turn=Turn.FIRST, is_called_early=None)
    monkeypatch.setattr(probe_module, "PROBES", [probe])
    with running(SilentTogether()) as url:
        how = {"layer": ("concurrency",), "account": ("can_101",), "budget": 12.0}
        report = check_quietly(url, {**options(quick=True, seed=1), **how})

    assert found(report) == {"http.answers"}
    assert len(report.findings[0].exchanges) == 2
    assert races == [2]


class SilentOnce(Zoo):
    """Does not answer the next request in time, where it is told so."""

    is_silent = False

    def handle(self, request: Request) -> Answer:
        if self.is_silent:
            self.is_silent = False
            time.sleep(2)
        return super().handle(request)


@pytest.mark.parametrize("times", [1, 2])
def test_two_silences_are_no_chance_although_the_same_is_answered_then(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    zoo = SilentOnce()

    def look(bench: Bench) -> None:
        read = bench.reading(path_of("can_101"), READ_ACCOUNT)
        bench.send(read)
        zoo.is_silent = True
        bench.send(read)

    probe = Probe("http", (), look, writes=False, turn=Turn.FIRST, is_called_early=None)
    monkeypatch.setattr(probe_module, "PROBES", [probe] * times)
    monkeypatch.setattr(layers, "_LONG_SECONDS", 0.5)
    with running(zoo) as url:
        how = {"layer": ("http",), "account": ("can_101",), "budget": 12.0}
        report = check_quietly(url, {**options(quick=True, seed=1), **how})

    assert any("and not again" in note for note in report.notes)
    assert found(report) == (set() if times == 1 else {"http.answers"})
    if times == 2:
        assert [of.request.method for of in report.findings[0].exchanges] == ["GET"] * 2
        assert (report.findings[0].seen, report.findings[0].tries) == (1, 2)
