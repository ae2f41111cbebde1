"""Accounts that owe what a test needs: opened whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Api, TestClock

URL = "http://localhost/_mock"


def ask(api: Api, method: str, path: str, body: Any = None) -> Any:
    return api.client.request(method, f"{URL}/{path}", json=body)


@pytest.mark.parametrize(
    "effective_at",
    [
        "1900-01-01T00:00:00Z",
        "1926-01-05T15:29:59.999999Z",
        "2126-01-06T15:30:01Z",
        "2999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+12:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_an_opening_out_of_reach_is_refused_and_leaves_nothing(api: Api, effective_at: str) -> None:
    before = ask(api, "POST", "verify", {}).json()
    body = {"principal_cents": 100, "effective_at": effective_at}
    answer = ask(api, "POST", "accounts", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "out_of_reach")
    assert "effective_at is more than a hundred years from now" in answer.text
    assert ask(api, "POST", "verify", {}).json() == before
    assert before["events"] == 0


@pytest.mark.parametrize("effective_at", ["1926-02-01T00:00:00Z", "2125-12-31T00:00:00Z"])
def test_an_opening_within_a_hundred_years_is_carried_out(api: Api, effective_at: str) -> None:
    body = {"principal_cents": 100, "fees_cents": 5, "effective_at": effective_at}
    built = ask(api, "POST", "accounts", {**body, "status": "SUSPENDED"})

    assert built.status_code == 200, built.text
    account = built.json()
    assert account["summary"]["total_balance_cents"] == 105
    assert account["account_overview"]["account_status"] == "SUSPENDED"
    found = ask(api, "POST", "verify", {}).json()
    assert (found["ok"], found["events"]) == (True, 5)


def test_all_of_a_sandbox_have_one_product(api: Api) -> None:
    ids = [ask(api, "POST", "accounts", {"fees_cents": 1}).json()["account_id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert ask(api, "POST", "verify", {}).json()["events"] == 1 + 3 * 2


def test_one_that_no_longer_fits_leaves_nothing(
    serve: Callable[..., Api], clock: TestClock
) -> None:
    api = serve(accounts=3, max_events=4)
    assert ask(api, "POST", "accounts", {"fees_cents": 1, "principal_cents": 1}).status_code == 200
    before = ask(api, "POST", "verify", {}).json()
    assert ask(api, "POST", "accounts", {}).status_code == 429
    assert ask(api, "POST", "verify", {}).json() == before
