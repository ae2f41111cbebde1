"""Sandboxes see nothing of each other, however many work at once (reliability P10, P11).

Each worker does things of its own, drawn from its number. What comes of that in a crowd is what
comes of it alone: every answer, byte by byte, and the digest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier, Event
from typing import Any, NamedTuple

import httpx
import pytest

from tests.door.wire import Wire, posting
from tests.running import Running, in_silence, serving
from tests.steering import ACCOUNT, POST, Steered, steering

WORKERS = 64
STEPS = 30
FROZEN = {"mode": "frozen", "at": "2040-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with in_silence(serving("--accounts", "3")) as running:
        yield running


class Life(NamedTuple):
    """What a worker saw."""

    answers: list[tuple[int, list[tuple[bytes, bytes]], bytes]]
    told: list[str]
    """What the exchanges say since the last reset."""
    digest: str


class Worker:
    """Does things to a sandbox, in an order that its number decides."""

    def __init__(self, number: int, sandbox: Steered) -> None:
        self.number = number
        self.sandbox = sandbox
        self.dice = Random(number)
        self.answers: list[tuple[int, list[tuple[bytes, bytes]], bytes]] = []
        self.since_reset = 0

    def live(self) -> Life:
        """Do everything, and give what was seen."""
        self.sandbox.ask("PUT", "clock", FROZEN)
        steps = [self.post, self.post, self.post_without_id, self.read, self.page]
        steps += [self.move_the_clock, self.meet_a_fault, self.begin_anew, self.go_back]
        for _ in range(STEPS):
            self.dice.choice(steps)()
        self.post()
        exchanges = self.sandbox.exchanges()
        told = [
            f"{e['method']} {e['target']} {e['status']} {e['request']['body']}" for e in exchanges
        ]
        assert len(exchanges) == self.since_reset
        return Life(self.answers, told, self.sandbox.verified())

    def keep(self, answer: httpx.Response) -> None:
        """Note an answer."""
        self.answers.append((answer.status_code, answer.headers.raw, answer.content))
        self.since_reset += 1

    def post(self) -> None:
        """Post an item whose id says whose it is; now and then again, or with another amount."""
        line_item_id = f"of_{self.number}_{self.dice.randrange(12)}"
        self.keep(self.sandbox.post(self.dice.randrange(3) + self.number, line_item_id))

    def post_without_id(self) -> None:
        """Post an item that is given an id."""
        self.keep(self.sandbox.post(self.number))

    def read(self) -> None:
        """Read the account."""
        self.keep(self.sandbox.client.get(ACCOUNT))

    def page(self) -> None:
        """Read its items."""
        self.keep(self.sandbox.client.get(f"{ACCOUNT}/line_items?limit=50"))

    def move_the_clock(self) -> None:
        """Let up to a month pass."""
        self.sandbox.ask("POST", "clock/advance", {"seconds": self.dice.randrange(2_500_000)})

    def meet_a_fault(self) -> None:
        """Be told that there is a fault, and that it is one's own."""
        answer = {"status": 500 + self.number % 99, "body": {"of": self.number}}
        self.sandbox.fault(answer=answer, times=1)
        self.read()
        assert self.answers[-1][0] == answer["status"]

    def begin_anew(self) -> None:
        """Reset the sandbox."""
        self.sandbox.ask("POST", "reset")
        self.sandbox.ask("PUT", "clock", FROZEN)
        self.since_reset = 0

    def go_back(self) -> None:
        """Post something, and restore what was before."""
        self.sandbox.ask("POST", "snapshots", {"name": "before"})
        self.post()
        self.sandbox.ask("POST", "snapshots/before/restore")


def test_what_comes_in_a_crowd_is_what_comes_alone(server: Running) -> None:
    start = Barrier(WORKERS)

    def live(number: int, *, in_a_crowd: bool) -> Life:
        name = f"sbx_{'crowd' if in_a_crowd else 'alone'}_{number}"
        with steering(server, name) as sandbox:
            if in_a_crowd:
                start.wait()
            return Worker(number, sandbox).live()

    with ThreadPoolExecutor(WORKERS) as pool:
        crowd = list(pool.map(lambda number: live(number, in_a_crowd=True), range(WORKERS)))
    for number, life in enumerate(crowd):
        alone = live(number, in_a_crowd=False)
        assert life.answers == alone.answers
        assert life == alone
        mine, others = f"of_{number}_".encode(), b'"of_'
        for _, _, body in life.answers:
            assert body.count(others) == body.count(b'"' + mine)
    assert len({life.digest for life in crowd}) == WORKERS


# resets


def test_a_reset_among_many_clients_is_exact(server: Running) -> None:
    with steering(server, "sbx_untouched") as untouched:
        seed, total = untouched.verified(), untouched.total()
    stop = Event()

    def post(number: int) -> set[int]:
        statuses = set()
        with steering(server, "sbx_raced") as mine:
            while not stop.is_set():
                statuses |= {mine.post(1).status_code, mine.client.get(ACCOUNT).status_code}
        return statuses

    with steering(server, "sbx_raced") as sandbox, ThreadPoolExecutor(WORKERS) as pool:
        working = [pool.submit(post, number) for number in range(WORKERS)]
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert sandbox.ask("POST", "reset")["events"] == 0
            sandbox.verified()
        stop.set()
        assert {status for done in working for status in done.result()} == {200}
        assert_added_up(sandbox, total)
        sandbox.ask("POST", "reset")

        assert sandbox.verified() == seed
        assert (sandbox.total(), sandbox.items()) == (total, [])


def assert_added_up(sandbox: Steered, total: int) -> None:
    """Make sure that what was posted since the last reset is there, told and counted."""
    items = {item["line_item_id"] for item in sandbox.items()}
    posts = sandbox.exchanges("&operation=createAccountDebitOffset")
    told = {line_item_id for post in posts for line_item_id in items if line_item_id in str(post)}

    assert sandbox.total() == total - len(items)
    assert told == items


@pytest.mark.parametrize("how", [("POST", "reset"), ("DELETE", "sandbox")])
def test_what_a_request_changes_after_a_reset_is_told_after_it(
    server: Running, how: tuple[str, str]
) -> None:
    with steering(server) as sandbox, Wire(server) as wire:
        sandbox.client.get(ACCOUNT).raise_for_status()
        request = posting(sandbox.name, b'{"original_amount_cents": 1}')
        wire.send(request[:-5])
        pending(sandbox)
        sandbox.ask(*how)
        if how[1] == "reset":
            pending(sandbox)
        wire.send(request[-5:])
        assert wire.answer().status == 200

        assert len(sandbox.items()) == 1
        (post,) = sandbox.exchanges("&method=POST")
        assert (post["target"], post["status"], post["fault_id"]) == (POST, 200, None)


def pending(sandbox: Steered) -> None:
    """Make sure that the exchanges know of a request that is not answered yet."""
    wanted: dict[str, Any] = {"match": {"method": "POST"}, "called": 0}
    until = time.monotonic() + 5
    while sandbox.ask("POST", "exchanges/assert", wanted)["outcome"] != "inconclusive":
        assert time.monotonic() < until
