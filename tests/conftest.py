"""Fixtures: a server in this process, whose answers are checked and whose clock a test moves."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from starlette.testclient import TestClient

from mockserver.app import Application, build
from mockserver.settings import Settings

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

ACCOUNT = "can_52322"

_BEGINNING = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)


class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.time = _BEGINNING

    def now(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


class Api:
    """A server and a client of it, both in this process."""

    def __init__(self, application: Application, token: str) -> None:
        self.application = application
        self.token = token
        headers = {"Authorization": f"Bearer {token}"}
        self.client = TestClient(application.asgi, headers=headers, raise_server_exceptions=False)

    def post(self, body: Any, account: str = ACCOUNT, **details: Any) -> Any:
        """Post a debit offset."""
        path = f"/accounts/{account}/line_items/debit_offsets"
        return self.client.post(path, json=body, **details)

    def get(self, path: str, **details: Any) -> Any:
        """Read something."""
        return self.client.get(path, **details)

    def summary(self, account: str = ACCOUNT) -> dict[str, int]:
        """Read the summary of an account."""
        summary: dict[str, int] = self.get(f"/accounts/{account}").json()["summary"]
        return summary

    def total(self, account: str = ACCOUNT) -> int:
        """Read what an account owes in all."""
        return self.summary(account)["total_balance_cents"]


@pytest.fixture(scope="session")
def _clock() -> TestClock:
    return TestClock()


@pytest.fixture
def clock(_clock: TestClock) -> TestClock:
    """The clock of the servers of this test. It begins at the same time in every test."""
    _clock.time = _BEGINNING
    return _clock


@pytest.fixture(scope="session")
def _applications(_clock: TestClock) -> Callable[..., Application]:
    """Makes a server per set of settings; tests share it, but not its sandboxes."""

    @functools.cache
    def made(**chosen: Any) -> Application:
        return build(Settings(check_responses=True, **chosen), clock=_clock)

    return made


@pytest.fixture
def serve(clock: TestClock, _applications: Callable[..., Application]) -> Callable[..., Api]:
    """Makes a server with the settings given, and a sandbox of its own on it.

    The server checks its answers: what the contract does not allow becomes a 500.
    """
    assert clock.time == _BEGINNING

    def served(**chosen: Any) -> Api:
        return Api(_applications(**chosen), f"sbx_{next(_numbers)}")

    return served


_numbers = count()


@pytest.fixture
def api(serve: Callable[..., Api]) -> Api:
    """A server with default settings."""
    return serve()
