"""Faults as a client meets them: the bytes that come, when they come, and how they end.

Through all of this the server says nothing on stderr.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from typing import TypeAlias

import pytest

from mockserver.door.reply import MAX_HANG_SECONDS
from tests.door.wire import AFTER, DIES, GOOD, ONCE, Wire, assert_broken, posting, reading
from tests.running import Running, in_silence, serving, serving_oddly
from tests.steering import Steered, steering

Draw: TypeAlias = Callable[[random.Random], float]
"""Draws how many seconds a delay takes."""


# alone


@pytest.mark.parametrize("breaks", DIES)
def test_a_connection_dies_the_way_it_is_told_to(
    server: Running, sandbox: Steered, breaks: str
) -> None:
    sandbox.fault(breaks=breaks, **AFTER)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        assert_broken(wire.rest(), breaks)

    (exchange,) = sandbox.exchanges("&operation=createAccountDebitOffset")
    assert exchange["decided"] == 200
    assert exchange["status"] == (200 if breaks == "truncate" else 0)


def test_a_truncated_answer_is_kept_as_far_as_it_left(server: Running, sandbox: Steered) -> None:
    sandbox.fault(breaks="truncate", **AFTER)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name))
        left = wire.rest().last

    assert sandbox.exchanges()[-1]["answer"]["body"].encode() == left.body


def test_a_malformed_answer_is_whole_and_its_json_is_not(server: Running, sandbox: Steered) -> None:
    sandbox.fault(breaks="malformed", **ONCE)
    with Wire(server) as wire:
        wire.send(posting(sandbox.name, GOOD))
        answer = wire.answer()
        wire.send(reading(sandbox.name))
        assert json.loads(wire.answer().body)

    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_another_answer_comes_instead(server: Running, sandbox: Steered) -> None:
    body = {"error": {"code": "down", "message": "…"}}
    sandbox.fault(answer={"status": 503, "body": body, "headers": {"Retry-After": "2"}}, times=1)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name))
        answer = wire.answer()
        wire.send(reading(sandbox.name))
        assert wire.answer().status == 200

    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert json.loads(answer.body) == body


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_by_its_status_has_none(
    server: Running, sandbox: Steered, status: int
) -> None:
    sandbox.fault(answer={"status": status}, times=1)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name) + reading(sandbox.name, "Connection: close"))
        first, _, others = wire.rest().raw.partition(b"\r\n\r\n")

    assert first.startswith(b"HTTP/1.1 %d " % status)
    assert others.startswith(b"HTTP/1.1 200 ")


def test_too_many_requests_are_told_when_to_come_again(server: Running, sandbox: Steered) -> None:
    sandbox.ask("PUT", "clock", {"mode": "frozen", "at": "2040-01-01T00:00:03Z"})
    sandbox.ask("PUT", "rate_limit", {"requests": 1, "seconds": 10})
    with Wire(server) as wire:
        answers = []
        for seconds in (0, 0, 6, 1):
            sandbox.ask("POST", "clock/advance", {"seconds": seconds})
            wire.send(reading(sandbox.name))
            answers.append(wire.answer())

    assert [answer.status for answer in answers] == [200, 429, 429, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == [None, "7", "1", None]
    assert json.loads(answers[1].body)["error"]["code"] == "too_many_requests"


# time


@pytest.mark.parametrize(
    ("delay", "drawn"),
    [
        ({"ms": 60}, lambda _: 0.06),
        ({"ms": 10, "max_ms": 110}, lambda dice: dice.uniform(0.01, 0.11)),
        ({"ms": 40, "sigma": 0.5}, lambda dice: 0.04 * dice.lognormvariate(0, 0.5)),
    ],
)
@pytest.mark.parametrize("stage", ["before_validation", "after_commit"])
def test_a_delay_is_as_long_as_was_drawn(
    server: Running, sandbox: Steered, stage: str, delay: dict[str, float], drawn: Draw
) -> None:
    sandbox.fault(stage=stage, delay=delay, seed=7)
    dice, late = random.Random(7), []
    with Wire(server) as wire:
        for _ in range(12):
            began = time.monotonic()
            wire.send(reading(sandbox.name))
            assert wire.answer().status == 200
            late.append(wire.times[-1] - began - drawn(dice))

    assert min(late) > -0.005
    assert statistics.median(late) < 0.05


def test_a_slow_body_comes_as_slowly_as_it_should(server: Running, sandbox: Steered) -> None:
    sandbox.fault(bytes_per_second=4_000, times=1)
    with Wire(server) as wire:
        wire.send(reading(sandbox.name))
        body = wire.answer().body
        wire.send(reading(sandbox.name))
        assert wire.answer().body == body

    assert wire.times[-2] - wire.times[0] > len(body) / 4_000 * 0.8
    assert len(wire.times) > 5


def test_nobody_else_waits_for_a_hanging_request(server: Running, sandbox: Steered) -> None:
    sandbox.fault(breaks="hang", operations=["getAccount"])
    with Wire(server, seconds=0.5) as wire:
        wire.send(reading(sandbox.name))
        began = time.monotonic()
        assert sandbox.client.get("/accounts").status_code == 200
        assert time.monotonic() - began < 0.4
        with pytest.raises(TimeoutError):
            wire.receive()


def test_nothing_hangs_for_ever(sandbox: Steered) -> None:
    assert MAX_HANG_SECONDS == 60
    with in_silence(serving_oddly({"hang_seconds": 0.4})) as bounded:
        with steering(bounded) as other:
            other.fault(breaks="hang")
        with Wire(bounded) as wire:
            began = time.monotonic()
            wire.send(reading(other.name) * 2)
            assert_broken(wire.rest(), "empty")
        assert 0.39 < time.monotonic() - began < 2


def test_a_server_that_stops_waits_for_no_hanging_client(server: Running) -> None:
    with in_silence(serving("--accounts", "3")) as stopped:
        with steering(stopped) as other:
            other.fault(breaks="hang", times=1)
            other.fault(bytes_per_second=1)
        with Wire(stopped) as hanging, Wire(stopped) as slow:
            hanging.send(reading(other.name))
            slow.send(reading(other.name))
            slow.receive()
            began = time.monotonic()
            stopped.process.terminate()
            stopped.process.wait(10)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("stage", ["before_validation", "after_commit"])
def test_a_server_that_stops_waits_for_no_delay(server: Running, stage: str) -> None:
    with in_silence(serving("--accounts", "3")) as stopped:
        with steering(stopped) as other:
            other.fault(stage=stage, delay={"ms": 60_000})
        with Wire(stopped) as waiting:
            waiting.send(reading(other.name))
            with Wire(stopped) as left:
                left.send(reading(other.name))
                time.sleep(0.2)
            began = time.monotonic()
            stopped.process.terminate()
            assert waiting.answer().status == 200, "what was under way is answered"
            stopped.process.wait(20)
    assert time.monotonic() - began < 5
