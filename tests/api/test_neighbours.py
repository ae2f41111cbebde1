"""What surrounds a debit offset: products, customers, accounts, postings, reversals, statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.api.auth import Client, Role
from mockserver.api.compat import Compat
from mockserver.ledger.commands import Processing
from tests.conftest import ACCOUNT, Api, TestClock

PRODUCT = {
    "product_overview": {"product_name": "Weekly", "product_type": "REVOLVING", "product_color": 7},
    "product_lifecycle_policies": {
        "billing_cycle_policies": {
            "cycle_interval": "7 days",
            "cycle_due_interval": "2 days",
            "product_time_zone": "America/Chicago",
        },
        "default_attributes": {"default_credit_limit_cents": 500_000},
        "fee_policies": {"late_fee_grace": "1 day", "origination_fee_cents": 300, "extra": True},
    },
    "promotional_policies": {"promo_len": 0, "promo_default_interest_rate_percent": 1},
    "post_promotional_policies": {"post_promo_default_interest_rate_percent": 5.5},
    "metadata": {"made_by": ["us", None, 1.5]},
}
PERSON = {
    "name_first": "Ada",
    "name_last": "Marsh",
    "phone_number": "+12025550117",
    "email": "ada.marsh@example.com",
    "date_of_birth": "1984-02-29",
    "address_line_one": "12 Harbor Street",
    "address_city": "Portland",
    "address_state": "ME",
    "address_zip": "04101",
}


def post(api: Api, path: str, body: Any = None) -> Any:
    answer = api.client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def opened(api: Api, **details: Any) -> str:
    """Open an account of a new product; give its path."""
    product_id = post(api, "/products", PRODUCT)["product_id"]
    account = post(api, "/accounts", {"product_id": product_id, **details})
    return f"/accounts/{account['account_id']}"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["message"]


class TestProductsAndCustomers:
    """What accounts are opened from, and who owes them."""

    def test_a_product_is_answered_and_listed_as_it_was_sent(self, api: Api) -> None:
        sent = {**PRODUCT, "product_id": "mine"}
        created = post(api, "/products", sent)
        page = api.get("/products?limit=2").json()

        assert created == {**PRODUCT, "product_id": created["product_id"]}
        assert created["product_id"].startswith("can_")
        assert page["results"][0] == created
        assert page["paging"]["has_more"] is True
        after = api.get(f"/products?starting_after={page['paging']['starting_after']}").json()
        ids = [product["product_id"] for product in [*page["results"], *after["results"]]]
        assert {"can_51001", "can_51101"} < set(ids)
        assert len(set(ids)) == len(ids)

    def test_a_customer_is_read_as_it_was_created(self, api: Api) -> None:
        created = post(api, "/customers", {**PERSON, "favourite": "blue"})

        assert created == {**PERSON, "customer_id": created["customer_id"]}
        assert api.get(f"/customers/{created['customer_id']}").json() == created
        assert refused(api.get("/customers/nobody")) == (404, "There is no such customer.")

    def test_every_field_of_a_customer_is_required(self, api: Api) -> None:
        details = api.client.post("/customers", json={}).json()["error"]["details"]
        assert [detail["params"]["missingProperty"] for detail in details] == list(PERSON)

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("cycle_interval", "0 days"),
            ("cycle_interval", "7"),
            ("cycle_due_interval", "-1 days"),
            ("product_time_zone", "America/Nowhere"),
        ],
    )
    def test_a_cycle_that_cannot_be_is_rejected(self, api: Api, member: str, value: str) -> None:
        body = {"product_lifecycle_policies": {"billing_cycle_policies": {member: value}}}
        answer = api.client.post("/products", json=body)
        path = "/body/product_lifecycle_policies/billing_cycle_policies"

        assert answer.status_code == 422
        assert answer.json()["error"]["details"][0]["instancePath"] == f"{path}/{member}"

    def test_only_admins_create_products_and_roll(self, serve: Callable[..., Api]) -> None:
        clerk = Client("clerk", "secret", Role.SERVICING, "default")
        api = serve(clients=(clerk,))
        credentials = {"client_id": "clerk", "client_secret": "secret"}
        token = api.client.post("/auth/token", json=credentials).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        roll = f"/admin/roll/account?account_id={ACCOUNT}&exclusive_end=2026-01-06"

        assert api.client.post("/products", json={}, headers=headers).status_code == 403
        assert api.client.patch(roll, headers=headers).status_code == 403
        assert api.client.post("/customers", json=PERSON, headers=headers).status_code == 200


class TestOpening:
    """``POST /accounts``."""

    def test_what_is_left_out_comes_from_the_product(self, api: Api) -> None:
        account = api.get(opened(api)).json()

        assert account["summary"]["credit_limit_cents"] == 500_000
        assert account["summary"]["interest_rate_percent"] == 5.5
        assert account["cycle_type"]["cycle_interval"] == "7 days"
        assert account["effective_at"] == "2026-01-05T09:30:00-06:00"
        assert account["account_product"]["product_name"] == "Weekly"
        assert account["cycle_type"]["late_fee_grace"] == "1 day"
        assert account["summary"]["fees_balance_cents"] == 300

    def test_what_is_given_is_the_accounts_own(self, api: Api) -> None:
        customer_id = post(api, "/customers", PERSON)["customer_id"]
        path = opened(
            api,
            effective_at="2025-12-01T00:00:00Z",
            summary={
                "credit_limit_cents": 1_000,
                "initial_principal_cents": 700,
                "origination_fee_cents": 50,
                "late_fee_cents": 9,
                "monthly_fee_cents": 0,
            },
            cycle_type={"cycle_interval": "1 month", "late_fee_grace": "3 days"},
            post_promo_overview={"post_promo_impl_interest_rate_percent": 0},
            assign_customers=[{"customer_id": customer_id, "customer_account_role": "SECONDARY"}],
            external_fields=[{"key": "ref", "value": "1"}],
        )
        account = api.get(path).json()
        summary = account["summary"]
        items = api.get(f"{path}/line_items").json()["results"]

        assert (summary["credit_limit_cents"], summary["interest_rate_percent"]) == (1_000, 0)
        assert (summary["principal_cents"], summary["fees_balance_cents"]) == (700, 50)
        assert account["account_product"]["product_lifecycle"]["late_fee_impl_cents"] == 9
        assert account["cycle_type"] == {
            "cycle_interval": "1 month",
            "cycle_due_interval": "2 days",
            "first_cycle_interval": None,
            "late_fee_grace": "3 days",
        }
        assert account["customers"] == [
            {**PERSON, "customer_id": customer_id, "customer_account_role": "SECONDARY"}
        ]
        assert account["external_fields"] == [{"key": "ref", "value": "1"}]
        assert [item["line_item_overview"]["description"] for item in items] == [
            "origination_fee_cents",
            "initial_principal_cents",
        ]

    @pytest.mark.parametrize(
        ("body", "refusal"),
        [
            ({"product_id": "none"}, (404, "There is no such product.")),
            (
                {"product_id": "can_51001", "assign_customers": [{"customer_id": "none"}]},
                (404, "There is no such customer."),
            ),
            (
                {"product_id": "can_51001", "effective_at": "1900-01-01T00:00:00Z"},
                (409, "effective_at is more than a hundred years from now."),
            ),
            (
                {"product_id": "can_51001", "effective_at": "9999-12-31T23:59:60Z"},
                (409, "effective_at is more than a hundred years from now."),
            ),
        ],
    )
    def test_what_cannot_be_opened_is_refused(
        self, api: Api, body: Any, refusal: tuple[int, str]
    ) -> None:
        before = api.get("/accounts?limit=1000").json()["results"]
        assert refused(api.client.post("/accounts", json=body)) == refusal
        assert api.get("/accounts?limit=1000").json()["results"] == before

    def test_a_new_account_is_listed(self, api: Api) -> None:
        path = opened(api)
        first = api.get("/accounts?limit=1").json()["results"][0]
        assert path == f"/accounts/{first['account_id']}"


class TestPostings:
    """Every way to add a line item."""

    @pytest.mark.parametrize(
        ("operation", "body", "item_type", "cents"),
        [
            ("charges", {}, "CHARGE", 100),
            ("payments", {}, "PAYMENT", -100),
            ("payments/payment_record", {}, "PAYMENT", -100),
            ("refunds", {}, "REFUND", -100),
            ("manual_fees", {}, "MANUAL_FEE", 100),
            ("debit_offsets", {"allocation": "FEE"}, "DEBIT_OFFSET", -100),
            ("credit_offsets", {}, "CREDIT_OFFSET", 100),
            ("credit_offsets", {"allocation": "PRINCIPAL"}, "CREDIT_OFFSET", 100),
            ("credit_offsets", {"allocation": "FEE"}, "CREDIT_OFFSET_FEE", 100),
            ("credit_offsets", {"allocation": "INTEREST"}, "CREDIT_OFFSET_INTEREST", 100),
            (
                "credit_offsets",
                {"allocation": "DEFERRED_INTEREST"},
                "CREDIT_OFFSET_DEFERRED_INTEREST",
                100,
            ),
        ],
    )
    def test_an_item_is_posted_and_repeated_safely(
        self, api: Api, operation: str, body: Any, item_type: str, cents: int
    ) -> None:
        path = f"/accounts/{ACCOUNT}/line_items/{operation}"
        sent = {"original_amount_cents": 100, "line_item_id": "li_once", **body}
        before = api.total()
        created = post(api, path, sent)
        again = api.client.post(path, json=sent)
        other = api.client.post(path, json={**sent, "original_amount_cents": 101})

        assert created["line_item_overview"]["line_item_type"] == item_type
        summary = created["line_item_summary"]
        assert (summary["original_amount_cents"], summary["principal_cents"]) == (cents, cents)
        assert again.json() == created
        assert other.status_code == 409
        assert api.total() == before + cents

    def test_the_same_id_in_another_operation_is_a_conflict(self, api: Api) -> None:
        sent = {"original_amount_cents": 100, "line_item_id": "li_once"}
        path = f"/accounts/{ACCOUNT}/line_items"
        post(api, f"{path}/payments", sent)
        for operation in ("payments/payment_record", "refunds", "debit_offsets"):
            assert api.client.post(f"{path}/{operation}", json=sent).status_code == 409

    def test_a_charge_keeps_where_it_was_made(self, api: Api) -> None:
        merchant = {"name": "Initech", "id": "m_1", "mcc_code": 5812, "phone_number": "+1"}
        sent = {
            "original_amount_cents": 1,
            "line_item_id": "li_card",
            "line_item_status": "POSTED",
            "merchant_data": merchant,
            "issuer_processor_metadata": {"lithic": {"last_four": "3324"}},
        }
        path = f"/accounts/{ACCOUNT}/line_items"
        created = post(api, f"{path}/charges", sent)
        (read,) = api.get(f"{path}/li_card").json()["results"]

        for item in (created, read):
            assert item["merchant_data"] == merchant
            assert item["issuer_processor_details"] == {"lithic": {"last_four": "3324"}}
            assert item["line_item_overview"]["line_item_status"] == "POSTED"
        listed = api.get(f"{path}?line_item_status=POSTED").json()["results"]
        assert [item["line_item_id"] for item in listed] == ["li_card"]
        minimal = post(api, f"{path}/charges", {"original_amount_cents": 1, "merchant_data": {}})
        assert (minimal["merchant_data"], minimal["issuer_processor_details"]) == ({}, None)

    def test_a_merchant_code_is_a_number_or_a_text(self, api: Api) -> None:
        path = f"/accounts/{ACCOUNT}/line_items/charges"
        body = {"original_amount_cents": 1, "merchant_data": {"mcc_code": []}}
        answer = api.client.post(path, json=body)

        assert answer.status_code == 422
        (detail,) = answer.json()["error"]["details"]
        assert detail["message"] == "must match a schema in anyOf"

    def test_a_suspended_account_takes_no_charges(self, serve: Callable[..., Api]) -> None:
        api = serve(scenario="suspended")
        path = f"/accounts/{ACCOUNT}/line_items"
        body = {"original_amount_cents": 1}

        assert refused(api.client.post(f"{path}/charges", json=body)) == (
            409,
            "The account is SUSPENDED and takes no CHARGE.",
        )
        post(api, f"{path}/payments", body)


class TestReversals:
    """Taking back."""

    def test_a_reversed_payment_is_read_with_what_came_of_it(self, api: Api) -> None:
        path = f"/accounts/{ACCOUNT}/line_items"
        before = api.summary()
        payment = post(api, f"{path}/payments", {"original_amount_cents": 4_000})
        item_id = payment["line_item_id"]
        reversal = post(api, f"{path}/payment_reversals/{item_id}")
        read = api.get(f"{path}/{item_id}").json()["results"]

        assert reversal["line_item_overview"]["line_item_type"] == "PAYMENT_REVERSAL_FEE"
        assert [item["line_item_overview"]["line_item_type"] for item in read] == [
            "PAYMENT_REVERSAL_FEE",
            "PAYMENT_REVERSAL_INTEREST",
            "PAYMENT",
        ]
        assert read[-1]["line_item_overview"]["line_item_status"] == "REVERSED"
        assert api.summary() == before
        assert api.client.post(f"{path}/payment_reversals/{item_id}").status_code == 409

    @pytest.mark.parametrize("spelling", ["fee_waivers", "fee_waiver"])
    def test_a_fee_is_waived_in_both_spellings(self, api: Api, spelling: str) -> None:
        path = f"/accounts/{ACCOUNT}/line_items"
        waiver = post(api, f"{path}/{spelling}/can_900005", {})

        assert waiver["line_item_overview"]["line_item_type"] == "FEE_REVERSAL"
        assert api.summary()["fees_balance_cents"] == 0

    def test_an_empty_body_is_no_body(self, api: Api) -> None:
        path = f"/accounts/{ACCOUNT}/line_items/fee_waivers/can_900005"
        headers = {"Content-Type": "application/json"}
        assert api.client.post(path, content=b"", headers=headers).status_code == 200

    def test_a_charge_is_reversed(self, api: Api) -> None:
        path = f"/accounts/{ACCOUNT}/line_items"
        before = api.summary()["available_credit_cents"]
        reversal = post(api, f"{path}/charge_reversals/can_900002")

        assert reversal["line_item_summary"]["original_amount_cents"] == -50_000
        assert api.summary()["available_credit_cents"] == before + 50_000

    def test_unknown_things_are_404(self, api: Api) -> None:
        for operation in ("payment_reversals", "charge_reversals", "fee_waivers"):
            path = f"/line_items/{operation}/none"
            unknown = api.client.post(f"/accounts/{ACCOUNT}{path}")
            assert refused(unknown) == (404, "The account has no such line item.")
            assert refused(api.client.post(f"/accounts/x{path}")) == (
                404,
                "There is no such account.",
            )


class TestTime:
    """Statements and rolls."""

    def test_statements_are_cut_as_time_passes(self, api: Api, clock: TestClock) -> None:
        path = opened(api, summary={"initial_principal_cents": 1_000_000})
        assert api.get(f"{path}/statements/list").json() == []
        clock.advance(days=16)
        listed = api.get(f"{path}/statements/list").json()
        whole = api.get(f"{path}/statements/{listed[0]['statement_id']}").json()

        assert [entry["balance_summary"]["total_balance_cents"] for entry in listed] == [
            1_001_354,
            1_002_408,
        ]
        assert listed[0]["cycle_summary"] == {
            "cycle_inclusive_start": "2026-01-05T09:30:00-06:00",
            "cycle_exclusive_end": "2026-01-13T00:00:00-06:00",
        }
        assert listed[0]["min_pay_due"]["min_pay_due_at"] == "2026-01-15T00:00:00-06:00"
        assert whole["balance_summary"]["interest_balance_cents"] == 1_054
        assert whole["balance_summary"]["charges_principal_cents"] == 1_000_000
        assert whole["open_to_buy"]["available_credit_cents"] == 0
        assert [item["line_item_overview"]["line_item_type"] for item in whole["line_items"]] == [
            "INTEREST",
            "ORIG_FEE",
            "CHARGE",
        ]

    def test_unknown_statements_are_404(self, api: Api) -> None:
        assert refused(api.get(f"/accounts/{ACCOUNT}/statements/none")) == (
            404,
            "The account has no such statement.",
        )
        for path in ("/accounts/x/statements/list", "/accounts/x/statements/none"):
            assert refused(api.get(path)) == (404, "There is no such account.")

    @pytest.mark.parametrize(
        "end", ["2026-01-13", "2026-01-13T06:00:00Z", "2026-01-13T00:00:00-06:00"]
    )
    def test_a_roll_goes_to_a_local_date_or_an_instant(
        self, serve: Callable[..., Api], end: str
    ) -> None:
        api = serve(processing=Processing.CONTROLLED)
        path = opened(api, summary={"initial_principal_cents": 1_000_000})
        account_id = path.removeprefix("/accounts/")
        query = {"account_id": account_id, "exclusive_end": end}
        rolled = api.client.patch("/admin/roll/account", params=query)

        assert rolled.status_code == 200
        assert rolled.json()["summary"]["interest_balance_cents"] == 1_054
        assert len(api.get(f"{path}/statements/list").json()) == 1

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"account_id": ACCOUNT}, 422),
            ({"exclusive_end": "2026-01-13"}, 422),
            ({"account_id": ACCOUNT, "exclusive_end": "2026-02-30"}, 422),
            ({"account_id": ACCOUNT, "exclusive_end": "tomorrow"}, 422),
            ({"account_id": "nobody", "exclusive_end": "2026-01-13"}, 404),
            ({"account_id": ACCOUNT, "exclusive_end": "2199-01-01"}, 409),
        ],
    )
    def test_a_roll_that_cannot_be_is_refused(
        self, api: Api, query: dict[str, str], status: int
    ) -> None:
        assert api.client.patch("/admin/roll/account", params=query).status_code == status

    def test_in_the_observed_profile_times_and_ids_may_be_loose(
        self, serve: Callable[..., Api]
    ) -> None:
        api = serve(compat=Compat.OBSERVED)
        path = opened(
            api,
            effective_at="2026-01-01T08:00:00",
            summary={"initial_principal_cents": "500"},
        )
        account = api.get(path).json()

        assert account["effective_at"] == "2026-01-01T08:00:00-06:00"
        assert account["summary"]["principal_cents"] == 500
        unknown = api.client.post("/accounts", json={"product_id": 5})
        assert refused(unknown) == (404, "There is no such product.")
