"""What the page on sandboxes and the README promise of their costs.

Time is measured as the best of some medians, so that a busy machine is not a slow sandbox.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

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


@pytest.fixture(scope="module")
def seed() -> Seed:
    return plant(Settings(accounts=1_000), datetime.now(UTC))


def best_median(work: Callable[[], object], times: int) -> float:
    """Give the seconds of one of many, at the best of times."""
    return min(statistics.median(once(work) for _ in range(times)) for _ in range(ROUNDS))


def once(work: Callable[[], object]) -> float:
    """Give the seconds of one."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_making_and_resetting_a_sandbox_takes_at_most_20_microseconds(seed: Seed) -> None:
    limits = Limits(sandboxes=100_000)
    sandboxes = Sandboxes(Setup(seed), MemoryJournal(), SystemClock(), limits)
    names = iter(range(100_000))

    def make_and_reset() -> None:
        sandboxes.get(f"sbx_{next(names)}").reset()

    assert best_median(make_and_reset, 1_000) <= 20e-6


def test_a_thousand_sandboxes_of_ten_writes_take_at_most_17_megabytes(seed: Seed) -> None:
    assert megabytes(seed) <= 17


def test_a_sandbox_for_a_test_takes_at_most_5_milliseconds() -> None:
    with running() as server:

        def use_one() -> None:
            with server.sandbox():
                pass

        assert best_median(use_one, 40) <= 5e-3
