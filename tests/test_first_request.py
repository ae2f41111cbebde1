"""The published request lowers a balance: the one thing everything else is for."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mockserver.app import build
from mockserver.settings import DEFAULT_TOKEN, Settings

PAGE_REQUEST = {
    "line_item_id": "li_0x1234",
    "original_amount_cents": 200,
    "effective_at": "2020-07-20T09:11:28+00:00",
    "allocation": "INTEREST",
    "external_fields": [
        {
            "key": "Globex Card Processing Account ID",
            "value": "22445702-a389-431f-927d-07b8d0750787",
        }
    ],
}


@pytest.fixture
def client() -> TestClient:
    """A client of a new server that checks its answers."""
    application = build(Settings(check_responses=True))
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    return TestClient(application.asgi, headers=headers)


def test_the_published_request_lowers_the_balance(client: TestClient) -> None:
    before = client.get("/accounts/can_52322").json()["summary"]
    answer = client.post("/accounts/can_52322/line_items/debit_offsets", json=PAGE_REQUEST)
    after = client.get("/accounts/can_52322").json()["summary"]

    assert answer.status_code == 200
    assert after["total_balance_cents"] == before["total_balance_cents"] - 200
    assert after["interest_balance_cents"] == before["interest_balance_cents"] - 200
