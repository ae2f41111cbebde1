"""Fixtures: a server that complains of nothing, and a sandbox of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import Running, in_silence, serving
from tests.steering import Steered, steering


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with in_silence(serving("--accounts", "3")) as running:
        yield running


@pytest.fixture
def sandbox(server: Running) -> Iterator[Steered]:
    with steering(server) as steered:
        steered.client.get("/accounts").raise_for_status()
        yield steered
