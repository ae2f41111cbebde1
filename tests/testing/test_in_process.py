"""A server in the process of its client: what it is started with, and who may call it what."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from mockserver.api.auth import Client
from mockserver.api.compat import Compat
from mockserver.sandbox.rate import Rate
from mockserver.testing import StartError, in_process

FROZEN = "2030-01-01T00:00:00+00:00"


def ask(app: ASGIApp, *paths: str, url: str = "http://testserver") -> list[httpx.Response]:
    """Give the answers to some GETs."""

    async def asked() -> list[httpx.Response]:
        headers = {"Authorization": "Bearer sbx_1"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(asked())


WRONG: dict[str, dict[str, Any]] = {
    "Invalid value for '--frozen-at': '2030-13-01T00:00:00Z' is no instant such as":
        {"frozen_at": "2030-13-01T00:00:00Z"},
    "Invalid value for '--frozen-at': '2030-01-01 00:00:00' is no instant such as":
        {"frozen_at": datetime(2030, 1, 1)},  # noqa: DTZ001 - that is the point
    "Invalid value for '--rate': '10/0' is no rate such as 10 or 100/60": {"rate": "10/0"},
    r"Invalid value for '--accounts': 1 is not in the range 3<=x<=100000": {"accounts": 1},
    "Invalid value for '--accounts': 'many' is not a valid integer": {"accounts": "many"},
    r"Invalid value for '--token': 'a b' is no bearer token": {"tokens": "a b"},
    "Invalid value for '--compat': 'strict' is not one of 'documented', 'observed'":
        {"compat": "strict"},
    "No such option.*--acounts": {"acounts": 3},
    "--accounts does not go with --scenario": {"accounts": 5, "scenario": "sample"},
    "--shared needs": {"is_shared": True},
    "there is no scenario": {"scenario": "nowhere"},
}  # fmt: skip


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_told_as_the_command_does(told: str) -> None:
    with pytest.raises(StartError, match=told):
        in_process(**WRONG[told])


@pytest.mark.parametrize("frozen_at", [FROZEN, datetime(2030, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("rate", ["2/60", Rate(2, 60)])
def test_what_is_read_from_text_may_be_text(frozen_at: object, rate: object) -> None:
    app = in_process(frozen_at=frozen_at, rate=rate, accounts=3, compat=Compat.OBSERVED)
    (clock,) = ask(app, "/_mock/clock")
    assert (clock.json()["now"], clock.json()["mode"]) == (FROZEN, "frozen")
    answers = ask(app, *["/accounts"] * 3)
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_neither_environment_nor_file_says_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "canopy-mock.toml").write_text("accounts = 7\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANOPY_MOCK_ACCOUNTS", "9")
    (page,) = ask(in_process(), "/accounts?limit=100")
    assert len(page.json()["results"]) == 25


def test_clients_and_tokens_are_those_that_are_given() -> None:
    client = Client("mine", "secret", sandbox="of_a_client")
    app = in_process(accounts=3, is_shared=True, clients=(client,))
    (answer,) = ask(app, "/accounts")
    assert answer.status_code == 403


@pytest.mark.parametrize("url", ["http://testserver", "http://test", "http://localhost:1"])
def test_the_control_api_answers_under_the_names_of_test_clients(url: str) -> None:
    assert ask(in_process(accounts=3), "/_mock/clock", url=url)[0].status_code == 200


def test_a_further_name_is_allowed_as_with_the_command() -> None:
    (refused,) = ask(in_process(accounts=3), "/_mock/clock", url="http://mock.example")
    app = in_process(accounts=3, allow_host="mock.example")
    (answer,) = ask(app, "/_mock/clock", url="http://mock.example")
    assert (refused.status_code, answer.status_code) == (403, 200)
    assert "--allow-host" in refused.json()["error"]["message"]
