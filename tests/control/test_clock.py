"""How far a clock goes: as far as accounts can be reckoned, and never back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import ACCOUNT, Api

URL = "http://localhost/_mock"
NEVER = "9999-12-31T23:59:59.999999Z"


def ask(api: Api, method: str, path: str, body: Any = None) -> Any:
    return api.client.request(method, f"{URL}/{path}", json=body)


@pytest.mark.parametrize("before", [{"mode": "real"}, {"mode": "frozen"}])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", {"mode": "frozen", "at": NEVER}),
        ("PUT", "clock", {"mode": "frozen", "at": "2126-01-06T15:30:01Z"}),
        ("PUT", "clock", {"mode": "offset", "offset_seconds": 3_155_760_001}),
        ("POST", "clock/advance", {"to": NEVER}),
        ("POST", "clock/advance", {"to": "9999-12-31T23:59:59-12:00"}),
        ("POST", "clock/advance", {"to": "2200-01-01T00:00:00Z"}),
        ("POST", "clock/advance", {"seconds": 3_155_760_001}),
    ],
)
def test_a_clock_goes_no_further_than_a_hundred_years(
    api: Api, before: Any, method: str, path: str, body: Any
) -> None:
    told = ask(api, "PUT", "clock", before).json()
    answer = ask(api, method, path, body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert "no further than a hundred years ahead, here to 2126-01-06T15:30:00+00:00" in answer.text
    assert ask(api, "GET", "clock").json() == told
    assert api.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", {"mode": "frozen", "at": "2126-01-06T15:30:00Z"}),
        ("PUT", "clock", {"mode": "offset", "offset_seconds": 3_155_760_000}),
        ("POST", "clock/advance", {"to": "2126-01-06T15:30:00Z"}),
        ("POST", "clock/advance", {"seconds": 3_155_760_000}),
    ],
)
def test_a_hundred_years_ahead_everything_can_be_read(
    api: Api, method: str, path: str, body: Any
) -> None:
    assert ask(api, method, path, body).status_code == 200
    assert ask(api, "POST", "clock/advance", {"seconds": 1}).status_code == 409
    for account in api.get("/accounts").json()["results"]:
        path = f"/accounts/{account['account_id']}"
        for below in ("", "/line_items", "/statements/list"):
            assert api.get(path + below).status_code == 200
    rolled = f"/admin/roll/account?account_id={ACCOUNT}&exclusive_end=2226-01-01"
    assert api.client.patch(rolled).status_code == 200
    assert ask(api, "POST", "verify", {}).json()["ok"]


def test_many_steps_lead_no_further_than_one(api: Api) -> None:
    statuses = {
        ask(api, "POST", "clock/advance", {"seconds": 1_000_000_000}).status_code for _ in range(3)
    }
    assert statuses == {200}
    assert ask(api, "POST", "clock/advance", {"seconds": 1_000_000_000}).status_code == 409
    ask(api, "POST", "snapshots", {"name": "far"})
    ask(api, "POST", "snapshots/far/restore", {})
    assert ask(api, "POST", "clock/advance", {"seconds": 1_000_000_000}).status_code == 409
    assert ask(api, "POST", "reset", {}).status_code == 200
    assert ask(api, "POST", "clock/advance", {"seconds": 1_000_000_000}).status_code == 200
