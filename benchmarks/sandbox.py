"""What sandboxes cost: to make, to reset, to save, to keep; and a test that has one of its own.

python -m benchmarks.sandbox
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import click
import httpx

from mockserver.app import build, plant
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.terms import AccountStatus
from mockserver.sandbox.clock import SystemClock
from mockserver.sandbox.sandbox import Sandbox, Setup
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.verify import broken
from mockserver.settings import Settings
from mockserver.store.memory import MemoryJournal
from mockserver.testing import running

_ACCOUNTS = 1_000
_SANDBOXES = 1_000
_WRITES = 10
_TIMES = 5_000
_TESTS = 200


def main() -> None:
    """Measure, and print a line for each figure."""
    seed = plant(Settings(accounts=_ACCOUNTS), datetime.now(UTC))
    sandboxes = _sandboxes(seed)
    sandbox = sandboxes.get("sbx_one")
    _write(sandbox)
    saved = sandbox.snapshot()
    _tell("read, the first time, the digest of a seed of 1 000 accounts", _once(sandbox.digest))
    _tell("verify 10 writes", _each(lambda: broken(sandbox.held()), 50))
    names = iter(range(10**9))
    _tell("make a sandbox", _each(lambda: sandboxes.get(f"sbx_{next(names)}"), _TIMES))
    _tell("reset one", _each(sandbox.reset, _TIMES))
    _tell("restore a snapshot", _each(lambda: sandbox.restore(saved), _TIMES))
    _tell("take a snapshot", _each(lambda: sandbox.save("one"), _TIMES))
    click.echo(f"{_SANDBOXES} sandboxes of {_WRITES} writes: {megabytes(seed):.1f} MB")
    click.echo(f"with the log of their requests: {asyncio.run(_megabytes_logged()):.1f} MB")
    _tell("a test: a sandbox of its own, verified and forgotten, over HTTP", _each_test())


def _sandboxes(seed: Seed) -> Sandboxes:
    return Sandboxes(Setup(seed), MemoryJournal(), SystemClock())


def _write(sandbox: Sandbox) -> None:
    """Post on ten accounts, which is more to keep than ten posts on one."""
    active = (a for a in sandbox.seed.accounts if a.status is AccountStatus.ACTIVE)
    for account in islice(active, _WRITES):
        sandbox.apply(Post(account.terms.account_id, ItemType.DEBIT_OFFSET, 5))


def megabytes(seed: Seed) -> float:
    """Give what many sandboxes take that were written to, in 10^6 bytes."""
    sandboxes = _sandboxes(seed)
    gc.collect()
    tracemalloc.start()
    for number in range(_SANDBOXES):
        _write(sandboxes.get(f"sbx_{number}"))
    gc.collect()
    return _traced()


async def _megabytes_logged() -> float:
    """Give what a tenth of them takes, times ten, where each write is a request."""
    app = build(Settings(accounts=_ACCOUNTS))
    active = [a for a in app.sandboxes.seed.accounts if a.status is AccountStatus.ACTIVE]
    paths = [f"/accounts/{a.terms.account_id}/line_items/debit_offsets" for a in active[:_WRITES]]
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for number in range(1 + _SANDBOXES // 10):
            if number == 1:  # the first makes what all share
                gc.collect()
                tracemalloc.start()
            headers = {"Authorization": f"Bearer sbx_{number}"}
            for path in paths:
                await client.post(path, json={"original_amount_cents": 5}, headers=headers)
    gc.collect()
    return _traced() * 10


def _traced() -> float:
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken / 1e6


def _each_test() -> float:
    with running() as server:
        server.sandbox().verify()
        costs = []
        for _ in range(_TESTS):
            began = time.perf_counter()
            with server.sandbox():
                pass
            costs.append(time.perf_counter() - began)
    return statistics.median(costs)


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _each(work: Callable[[], object], times: int) -> float:
    """Give the seconds of one of many."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def _tell(what: str, seconds: float) -> None:
    click.echo(f"{what}: {seconds * 1e6:,.1f} µs")


if __name__ == "__main__":
    main()
