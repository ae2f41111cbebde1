"""What is asserted of exchanges, while requests are under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
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
