"""Posting debit offsets over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.ledger.commands import Processing
from tests.conftest import ACCOUNT, Api, TestClock

OFFSETS = f"/accounts/{ACCOUNT}/line_items/debit_offsets"

PAGE_REQUEST: dict[str, Any] = {
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


def test_the_published_request_lowers_the_balance_by_its_amount(api: Api) -> None:
    before = api.summary()
    answer = api.post(PAGE_REQUEST)
    after = api.summary()

    assert answer.status_code == 200
    changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert changed == {
        "total_balance_cents": -200,
        "interest_balance_cents": -200,
        "total_payoff_cents": -200,
    }


def test_the_answer_has_every_field_of_the_published_answer(api: Api) -> None:
    assert api.post(PAGE_REQUEST).json() == {
        "account_id": ACCOUNT,
        "line_item_id": "li_0x1234",
        "product_id": "can_51001",
        "effective_at": "2020-07-20T05:11:28-04:00",
        "created_at": "2026-01-05T10:30:00-05:00",
        "line_item_overview": {
            "line_item_status": "VALID",
            "line_item_type": "DEBIT_OFFSET",
            "description": "Debit offset against the account",
            "allocation": "INTEREST",
        },
        "line_item_summary": {
            "original_amount_cents": -200,
            "balance_cents": -200,
            "principal_cents": -200,
            "interest_balance_cents": 0,
            "am_interest_balance_cents": 0,
            "deferred_interest_balance_cents": 0,
            "am_deferred_interest_balance_cents": 0,
            "total_interest_paid_to_date_cents": 0,
        },
        "merchant_data": None,
        "issuer_processor_details": None,
        "external_fields": PAGE_REQUEST["external_fields"],
    }


@pytest.mark.parametrize("cents", [0, 1, 2**31, 2**32 + 7, 2**53 - 1])
def test_amounts_are_exact(api: Api, cents: int) -> None:
    before = api.total()
    answer = api.post({"original_amount_cents": cents})

    assert answer.json()["line_item_summary"]["original_amount_cents"] == -cents
    assert api.total() == before - cents


@pytest.mark.parametrize(
    "line_item_id",
    ["li_can_x", "CAN_1", "\ncan_1", "li\n", "a/b", "ü😀", " ", ".", "a%2Fb?c=d#e", "x" * 500],
)
def test_an_id_comes_back_byte_for_byte_and_can_be_read(api: Api, line_item_id: str) -> None:
    body = {"line_item_id": line_item_id, "original_amount_cents": 5}
    assert api.post(body).json()["line_item_id"] == line_item_id

    encoded = "".join(f"%{byte:02X}" for byte in line_item_id.encode())
    read = api.get(f"/accounts/{ACCOUNT}/line_items/{encoded}")
    assert read.json()["results"][-1]["line_item_id"] == line_item_id


@pytest.mark.parametrize("line_item_id", ["can_1", "can_", "can_1\nli", ""])
def test_an_id_that_is_the_services_own_or_empty_is_rejected(api: Api, line_item_id: str) -> None:
    answer = api.post({"line_item_id": line_item_id, "original_amount_cents": 5})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["instancePath"] == "/body/line_item_id"


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        [{}],
        [{"key": "k"}],
        [{"value": "v"}],
        [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}, {"key": "<b>", "value": "😀"}],
        [{"key": str(n), "value": ""} for n in range(100)],
    ],
)
def test_external_fields_come_back_as_sent(api: Api, fields: Any) -> None:
    body = {"original_amount_cents": 1, "external_fields": fields}
    answer = api.post(body).json()

    assert answer["external_fields"] == fields
    read = api.get(f"/accounts/{ACCOUNT}/line_items/{answer['line_item_id']}").json()
    assert read["results"][0]["external_fields"] == fields


def test_unknown_members_are_ignored_and_never_take_effect(api: Api) -> None:
    before = api.total()
    body = {
        "original_amount_cents": 5,
        "account_id": "can_52323",
        "created_at": "1999-01-01T00:00:00Z",
        "line_item_summary": {"principal_cents": -1_000_000},
        "nested": {"a": [1, {"b": None}]},
    }
    answer = api.post(body).json()

    assert (answer["account_id"], answer["line_item_summary"]["principal_cents"]) == (ACCOUNT, -5)
    assert api.total() == before - 5


def test_generated_ids_are_numbered_and_differ(api: Api) -> None:
    ids = [api.post({"original_amount_cents": 1}).json()["line_item_id"] for _ in range(20)]

    assert len(set(ids)) == 20
    assert all(line_item_id.removeprefix("can_").isdigit() for line_item_id in ids)


def test_the_same_request_again_gets_the_same_bytes_and_posts_nothing(
    api: Api, clock: TestClock
) -> None:
    first = api.post(PAGE_REQUEST)
    total = api.total()
    clock.advance(days=3)
    again = api.post({**PAGE_REQUEST, "unknown": 1, "effective_at": "2020-07-20T05:11:28-04:00"})

    assert again.content == first.content
    assert api.total() == total


def test_an_absent_effective_at_is_now_and_an_absent_allocation_is_principal(
    api: Api, clock: TestClock
) -> None:
    before = api.summary()
    clock.advance(days=180)
    answer = api.post({"original_amount_cents": 700}).json()

    assert answer["effective_at"] == answer["created_at"] == "2026-07-04T11:30:00-04:00"
    assert answer["line_item_overview"]["allocation"] is None
    assert api.summary()["principal_cents"] == before["principal_cents"] - 700


def test_a_future_offset_counts_when_the_clock_gets_there(api: Api, clock: TestClock) -> None:
    before = api.total()
    body = {
        "line_item_id": "li_later",
        "original_amount_cents": 40,
        "effective_at": "2026-01-06T00:00:00-05:00",
    }
    assert api.post(body).status_code == 200
    assert api.total() == before

    clock.advance(days=1)
    assert api.total() == before - 40
    read = api.get(f"/accounts/{ACCOUNT}/line_items/li_later").json()["results"][0]
    assert read["line_item_overview"]["description"] == "upd payment principal_cents: -40 + 40"


def test_under_controlled_processing_nothing_is_poured(serve: Callable[..., Api]) -> None:
    api = serve(processing=Processing.CONTROLLED)
    before = api.summary()
    api.post({"original_amount_cents": 40, "allocation": "FEE"})
    after = api.summary()

    assert after["principal_cents"] == before["principal_cents"] - 40
    assert after["fees_balance_cents"] == before["fees_balance_cents"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2020-07-20T09:11:28+00:00", "2020-07-20T05:11:28-04:00"),
        ("2020-07-20t09:11:28z", "2020-07-20T05:11:28-04:00"),
        ("2020-01-20T09:11:28.999999999-00:00", "2020-01-20T04:11:28-05:00"),
        ("2020-07-20T23:30:00+14:00", "2020-07-20T05:30:00-04:00"),
        ("2020-02-29T00:00:00-12:00", "2020-02-29T07:00:00-05:00"),
        ("2020-06-30T23:59:60Z", "2020-06-30T20:00:00-04:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31T18:59:59-05:00"),
    ],
)
def test_instants_keep_their_meaning_in_every_form(api: Api, sent: str, shown: str) -> None:
    answer = api.post({"original_amount_cents": 1, "effective_at": sent})
    assert answer.json()["effective_at"] == shown


@pytest.mark.parametrize(
    "sent", ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
)
def test_an_instant_out_of_range_counts_as_before_the_opening(api: Api, sent: str) -> None:
    answer = api.post({"original_amount_cents": 1, "effective_at": sent})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "before_account_opening")


def test_an_account_of_another_zone_answers_in_its_own(api: Api) -> None:
    body = {"original_amount_cents": 1, "effective_at": "2020-07-20T09:11:28Z"}
    answer = api.post(body, account="31mNprzLd2bKl6koVna68ARM").json()
    assert answer["effective_at"] == "2020-07-20T04:11:28-05:00"


def test_only_the_account_that_was_named_changes(api: Api) -> None:
    ids = [account["account_id"] for account in api.get("/accounts").json()["results"]]
    before = {account_id: api.total(account_id) for account_id in ids}
    api.post({"original_amount_cents": 11})
    changed = [account_id for account_id in ids if api.total(account_id) != before[account_id]]

    assert changed == [ACCOUNT]


@pytest.mark.parametrize(
    "content_type",
    [
        "Application/JSON",
        "APPLICATION/JSON ; Charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json;charset=utf-8;profile=x",
    ],
)
def test_json_may_be_declared_in_any_case_and_with_parameters(api: Api, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = api.client.post(OFFSETS, content=b'{"original_amount_cents": 1}', headers=headers)

    assert answer.status_code == 200, answer.text
