"""What is asserted of exchanges, while requests are under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.running import Running, in_silence, serving
from tests.steering import ACCOUNT, Steered, steering

GET, POSTED = {"operation": "getAccount"}, {"method": "POST"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with in_silence(serving("--accounts", "3")) as running:
        yield running


@pytest.fixture
def sandbox(server: Running) -> Iterator[Steered]:
    with steering(server) as steered:
        yield steered


@contextmanager
def underway(server: Running, sandbox: Steered, method: str, **body: Any) -> Iterator[None]:
    """Send a request on a connection of its own; wait in the end until it is answered."""
    path = ACCOUNT if method == "GET" else f"{ACCOUNT}/line_items/debit_offsets"

    def ask() -> None:
        with steering(server, sandbox.name) as other:
            other.client.request(method, path, json=body or None)

    asking = threading.Thread(target=ask)
    struck = sum(fault["struck"] for fault in sandbox.ask("GET", "faults")["results"])
    asking.start()
    while sum(fault["struck"] for fault in sandbox.ask("GET", "faults")["results"]) == struck:
        time.sleep(0.002)
    try:
        yield
    finally:
        asking.join()


def asserted(sandbox: Steered, **assertion: Any) -> str:
    """Give what becomes of an assertion."""
    outcome: str = sandbox.ask("POST", "exchanges/assert", assertion)["outcome"]
    return outcome


def test_a_sequence_is_one_of_requests_whichever_is_answered_first(
    server: Running, sandbox: Steered
) -> None:
    sandbox.fault(operations=["getAccount"], delay={"ms": 200})
    with underway(server, sandbox, "GET"):
        sandbox.post(1)

    assert [exchange["method"] for exchange in sandbox.exchanges()] == ["POST", "GET"]
    assert asserted(sandbox, sequence=[GET, POSTED]) == "passed"
    assert asserted(sandbox, sequence=[POSTED, GET]) == "failed"


def test_only_what_could_be_meant_is_waited_for(server: Running, sandbox: Steered) -> None:
    sandbox.fault(delay={"ms": 400}, times=1)
    with underway(server, sandbox, "POST", original_amount_cents=1):
        for match, outcome in (
            ({"method": "GET"}, "passed"),
            ({"account_id": "another"}, "passed"),
            (POSTED, "inconclusive"),
            ({"account_id": "can_52322"}, "inconclusive"),
        ):
            assert asserted(sandbox, match=match, called=0) == outcome


def test_who_waits_across_a_reset_is_told_of_what_comes_after_it(
    server: Running, sandbox: Steered
) -> None:
    sandbox.client.get(ACCOUNT)
    with ThreadPoolExecutor(1) as pool, steering(server, sandbox.name) as other:
        began = time.monotonic()
        waiting = pool.submit(asserted, other, match=GET, called=2, wait_seconds=20)
        time.sleep(0.2)
        sandbox.ask("POST", "reset")
        for _ in range(2):
            sandbox.client.get(ACCOUNT)
        assert waiting.result() == "passed"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("wanted", [{"called": 0}, {"at_most": 0}, {"at_least": 0, "at_most": 0}])
def test_what_should_not_come_is_watched_for_the_whole_time(
    server: Running, sandbox: Steered, wanted: dict[str, int]
) -> None:
    began = time.monotonic()
    assert asserted(sandbox, **wanted, wait_seconds=0.3) == "passed"
    assert time.monotonic() - began > 0.29

    with ThreadPoolExecutor(1) as pool, steering(server, sandbox.name) as other:
        watching = pool.submit(asserted, other, **wanted, wait_seconds=20)
        time.sleep(0.2)
        sandbox.client.get(ACCOUNT)
        assert watching.result() == "failed"
    assert time.monotonic() - began < 10


def test_what_has_come_as_often_as_it_should_is_not_watched_on(sandbox: Steered) -> None:
    sandbox.client.get(ACCOUNT)
    began = time.monotonic()
    assert asserted(sandbox, called=1, wait_seconds=20) == "passed"
    assert time.monotonic() - began < 10
