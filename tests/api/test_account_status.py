"""``PUT …/status``, and what an account takes at each status (ledger.md L20)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from mockserver.api.auth import Client, Role
from mockserver.api.compat import Compat
from tests.conftest import ACCOUNT, Api, TestClock

STATUSES = ("ACTIVE", "SUSPENDED", "CLOSED", "CHARGED_OFF")
PATH = f"/accounts/{ACCOUNT}"
ITEMS = f"{PATH}/line_items"
ONE = {"original_amount_cents": 1}
LOWERING = {
    "payments": "PAYMENT",
    "payments/payment_record": "PAYMENT",
    "refunds": "REFUND",
    "debit_offsets": "DEBIT_OFFSET",
}
OTHERS = {"credit_offsets": "CREDIT_OFFSET", "manual_fees": "MANUAL_FEE"}
REVERSALS = {
    "payment_reversals": "payments",
    "charge_reversals": "charges",
    "fee_waivers": "manual_fees",
}
"""Each with what it takes back."""
NOT_CHARGED = {"charges": "CHARGE"}
NOTHING = {**NOT_CHARGED, **LOWERING, **OTHERS}


def put(api: Api, status: object, account: str = ACCOUNT, **how: Any) -> Any:
    body = {"account_status": status}
    return api.client.put(f"/accounts/{account}/status", json=body, **how)


def changed(api: Api, status: str) -> Any:
    """Change the status of the account; give the answer's body."""
    answer = put(api, status)
    assert answer.status_code == 200, answer.text
    return answer.json()


def seq(api: Api) -> int:
    """How many events there were."""
    return api.application.sandboxes.get(api.token).seq


def told(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


class TestChanging:
    """From any status to any other."""

    @pytest.mark.parametrize(("before", "after"), list(product(STATUSES, STATUSES)))
    def test_the_account_is_answered_with_its_status_and_else_as_it_was(
        self, api: Api, before: str, after: str
    ) -> None:
        account = changed(api, before)
        answer = changed(api, after)

        assert answer == {**account, "account_overview": {"account_status": after}}
        assert api.get(PATH).json() == answer
        assert answer in api.get("/accounts?limit=1000").json()["results"]

    @pytest.mark.parametrize("status", STATUSES)
    def test_a_change_is_one_event_and_the_same_again_is_none(self, api: Api, status: str) -> None:
        beginning = seq(api)
        changed(api, status)
        assert seq(api) == beginning + (status != "ACTIVE")

        digest = api.application.sandboxes.get(api.token).digest()
        changed(api, status)
        assert api.application.sandboxes.get(api.token).digest() == digest

    def test_other_accounts_and_other_sandboxes_keep_theirs(
        self, serve: Callable[..., Api]
    ) -> None:
        mine, yours = serve(), serve()
        changed(mine, "CLOSED")

        for api, path in ((mine, "/accounts/can_52323"), (yours, PATH)):
            overview = api.get(path).json()["account_overview"]
            assert overview == {"account_status": "ACTIVE"}

    def test_other_members_are_ignored(self, api: Api) -> None:
        body = {"account_status": "SUSPENDED", "account_status_subtype": "FRAUD"}
        answer = api.client.put(f"{PATH}/status", json=body)
        assert answer.json()["account_overview"] == {"account_status": "SUSPENDED"}

    def test_statements_go_on_when_an_account_is_closed(self, api: Api, clock: TestClock) -> None:
        before = len(api.get(f"{PATH}/statements/list").json())
        changed(api, "CLOSED")
        clock.advance(days=62)
        assert len(api.get(f"{PATH}/statements/list").json()) == before + 2


class TestTaking:
    """What is taken at each status, and what is not."""

    @pytest.mark.parametrize(
        ("status", "refused"),
        [
            ("ACTIVE", {}),
            ("SUSPENDED", NOT_CHARGED),
            ("CHARGED_OFF", NOT_CHARGED),
            ("CLOSED", NOTHING),
        ],
    )
    @pytest.mark.parametrize("operation", NOTHING)
    def test_an_item_is_taken_or_refused_and_then_nothing_changes(
        self, api: Api, status: str, refused: dict[str, str], operation: str
    ) -> None:
        changed(api, status)
        account, items, events = api.get(PATH).json(), api.get(ITEMS).json(), seq(api)
        answer = api.client.post(f"{ITEMS}/{operation}", json=ONE)

        if operation in refused:
            why = f"The account is {status} and takes no {refused[operation]}."
            assert told(answer) == (409, "account_state", why)
            assert (api.get(PATH).json(), api.get(ITEMS).json()) == (account, items)
            assert seq(api) == events
        else:
            assert answer.status_code == 200
            assert api.get(ITEMS).json() != items

    @pytest.mark.parametrize("status", STATUSES)
    @pytest.mark.parametrize("operation", REVERSALS)
    def test_only_a_closed_account_takes_nothing_back(
        self, api: Api, status: str, operation: str
    ) -> None:
        posted = api.client.post(f"{ITEMS}/{REVERSALS[operation]}", json=ONE).json()
        changed(api, status)
        account = api.get(PATH).json()
        events = seq(api)
        answer = api.client.post(f"{ITEMS}/{operation}/{posted['line_item_id']}")

        if status == "CLOSED":
            assert told(answer)[:2] == (409, "account_state")
            assert (api.get(PATH).json(), seq(api)) == (account, events)
        else:
            assert answer.status_code == 200

    def test_a_repeat_is_answered_when_the_account_is_closed(self, api: Api) -> None:
        body = {**ONE, "line_item_id": "li_1"}
        first = api.post(body).json()
        changed(api, "CLOSED")

        assert api.post(body).json() == first
        assert api.post({**ONE, "line_item_id": "li_2"}).status_code == 409

    def test_a_closed_account_takes_again_when_it_is_active_again(self, api: Api) -> None:
        changed(api, "CLOSED")
        changed(api, "ACTIVE")
        assert api.post(ONE).status_code == 200


class TestRefusing:
    """What is no change of status changes nothing."""

    @pytest.mark.parametrize(
        ("body", "keyword"),
        [
            ({"account_status": "OPEN"}, "enum"),
            ({"account_status": "closed"}, "enum"),
            ({"account_status": ""}, "enum"),
            ({"account_status": None}, "type"),
            ({"account_status": 5}, "type"),
            ({}, "required"),
            ([], "type"),
        ],
    )
    def test_no_status_is_rejected(self, api: Api, body: Any, keyword: str) -> None:
        changed(api, "SUSPENDED")
        before, events = api.get(PATH).json(), seq(api)
        answer = api.client.put(f"{PATH}/status", json=body)

        assert answer.status_code == 422
        assert answer.json()["error"]["details"][0]["keyword"] == keyword
        assert (api.get(PATH).json(), seq(api)) == (before, events)

    def test_an_unknown_status_is_told_which_there_are(self, api: Api) -> None:
        (detail,) = put(api, "OPEN").json()["error"]["details"]
        assert detail["instancePath"] == "/body/account_status"
        assert detail["params"] == {"allowedValues": list(STATUSES)}

    def test_in_the_observed_profile_an_unknown_status_is_a_400(
        self, serve: Callable[..., Api]
    ) -> None:
        api = serve(compat=Compat.OBSERVED)
        assert put(api, "OPEN").status_code == 400
        assert put(api, "CLOSED").status_code == 200

    def test_an_unknown_account_is_a_404_if_the_status_is_one(self, api: Api) -> None:
        events = seq(api)
        assert told(put(api, "CLOSED", "nobody")) == (
            404,
            "not_found",
            "There is no such account.",
        )
        assert put(api, "OPEN", "nobody").status_code == 422
        assert seq(api) == events

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.ADMIN, 200), (Role.SERVICING, 200), (Role.OPERATIONS, 403)]
    )
    def test_who_may_only_read_may_not_change_it(
        self, serve: Callable[..., Api], role: Role, status: int
    ) -> None:
        name = f"status-{role.value}"
        api = serve(clients=(Client(name, "secret", role, name),))
        credentials = {"client_id": name, "client_secret": "secret"}
        token = api.client.post("/auth/token", json=credentials).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = put(api, "CLOSED", headers=headers)

        assert answer.status_code == status
        after = "CLOSED" if status == 200 else "ACTIVE"
        account = api.get(PATH, headers=headers).json()
        assert account["account_overview"] == {"account_status": after}
        if status == 403:
            why = "The role Operations may not do this; Admin or Servicing may."
            assert told(answer) == (403, "not_authorized", why)

    def test_a_token_is_needed(self, api: Api) -> None:
        assert put(api, "CLOSED", headers={"Authorization": ""}).status_code == 401
        assert api.get(PATH).json()["account_overview"] == {"account_status": "ACTIVE"}

    @pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
    def test_it_is_only_put(self, api: Api, method: str) -> None:
        answer = api.client.request(method, f"{PATH}/status")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "PUT")
