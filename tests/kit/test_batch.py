"""Requests that do not depend on each other: in turn while that is fast."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from contract_tests.batch import Batch
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Exchange, Request

REQUESTS = [Request("GET", f"/{number}", ()) for number in range(20)]


class Sends:
    """Remembers how what was sent."""

    def __init__(self, slow: int | None = None, fails: int | None = None) -> None:
        self.slow, self.fails = slow, fails
        self.in_turn: list[Request] = []
        self.at_once: list[Request] = []
        self.ended = 0
        self.threads = set[int]()

    def sent(self, request: Request) -> Exchange:
        self.threads.add(threading.get_ident())
        number = int(request.target[1:])
        if number == self.fails:
            raise OutOfTimeError
        if number == self.slow:
            time.sleep(0.3)
        elif self.slow is not None:
            time.sleep(0.005)
        return Exchange(request, None)

    def turn(self, request: Request) -> Exchange:
        self.in_turn.append(request)
        return self.sent(request)

    def once(self, request: Request) -> Exchange:
        self.at_once.append(request)
        return self.sent(request)

    def end(self) -> None:
        self.ended += 1

    def batch(self) -> Batch:
        return Batch(REQUESTS, self.turn, self.once, self.end)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_a_fast_server_is_asked_in_turn(pool: ThreadPoolExecutor) -> None:
    sends = Sends()

    assert [of.request for of in sends.batch().run(pool, 4)] == REQUESTS
    assert sends.in_turn == REQUESTS
    assert (len(sends.threads), sends.ended) == (1, 0)


def test_from_the_first_slow_answer_on_several_are_asked_at_once(pool: ThreadPoolExecutor) -> None:
    sends = Sends(slow=2)
    exchanges = sends.batch().run(pool, 4)

    assert [of.request for of in exchanges] == REQUESTS
    assert sends.in_turn == REQUESTS[:3]
    assert sorted(sends.at_once) == sorted(REQUESTS[3:])
    assert (len(sends.threads), sends.ended) == (4, 1)


def test_nothing_more_is_sent_where_one_cannot_be(pool: ThreadPoolExecutor) -> None:
    sends = Sends(fails=3)
    with pytest.raises(OutOfTimeError):
        sends.batch().run(pool, 4)

    assert sends.in_turn == REQUESTS[:4]
    assert sends.at_once == []


def test_nothing_more_is_sent_beside_one_that_takes_its_time(pool: ThreadPoolExecutor) -> None:
    sends = Sends(slow=2, fails=4)
    with pytest.raises(OutOfTimeError):
        sends.batch().run(pool, 4)

    assert sends.in_turn == REQUESTS[:3]
    assert len(sends.at_once) <= 4


def test_nothing_is_nothing(pool: ThreadPoolExecutor) -> None:
    assert Batch([], Sends().turn, Sends().once, Sends().end).run(pool, 4) == []
