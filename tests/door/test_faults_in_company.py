"""Faults on connections that have more to do: kept alive, pipelined, half sent, left early."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.door.wire import AFTER, DIES, GOOD, ONCE, Wire, assert_broken, head, posting, reading
from tests.running import Running
from tests.steering import POST, Steered

ANSWER: dict[str, Any] = {"answer": {"status": 200}}
INSTEAD = {"truncate": ANSWER, "malformed": ANSWER}


# in company


@pytest.mark.parametrize("breaks", DIES)
def test_the_answers_before_are_whole(server: Running, sandbox: Steered, breaks: str) -> None:
    sandbox.fault(breaks=breaks, skip=1, **ONCE)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        assert wire.answer().status == 200
        wire.send(posting(sandbox.name, GOOD))
        assert_broken(wire.rest(), breaks)

    assert len(sandbox.items()) == 2


@pytest.mark.parametrize("breaks", DIES)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_request_in_a_pipeline_dies_with_those_after_it(
    server: Running, sandbox: Steered, breaks: str, at: int
) -> None:
    sandbox.fault(breaks=breaks, skip=at, times=1, **AFTER)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD) * 3)
        assert_broken(wire.rest(), breaks, answers=at)

    posted = [exchange["status"] for exchange in sandbox.exchanges()[1:]]
    assert posted == [200] * at + [200 if breaks == "truncate" else 0]


def test_what_does_not_break_a_connection_keeps_a_pipeline_in_order(
    server: Running, sandbox: Steered
) -> None:
    sandbox.fault(delay={"ms": 50}, times=1)
    sandbox.fault(answer={"status": 500}, times=1)
    sandbox.fault(breaks="malformed", answer={"status": 418}, times=1)
    sandbox.fault(bytes_per_second=10_000, times=1)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name) * 4 + reading(sandbox.name, "Connection: close"))
        assert wire.rest().heads == [200, 500, 418, 200, 200]


@pytest.mark.parametrize("breaks", [*DIES, "malformed"])
def test_head_is_struck_like_get(server: Running, sandbox: Steered, breaks: str) -> None:
    sandbox.fault(breaks=breaks, **ONCE)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name, "Connection: close", method="HEAD"))
        seen = wire.rest()

    assert seen.is_reset is (breaks == "reset")
    if breaks in ("truncate", "malformed"):
        assert (seen.last.status, seen.last.body) == (200, b"")
        assert seen.last.length > 0


def test_head_has_no_body_to_be_slow(server: Running, sandbox: Steered) -> None:
    sandbox.fault(bytes_per_second=1)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name, "Connection: close", method="HEAD"))
        assert wire.rest().last.status == 200


# what is not all sent


@pytest.mark.parametrize("breaks", ["reset", "empty", "garbage"])
def test_a_client_that_wants_to_be_told_to_go_on_is_first(
    server: Running, sandbox: Steered, breaks: str
) -> None:
    sandbox.fault(breaks=breaks)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD, "Expect: 100-continue"))
        seen = wire.rest()

    assert seen.is_reset is (breaks == "reset")
    assert seen.is_reset or seen.raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert seen.heads in ([100], [])


@pytest.mark.parametrize("breaks", ["empty", "garbage", "truncate"])
@pytest.mark.parametrize("framing", ["Content-Length: 999999", "Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_is_not_waited_for(
    server: Running, sandbox: Steered, framing: str, breaks: str
) -> None:
    sandbox.fault(breaks=breaks, **INSTEAD.get(breaks, {}))
    part = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
    with Wire(server) as wire:
        wire.send(head(sandbox.name, "POST", POST, "Content-Type: application/json", framing))
        wire.send(part)
        time.sleep(0.1)
        wire.send(part)
        assert_broken(wire.rest(), breaks)


@pytest.mark.parametrize("breaks", [*DIES, "hang", "malformed"])
def test_a_client_that_goes_while_it_sends_leaves_nothing_behind(
    server: Running, sandbox: Steered, breaks: str
) -> None:
    sandbox.fault(breaks=breaks, times=1, **INSTEAD.get(breaks, {}))
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD)[:-5])
        time.sleep(0.05)

    assert sandbox.items() == []


@pytest.mark.parametrize("stage", ["before_validation", "after_commit"])
def test_a_client_that_goes_during_a_delay_is_not_said_to_have_had_an_answer(
    server: Running, sandbox: Steered, stage: str
) -> None:
    slow = sandbox.fault(stage=stage, delay={"ms": 300}, operations=["createAccountDebitOffset"])
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        time.sleep(0.1)
    waiting = {"match": {"fault_id": slow}, "called": 1, "wait_seconds": 5}
    assert sandbox.ask("POST", "exchanges/assert", waiting)["outcome"] == "passed"

    (told,) = sandbox.exchanges("&method=POST")
    assert (told["status"], told["decided"], told["client_left"]) == (0, 200, True)
    assert told["seconds"] > 0.29, "whoever waits does not change when it is carried out"
    assert len(sandbox.items()) == 1


def test_no_fault_leaks_a_connection(server: Running, sandbox: Steered) -> None:
    for breaks in (*DIES, "hang", "malformed"):
        sandbox.fault(breaks=breaks, times=5, **AFTER)
    sandbox.fault(bytes_per_second=1, times=5)
    before = server.open_files()
    for at in range(35):
        with Wire(server, seconds=0.05) as wire:
            wire.send(posting(sandbox.name, GOOD) * (1 + at % 2))
            _until_patience_ends(wire)
    until = time.monotonic() + 5
    while server.open_files() > before and time.monotonic() < until:
        time.sleep(0.02)

    assert server.open_files() <= before


def _until_patience_ends(wire: Wire) -> None:
    try:
        wire.rest()
    except TimeoutError:
        return
