"""Whoever has an answer finds it among the exchanges, at once (reliability, exchanges).

Rounds of posts at once, each followed by the question whether they came. A normal run asks 300
times; ``make proofs`` asks 10 000 times, as ``EXCHANGE_ROUNDS`` says.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
import pytest

from tests.running import in_silence, serving
from tests.steering import POST

ROUNDS = int(os.environ.get("EXCHANGE_ROUNDS", "300"))
CLIENTS = 8
OPERATION = "createAccountDebitOffset"


async def post_all(clients: list[httpx.AsyncClient]) -> None:
    """Post once with each client, all at once."""
    body = {"original_amount_cents": 1}
    answers = await asyncio.gather(*(client.post(POST, json=body) for client in clients))
    assert {answer.status_code for answer in answers} == {200}


async def misses(clients: list[httpx.AsyncClient], rounds: int) -> list[Any]:
    """Give what was said of rounds that did not find what had been answered."""
    missed, seen = [], 0
    for _ in range(rounds):
        await post_all(clients)
        match = {"operation": OPERATION, "status": 200, "after": seen}
        wanted = {"match": match, "called": CLIENTS}
        told = (await clients[0].post("/_mock/exchanges/assert", json=wanted)).json()
        if told["outcome"] != "passed":
            missed.append(told)
        seen += CLIENTS
    return missed


async def asked(url: str, name: str, fault: dict[str, Any] | None) -> list[Any]:
    """Give the misses in a sandbox, with a fault in it or none."""
    headers = {"Authorization": f"Bearer {name}"}
    clients = [httpx.AsyncClient(base_url=url, headers=headers, timeout=60) for _ in range(CLIENTS)]
    try:
        if fault is not None:
            (await clients[0].post("/_mock/faults", json=fault)).raise_for_status()
        return await misses(clients, ROUNDS)
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


@pytest.mark.parametrize(
    "fault",
    [
        None,
        {"delay": {"ms": 0, "max_ms": 3}, "operations": [OPERATION], "stage": "after_commit"},
    ],
    ids=["", "delayed"],
)
def test_an_answer_that_came_is_an_exchange_that_is_kept(fault: dict[str, Any] | None) -> None:
    with in_silence(serving("--accounts", "3")) as server:
        assert asyncio.run(asked(server.url, "sbx_rounds", fault)) == []
