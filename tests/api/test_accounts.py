"""Reading accounts, and exchanging credentials for tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from mockserver.api.auth import Client, Role
from tests.conftest import ACCOUNT, Api, TestClock


def test_an_account_shows_everything_it_was_opened_with(api: Api) -> None:
    account = api.get("/accounts/can_52323").json()

    assert account["account_overview"] == {"account_status": "ACTIVE"}
    assert account["account_product"] == {
        "product_id": "can_51003",
        "product_name": "Same As Cash",
        "product_type": "MIXED_RATE_INSTALLMENT",
        "product_time_zone": "America/Los_Angeles",
        "product_lifecycle": {
            "origination_fee_impl_cents": 0,
            "monthly_fee_impl_cents": 0,
            "annual_fee_impl_cents": 0,
            "late_fee_impl_cents": 0,
            "payment_reversal_fee_impl_cents": 0,
        },
    }
    assert account["effective_at"] == "2020-01-10T16:45:00-08:00"
    assert account["external_fields"] == [{"key": "Merchant order", "value": "PO-2020-0110"}]
    assert [(who["customer_account_role"], who["name_first"]) for who in account["customers"]] == [
        ("PRIMARY", "Carla"),
        ("SECONDARY", "Dean"),
    ]


def test_the_summary_has_every_figure_the_contract_names(api: Api) -> None:
    contract = api.application.contract.resolved["components"]["schemas"]
    for account in api.get("/accounts").json()["results"]:
        assert account.keys() == contract["Account"]["properties"].keys()
        assert account["summary"].keys() == contract["AccountSummary"]["properties"].keys()


def test_accounts_are_listed_newest_first_and_in_pages(api: Api) -> None:
    everything = api.get("/accounts").json()["results"]
    opened = [account["effective_at"] for account in everything]
    first = api.get("/accounts?limit=10").json()
    rest = api.get(f"/accounts?starting_after={first['paging']['starting_after']}").json()

    assert len(everything) == 25
    assert opened[0] > opened[-1]
    assert first["results"] + rest["results"] == everything
    assert (first["paging"]["has_more"], rest["paging"]["has_more"]) == (True, False)


def test_each_sandbox_has_a_ledger_of_its_own(serve: Callable[..., Api]) -> None:
    mine, yours = serve(), serve()
    before = yours.total()
    mine.post({"line_item_id": "li_1", "original_amount_cents": 5})

    assert (mine.total(), yours.total()) == (before - 5, before)
    assert yours.get(f"/accounts/{ACCOUNT}/line_items/li_1").status_code == 404


class TestTokens:
    """``POST /auth/token``, and what a minted token is good for."""

    CREDENTIALS: ClassVar = {"client_id": "demo", "client_secret": "demo-secret"}

    def mint(self, api: Api) -> str:
        answer = api.client.post(
            "/auth/token", json=self.CREDENTIALS, headers={"Authorization": ""}
        )
        assert answer.status_code == 200
        assert answer.json().keys() == {"access_token", "expires_in", "token_type"}
        return str(answer.json()["access_token"])

    def test_a_minted_token_is_good_until_it_expires(self, api: Api, clock: TestClock) -> None:
        headers = {"Authorization": f"Bearer {self.mint(api)}"}
        assert api.get("/accounts", headers=headers).status_code == 200
        clock.advance(seconds=3599)
        assert api.get("/accounts", headers=headers).status_code == 200
        clock.advance(seconds=1)
        answer = api.get("/accounts", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_authorized")

    def test_no_two_tokens_are_alike(self, api: Api) -> None:
        assert len({self.mint(api) for _ in range(10)}) == 10

    def test_a_changed_token_is_unknown(self, api: Api) -> None:
        token = self.mint(api)
        for changed in (token[:-1], token + "a", token.replace(".", "-", 1), token.swapcase()):
            headers = {"Authorization": f"Bearer {changed}"}
            assert api.get("/accounts", headers=headers).status_code == 403

    @pytest.mark.parametrize(
        ("client_id", "client_secret"),
        [("demo", "guess"), ("nobody", "demo-secret"), ("", ""), ("nobody", ""), ("demo", "ü")],
    )
    def test_other_credentials_are_refused(
        self, api: Api, client_id: str, client_secret: str
    ) -> None:
        body = {"client_id": client_id, "client_secret": client_secret}
        answer = api.client.post("/auth/token", json=body)

        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_no_other_field_is_allowed(self, api: Api) -> None:
        answer = api.client.post("/auth/token", json={**self.CREDENTIALS, "scope": "all"})

        assert answer.status_code == 422
        assert answer.json()["error"]["details"] == [
            {
                "instancePath": "/body",
                "schemaPath": "#/properties/body/additionalProperties",
                "keyword": "additionalProperties",
                "params": {"additionalProperty": "scope"},
                "message": "must NOT have additional properties",
            }
        ]

    def test_a_client_sees_its_own_sandbox_in_its_own_role(self, serve: Callable[..., Api]) -> None:
        clients = (Client("bank", "s1", Role.SERVICING, "bank"), Client("shop", "s2"))
        api = serve(clients=clients)

        def call(client_id: str, secret: str, cents: int) -> int:
            body = {"client_id": client_id, "client_secret": secret}
            token = api.client.post("/auth/token", json=body).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            assert api.post({"original_amount_cents": cents}, headers=headers).status_code == 200
            summary = api.get(f"/accounts/{ACCOUNT}", headers=headers).json()["summary"]
            return int(summary["total_balance_cents"])

        assert call("bank", "s1", 10) - call("shop", "s2", 25) == 15
