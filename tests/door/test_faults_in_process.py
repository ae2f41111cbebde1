"""Faults where client and server are one process: there is no connection to break."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from mockserver.app import Application, build
from mockserver.door.reply import CONNECTION, BrokenOnPurposeError
from mockserver.sandbox.asserting import line
from mockserver.sandbox.exchanges import Match
from mockserver.settings import Settings
from tests.conftest import TestClock
from tests.steering import ACCOUNT

BREAKS = ["reset", "empty", "hang", "truncate", "garbage"]
HEADERS = {"Authorization": "Bearer sbx_mine"}
HANG_SECONDS = 0.2


@pytest.fixture
def application(clock: TestClock) -> Application:
    return build(Settings(accounts=3), clock=clock, hang_seconds=HANG_SECONDS)


def add(application: Application, **fault: Any) -> None:
    client = TestClient(application.asgi, "http://localhost", headers=HEADERS)
    assert client.post("/_mock/faults", json={"stage": "after_commit", **fault}).status_code == 200


@pytest.mark.parametrize("breaks", BREAKS)
def test_the_test_client_of_starlette_is_told(application: Application, breaks: str) -> None:
    add(application, breaks=breaks, times=1)
    client = TestClient(application.asgi, headers=HEADERS)

    with pytest.raises(BrokenOnPurposeError, match=breaks):
        client.get(ACCOUNT)
    assert client.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("breaks", BREAKS)
def test_the_transport_of_httpx_is_told(application: Application, breaks: str) -> None:
    add(application, breaks=breaks, times=1)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application.asgi)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=HEADERS
        ) as client:
            with pytest.raises(BrokenOnPurposeError, match=breaks):
                await client.get(ACCOUNT)
            return await client.get(ACCOUNT)

    assert asyncio.run(ask()).status_code == 200


@pytest.mark.parametrize(
    ("stage", "decided"), [("before_validation", 0), ("in_flight", 0), ("after_commit", 200)]
)
def test_who_gives_up_during_a_delay_is_told_of(
    application: Application, stage: str, decided: int
) -> None:
    add(application, stage=stage, delay={"ms": 60_000}, fault_id="slow", times=1)

    async def ask() -> None:
        transport = httpx.ASGITransport(application.asgi)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=HEADERS
        ) as client:
            asking = [asyncio.ensure_future(client.get(ACCOUNT)) for _ in range(2)]
            await asyncio.wait(asking, timeout=0.2)
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)

    sandbox = application.sandboxes.get("sbx_mine")
    before = len(sandbox.traffic.exchanges)
    if stage == "in_flight":
        add(application, delay={"ms": 60_000}, fault_id="first", times=1)
    asyncio.run(ask())
    told = list(sandbox.traffic.exchanges.matching(Match(fault_id="slow")))

    assert len(sandbox.traffic.exchanges) == before + 2
    assert [(e.status, e.decided, e.client_left) for e in told] == [(0, decided, True)]
    assert sandbox.traffic.pending(Match()) == 0
    assert line(told[0]).endswith("-> no answer (fault slow; the client had left)")


class Closing:
    """A connection whose client has gone, as far as only its socket knows."""

    is_gone, is_hung_up, is_ending, is_reset = True, False, False, False

    async def pause(self, seconds: float) -> None:
        """Wait for nothing."""

    def reset(self) -> None:
        """Take note."""
        self.is_reset = True


def test_nothing_is_expected_to_leave_where_the_client_has_just_gone(
    application: Application,
) -> None:
    connection, sent = Closing(), []

    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            sent.append(message["type"])
            await send(message)

        if scope["type"] == "http":
            scope["extensions"] = {CONNECTION: {"connection": connection}}
        await application.asgi(scope, receive, noted)

    with pytest.raises(AssertionError):  # of the test client: there is no answer
        TestClient(closing, headers=HEADERS).get(ACCOUNT)
    (told,) = application.sandboxes.get("sbx_mine").traffic.exchanges.matching(Match())

    assert (sent, connection.is_reset) == ([], True)
    assert (told.status, told.decided, told.client_left) == (0, 200, True)


def test_what_hangs_does_so_for_a_while(application: Application) -> None:
    add(application, breaks="hang")
    began = time.monotonic()
    with pytest.raises(BrokenOnPurposeError):
        TestClient(application.asgi, headers=HEADERS).get(ACCOUNT)

    assert HANG_SECONDS <= time.monotonic() - began < HANG_SECONDS + 2


def test_what_breaks_no_connection_is_as_on_a_socket(application: Application) -> None:
    add(application, breaks="malformed", times=1)
    add(application, answer={"status": 204}, times=1)
    add(application, bytes_per_second=20_000, times=1)
    client = TestClient(application.asgi, headers=HEADERS)
    malformed, empty, slow = (client.get(ACCOUNT) for _ in range(3))

    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        malformed.json()
    assert (empty.status_code, empty.content) == (204, b"")
    assert slow.elapsed.total_seconds() > len(slow.content) / 20_000 * 0.8
