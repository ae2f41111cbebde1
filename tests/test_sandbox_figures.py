"""What the page on sandboxes and the README promise of their costs: memory, and what it grows with.

Time is compared with time in the same run, so that a busy machine is not a slow sandbox; the
figures themselves are those of ``python -m benchmarks.sandbox``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from benchmarks.sandbox import megabytes
from mockserver.app import plant
from mockserver.sandbox.clock import SystemClock
from mockserver.sandbox.sandbox import Setup
from mockserver.sandbox.sandboxes import Limits, Sandboxes
from mockserver.sandbox.seed import Seed
from mockserver.settings import Settings
from mockserver.store.memory import MemoryJournal
from mockserver.testing import running

ROUNDS = 5


def seed_of(accounts: int) -> Seed:
    return plant(Settings(accounts=accounts), datetime.now(UTC))


def times_the_cost(work: Callable[[], object], other: Callable[[], object], times: int) -> float:
    """Give how often one takes the time of the other: the least of some ratios of medians."""
    return min(median_ratio(work, other, times) for _ in range(ROUNDS))


def median_ratio(work: Callable[[], object], other: Callable[[], object], times: int) -> float:
    """Let them take turns, so that both meet the same machine."""
    pairs = [(once(work), once(other)) for _ in range(times)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


def once(work: Callable[[], object]) -> float:
    """Give the seconds of one."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def making_and_resetting(seed: Seed) -> Callable[[], None]:
    sandboxes = Sandboxes(Setup(seed), MemoryJournal(), SystemClock(), Limits(sandboxes=100_000))
    names = iter(range(100_000))

    def make_and_reset() -> None:
        sandboxes.get(f"sbx_{next(names)}").reset()

    return make_and_reset


def test_what_it_costs_to_make_and_reset_a_sandbox_does_not_grow_with_the_seed() -> None:
    of_many, of_few = making_and_resetting(seed_of(1_000)), making_and_resetting(seed_of(10))
    assert times_the_cost(of_many, of_few, 1_000) <= 2


def test_a_thousand_sandboxes_of_ten_writes_take_at_most_17_megabytes() -> None:
    assert megabytes(seed_of(1_000)) <= 17


def test_a_sandbox_for_a_test_costs_no_more_than_a_few_plain_requests() -> None:
    """It is two, of which one makes sure of the ledger: nothing that goes through all accounts."""
    with running("--accounts=1000") as server, httpx.Client() as client:

        def use_one() -> None:
            with server.sandbox():
                pass

        def ask() -> None:
            client.get(f"{server.url}/healthz").raise_for_status()

        assert times_the_cost(use_one, ask, 40) <= 12
