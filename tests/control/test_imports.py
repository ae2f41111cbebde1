"""Imports that somebody has changed by hand: refused, with place and rule, or sound for good."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import ACCOUNT, Api, TestClock

URL = "http://localhost/_mock"

CHANGED = 3_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 100
"""How many leaves are changed, one at a time."""

NASTY: list[Any] = [
    *(None, True, 0, 1, -1, 100, 2**53, 10**30, -(10**40), 0.5, 1e308),
    *("", "x", "-1", "NaN", "sNaN", "Infinity", "1e999999", "0E-999", "5", "1E+400"),
    *("0001-01-01T00:00:00+00:00", "1969-12-31T23:59:59+00:00", "9999-12-31T23:59:59.999999+00:00"),
    *("2024-01-01T00:00:00", "2024-01-01T00:00:00+05:00", "2024-02-30", "0001-01-01", "9999-12-31"),
    *(
        "can_1",
        "can_52322",
        "can_1000001",
        "can_99999999999999999",
        "default",
        "INTEREST",
        "CHARGE",
    ),
    *("PAYMENT", "CLOSED", "month", "Europe/Paris", "INSTALLMENT", "{}", '{"a":"\\u0000"}', [], {}),
]


def ask(api: Api, method: str, path: str, body: Any = None) -> Any:
    return api.client.request(method, f"{URL}/{path}", json=body)


@pytest.fixture
def rich(serve: Callable[..., Api], clock: TestClock) -> Iterator[Api]:
    """A sandbox in which there is an event of every kind."""
    api = serve(scenario="sample")
    headers = {"Authorization": f"Bearer {api.token}"}
    with TestClient(api.application.asgi, headers=headers) as api.client:
        _live(api)
        yield api


def _live(api: Api) -> None:
    def do(method: str, path: str, body: Any = None) -> Any:
        answer = api.client.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    customer_fields = ("name_first", "name_last", "phone_number", "email", "date_of_birth")
    address = ("address_line_one", "address_city", "address_state", "address_zip")
    customer = do("POST", "/customers", dict.fromkeys((*customer_fields, *address), "1990-01-01"))
    product = {
        "product_overview": {"product_type": "INSTALLMENT"},
        "product_lifecycle_policies": {
            "billing_cycle_policies": {"cycle_interval": "1 month", "cycle_due_interval": "5 days"},
            "fee_policies": {"late_fee_cents": 500, "late_fee_grace": "2 days"},
        },
        "post_promotional_policies": {
            "post_promo_default_interest_rate_percent": 12.5,
            "post_promo_min_pay_type": "PERCENT_PRINCIPAL",
            "post_promo_min_pay_percent": 10,
        },
    }
    product_id = do("POST", "/products", product)["product_id"]
    opening = {
        "product_id": product_id,
        "assign_customers": [{"customer_id": customer["customer_id"]}],
        "external_fields": [{"key": "k", "value": "v"}],
        "summary": {
            "initial_principal_cents": 90_000,
            "origination_fee_cents": 100,
            "monthly_fee_cents": 5,
            "annual_fee_cents": 7,
            "payment_reversal_fee_cents": 9,
            "credit_limit_cents": 500_000,
        },
    }
    account = f"/accounts/{do('POST', '/accounts', opening)['account_id']}"
    ask(api, "POST", "accounts", {"principal_cents": 5, "fees_cents": 3, "status": "SUSPENDED"})
    ask(api, "POST", "clock/advance", {"seconds": 100 * 86_400})
    items = f"{account}/line_items"
    later = "2026-06-01T00:00:00Z"
    do("POST", f"{items}/payments", {"line_item_id": "pay", "original_amount_cents": 1_500})
    do("POST", f"{items}/payments", {"original_amount_cents": 10, "effective_at": later})
    do("POST", f"{items}/debit_offsets", {"original_amount_cents": 70, "allocation": "FEE"})
    merchant = {"name": "Shop", "mcc_code": 5411}
    charge = {"line_item_id": "bought", "original_amount_cents": 40, "merchant_data": merchant}
    do("POST", f"{items}/charges", charge)
    fee = do("POST", f"{items}/manual_fees", {"original_amount_cents": 4})["line_item_id"]
    ask(api, "POST", "clock/advance", {"seconds": 60 * 86_400})
    do("POST", f"{items}/payment_reversals/pay")
    do("POST", f"{items}/charge_reversals/bought")
    do("POST", f"{items}/fee_waivers/{fee}")
    do("PUT", f"/accounts/{ACCOUNT}/status", {"account_status": "CLOSED"})
    api.client.patch(f"/admin/roll/account?account_id={ACCOUNT}&exclusive_end=2027-01-01")
    ask(api, "POST", "clock/advance", {"seconds": 30 * 86_400})
    api.client.get("/accounts")


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk all leaves, and whatever holds some."""
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(member, (*place, name))
    if place and place[0] != "digest":
        yield place


def changed(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Give a copy of what an export holds, with something else at a place."""
    copied = {**document}
    at: Any = copied
    for step in place[:-1]:
        at[step] = copy.copy(at[step])
        at = at[step]
    at[place[-1]] = value
    return copied


def assert_readable(api: Api) -> None:
    """Make sure that everything can be read, and goes on."""
    accounts = api.client.get("/accounts?limit=1000")
    assert accounts.status_code == 200, accounts.text
    paths = ["/products", *(f"/accounts/{a['account_id']}" for a in accounts.json()["results"])]
    for path in paths:
        assert api.client.get(path).status_code == 200, path
        for below in ("line_items", "statements/list") if path != "/products" else ():
            answer = api.client.get(f"{path}/{below}")
            assert answer.status_code == 200, (path, below, answer.text)
            if below == "statements/list" and answer.json():
                last = answer.json()[-1]["statement_id"]
                assert api.client.get(f"{path}/statements/{last}").status_code == 200
    found = ask(api, "POST", "verify", {}).json()
    assert found["ok"], found["broken"]


def assert_goes_on(api: Api) -> None:
    """Make sure that time and posts go on."""
    body = {"original_amount_cents": 1}
    posted = api.post(body)
    assert posted.status_code in (200, 409), posted.text
    assert ask(api, "POST", "accounts", {"principal_cents": 1}).status_code == 200
    ask(api, "POST", "clock/advance", {"seconds": 400 * 86_400})
    assert_readable(api)


def test_there_is_an_event_of_every_kind(rich: Api) -> None:
    document = ask(rich, "GET", "state").json()
    kinds = Counter(event["event"] for event in document["seed"] + document["events"])
    assert kinds.keys() == {
        *("ProductCreated", "CustomerCreated", "AccountOpened", "StatusChanged", "LineItemPosted"),
        *("Processed", "ChargeRolled", "CyclesClosed", "FeeFellDue", "DueDayPassed"),
        *("PaymentReversed", "Cancelled", "Rolled"),
    }


def test_what_was_not_changed_is_taken(rich: Api) -> None:
    document = ask(rich, "GET", "state").json()
    ask(rich, "POST", "reset", {})
    assert ask(rich, "PUT", "state", document).status_code == 200
    assert ask(rich, "POST", "verify", {}).json()["digest"] == document["digest"]
    assert_goes_on(rich)


def of(document: Any, kind: str, has: str = "") -> Any:
    """Give the first event of a kind, with something in it."""
    events = document["seed"] + document["events"]
    return next(event for event in events if event["event"] == kind and has in str(event))


def term(name: str, value: Any) -> Callable[[Any], None]:
    return lambda document: of(document, "AccountOpened", "holders")["terms"].update({name: value})


def asked(name: str, value: Any) -> Callable[[Any], None]:
    return lambda document: of(document, "LineItemPosted", "asked")["item"]["asked"].update(
        {name: value}
    )


def item(name: str, value: Any, has: str = "") -> Callable[[Any], None]:
    return lambda document: of(document, "LineItemPosted", has)["item"].update({name: value})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (item("created_at", "2024-01-01T00:00:00"), "is no date-time with an offset"),
        (item("effective_at", "2024-01-01T00:00:00"), "is no date-time with an offset"),
        (item("effective_at", "9999-12-31T23:59:59.999999+00:00"), "effective_at is"),
        (item("amount_cents", -100, "CHARGE"), "item.amount_cents is -100; the ledger makes it"),
        (item("poured", {"taken": {"principal_cents": 200, "fee_cents": -100}}), "item.poured"),
        (term("interest_rate_percent", "sNaN"), "is no percentage from 0 to 1000"),
        (term("interest_rate_percent", "NaN"), "is no percentage from 0 to 1000"),
        (term("interest_rate_percent", "Infinity"), "is no percentage from 0 to 1000"),
        (term("interest_rate_percent", "1e999999"), "is no percentage from 0 to 1000"),
        (term("interest_rate_percent", "-5"), "is no percentage from 0 to 1000"),
        (term("credit_limit_cents", 10**40), "cents that are not from 0 to 9007199254740991"),
        (term("holders", [{"customer_id": "nobody", "role": "PRIMARY"}]), "is no customer"),
        (term("effective_at", "1066-01-01T00:00:00+00:00"), "more than a hundred years"),
        (asked("amount_cents", -1), "cents that are not from 0 to 9007199254740991"),
        (asked("amount_cents", 10**30), "cents that are not from 0 to 9007199254740991"),
        (asked("merchant", {"mcc_code": 1e999}), "mcc_code"),
        (lambda d: d.update(first_id=d["first_id"] - 1), "cannot have happened: "),
        (lambda d: d.update(first_id=1), "cannot have happened: "),
        (lambda d: d["clock"].update(frozen_at="9999-12-31T00:00:00Z"), "clock: A clock goes no"),
        (lambda d: d["clock"].update(offset_seconds=3.2e9), "clock: A clock goes no further"),
        (lambda d: d["events"].append({"event": {}}), "an event is an object"),
    ],
)
def test_what_no_ledger_brings_about_is_told_and_changes_nothing(
    rich: Api, change: Callable[[Any], None], told: str
) -> None:
    document = ask(rich, "GET", "state").json()
    del document["digest"]
    change(document)
    before = ask(rich, "POST", "verify", {}).json()
    body = json.dumps(document).replace("Infinity", "1e999")
    headers = {"Content-Type": "application/json"}
    answer = rich.client.put(f"{URL}/state", content=body, headers=headers)

    assert answer.status_code == 422, answer.text
    message = answer.json()["error"]["message"]
    assert told in message
    assert "seed[" in message or "events[" in message or "clock: " in message
    assert ask(rich, "POST", "verify", {}).json() == before


def test_whatever_leaf_is_changed_it_is_refused_or_sound(rich: Api) -> None:
    """422 and unchanged, or 200, and every read of every account works, for good."""
    document = ask(rich, "GET", "state").json()
    del document["digest"]
    assert ask(rich, "POST", "reset", {}).status_code == 200
    rich.post({"original_amount_cents": 1})
    before = ask(rich, "POST", "verify", {}).json()
    dice = random.Random(1)
    everywhere = list(places(document))
    taken = 0
    for place in dice.sample(everywhere, min(CHANGED, len(everywhere))):
        value = dice.choice(NASTY)
        answer = ask(rich, "PUT", "state", changed(document, place, value))
        told = f"{place} = {value!r}: {answer.text:.200}"
        if answer.status_code == 200:
            taken += 1
            try:
                assert_readable(rich)
                assert_goes_on(rich)
            except AssertionError as error:
                raise AssertionError(told) from error
            ask(rich, "POST", "reset", {})
            rich.post({"original_amount_cents": 1})
            before = ask(rich, "POST", "verify", {}).json()
        else:
            assert answer.status_code == 422, told
            assert ask(rich, "POST", "verify", {}).json() == before, told
    assert 0 < taken < CHANGED / 2
