"""Faults that meet in one request, and requests that meet in one fault."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.door.wire import AFTER, GOOD, Wire, assert_broken, posting, reading
from tests.running import Running
from tests.steering import Steered

SECOND: dict[str, Any] = {"stage": "in_flight", "answer": {"status": 409}}


# in one request


def test_a_request_is_delayed_before_and_dropped_after(server: Running, sandbox: Steered) -> None:
    slow = sandbox.fault(delay={"ms": 150}, times=1)
    lost = sandbox.fault(breaks="reset", times=1, **AFTER)
    with Wire(server) as wire:
        began = time.monotonic()
        wire.send(posting(sandbox.name, GOOD))
        assert_broken(wire.rest(), "reset")

    (exchange,) = sandbox.exchanges("&method=POST")
    assert wire.times == []
    assert time.monotonic() - began > 0.15
    assert (exchange["status"], exchange["decided"]) == (0, 200)
    assert (exchange["fault_id"], exchange["fault_ids"]) == (lost, [slow, lost])
    assert len(sandbox.items()) == 1


def test_an_exchange_is_found_by_any_of_its_faults(server: Running, sandbox: Steered) -> None:
    ids = [sandbox.fault(delay={"ms": 1}), sandbox.fault(answer={"status": 500}, **AFTER)]
    sandbox.post(1)
    for fault_id in ids:
        wanted = {"match": {"fault_id": fault_id}, "called": 1}
        assert sandbox.ask("POST", "exchanges/assert", wanted)["outcome"] == "passed"
        assert len(sandbox.exchanges(f"&fault_id={fault_id}")) == 1
    (told,) = sandbox.ask("POST", "exchanges/assert")["exchanges"][-1:]
    assert told.endswith(f"-> 500 (fault {', '.join(ids)})")


def test_nothing_strikes_after_what_answers(sandbox: Steered) -> None:
    sandbox.fault(fault_id="first", answer={"status": 503})
    sandbox.fault(fault_id="later", breaks="reset", **AFTER)
    assert sandbox.post(1).status_code == 503
    struck = {
        fault["fault_id"]: fault["struck"] for fault in sandbox.ask("GET", "faults")["results"]
    }
    assert struck == {"first": 1, "later": 0}


def test_the_slower_of_two_speeds_counts(sandbox: Steered) -> None:
    sandbox.fault(bytes_per_second=4_000)
    sandbox.fault(bytes_per_second=1_000_000, **AFTER)
    began = time.monotonic()
    answer = sandbox.client.get("/accounts?limit=1")
    assert time.monotonic() - began > len(answer.content) / 4_000 * 0.8


@pytest.mark.parametrize("stage", ["before_validation", "after_commit"])
def test_one_fault_delays_answers_and_is_slow_at_once(sandbox: Steered, stage: str) -> None:
    body = "x" * 400
    answer = {"status": 503, "body": body, "headers": {"Retry-After": "1"}}
    sandbox.fault(stage=stage, delay={"ms": 100}, answer=answer, bytes_per_second=2_000)
    began = time.monotonic()
    got = sandbox.post(1)

    assert time.monotonic() - began > 0.1 + 0.2 * 0.8
    assert (got.status_code, got.text, got.headers["retry-after"]) == (503, body, "1")


# in flight


@pytest.mark.parametrize(
    "held", [{"delay": {"ms": 500}}, {"bytes_per_second": 1}, {"breaks": "hang"}], ids=str
)
def test_a_request_is_in_flight_until_its_answer_has_left_or_its_client(
    server: Running, sandbox: Steered, held: dict[str, Any]
) -> None:
    sandbox.fault(**held, times=1, fault_id="held", **AFTER)
    sandbox.fault(**SECOND)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        until_struck(sandbox, "held")
        assert sandbox.post(1).status_code == 409
        assert sandbox.client.get("/accounts").status_code == 200, "that is about something else"
        if "delay" in held:
            assert wire.answer().status == 200
    until = time.monotonic() + 5
    while sandbox.post(1).status_code == 409:
        assert time.monotonic() < until


def test_who_came_first_is_no_second(server: Running, sandbox: Steered) -> None:
    sandbox.fault(fault_id="held", delay={"ms": 300}, times=1)
    sandbox.fault(**SECOND)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        until_struck(sandbox, "held")
        sandbox.fault(fault_id="longer", delay={"ms": 600}, times=1)
        with Wire(server) as second:
            second.send(posting(sandbox.name, GOOD))
            until_struck(sandbox, "longer")
            assert wire.answer().status == 200
            assert second.answer().status == 200, "the first had left"


def test_an_answer_that_has_come_is_in_flight_no_more(server: Running, sandbox: Steered) -> None:
    sandbox.fault(**SECOND)
    for held in ({"bytes_per_second": 20_000}, {"breaks": "truncate"}, {"breaks": "empty"}):
        sandbox.fault(fault_id="held", operations=["getAccount"], **held, **AFTER)
        for _ in range(10):
            with Wire(server) as wire:
                wire.send(reading(sandbox.name))
                _ = wire.answer() if "breaks" not in held else wire.rest()
    assert {exchange["fault_id"] for exchange in sandbox.exchanges()} == {None, "held"}


def until_struck(sandbox: Steered, fault_id: str) -> None:
    """Wait until a fault has struck."""
    until = time.monotonic() + 5
    while True:
        known = sandbox.ask("GET", "faults")["results"]
        if any(fault["struck"] for fault in known if fault["fault_id"] == fault_id):
            return
        assert time.monotonic() < until
