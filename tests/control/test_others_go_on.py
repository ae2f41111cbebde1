"""Whatever one sandbox is asked for, the others are answered meanwhile."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.running import Running, serving
from tests.steering import ACCOUNT, Steered, steering

LONGEST_WAIT_SECONDS = 0.5


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving("--accounts", "3") as running:
        yield running


@pytest.fixture
def busy(server: Running) -> Iterator[Steered]:
    with steering(server) as steered:
        steered.client.timeout = httpx.Timeout(60)
        yield steered


def longest_wait(server: Running, work: Callable[[], None]) -> float:
    """Do ``work``, and give how long somebody else had to wait for an answer meanwhile."""
    waits: list[float] = []
    working = threading.Thread(target=work)
    with steering(server) as other:
        other.client.get(ACCOUNT).raise_for_status()
        working.start()
        while working.is_alive():
            began = time.perf_counter()
            other.client.get(ACCOUNT).raise_for_status()
            waits.append(time.perf_counter() - began)
            time.sleep(0.01)
        working.join()
    return max(waits)


def test_a_million_things_that_are_no_events_are_refused_at_once(
    server: Running, busy: Steered
) -> None:
    document: dict[str, Any] = {**busy.ask("GET", "state"), "seed": [{}] * 1_000_000}
    body = json.dumps(document, separators=(",", ":"))
    headers = {"Content-Type": "application/json"}
    seconds = []

    def work() -> None:
        began = time.perf_counter()
        answer = busy.client.put("/_mock/state", content=body, headers=headers)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 422
        assert "seed[0]: an event is an object" in answer.text

    assert longest_wait(server, work) < LONGEST_WAIT_SECONDS
    assert seconds[0] < 3


@pytest.fixture
def long_lived(busy: Steered) -> Steered:
    """A sandbox with an account that has had a cycle a day for 60 years."""
    product = {
        "product_lifecycle_policies": {"billing_cycle_policies": {"cycle_interval": "1 day"}},
        "post_promotional_policies": {"post_promo_default_interest_rate_percent": 5},
    }
    product_id = busy.client.post("/products", json=product).json()["product_id"]
    now = busy.client.get(ACCOUNT).json()["created_at"][:4]
    opening = {
        "product_id": product_id,
        "effective_at": f"{int(now) - 30}-01-01T00:00:00Z",
        "summary": {"initial_principal_cents": 100_000},
    }
    account_id = busy.client.post("/accounts", json=opening).json()["account_id"]
    end = f"{int(now) + 30}-01-01"
    rolled = f"/admin/roll/account?account_id={account_id}&exclusive_end={end}"
    busy.client.patch(rolled).raise_for_status()
    return busy


def test_nobody_waits_for_a_long_ledger(server: Running, long_lived: Steered) -> None:
    documents: list[bytes] = []
    headers = {"Content-Type": "application/json"}

    def verify() -> None:
        long_lived.verified()

    def export() -> None:
        documents.append(long_lived.client.get("/_mock/state").raise_for_status().content)

    def go_on() -> None:
        sent = long_lived.client.put("/_mock/state", content=documents[0], headers=headers)
        sent.raise_for_status()

    for work in (verify, export, go_on):
        assert longest_wait(server, work) < LONGEST_WAIT_SECONDS, work.__name__
    assert f'"digest": "{long_lived.verified()}"'.encode() in documents[0]
