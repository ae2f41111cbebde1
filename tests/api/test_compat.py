"""The observed profile, where it differs: one test for each line of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from mockserver.api.coercion import coerced
from mockserver.api.compat import DIFFERENCES, PROFILES, Compat, Profile
from tests.conftest import ACCOUNT, Api


@pytest.fixture
def observed(serve: Callable[..., Api]) -> Api:
    return serve(compat=Compat.OBSERVED)


def test_the_table_has_a_line_for_each_field_that_differs() -> None:
    documented, seen = PROFILES[Compat.DOCUMENTED], PROFILES[Compat.OBSERVED]
    differing = [
        f.name for f in fields(Profile) if getattr(documented, f.name) != getattr(seen, f.name)
    ]
    told = [difference.field for difference in DIFFERENCES]
    assert list(dict.fromkeys(told)) == differing == [f.name for f in fields(Profile)]
    assert told.count("kinds") == len(seen.kinds) - len(documented.kinds)


def test_schema_violations_are_400(observed: Api) -> None:
    answer = observed.post({})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "server_error")


def test_an_offset_before_the_opening_is_a_bad_request(observed: Api) -> None:
    answer = observed.post({"original_amount_cents": 1, "effective_at": "1999-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_types_are_coerced_at_any_depth(observed: Api) -> None:
    before = observed.total()
    body = {
        "line_item_id": 5,
        "original_amount_cents": "3000",
        "external_fields": [{"key": 1, "value": True}],
    }
    answer = observed.post(body).json()

    assert answer["line_item_id"] == "5"
    assert answer["external_fields"] == [{"key": "1", "value": "true"}]
    assert observed.total() == before - 3000
    assert observed.post({"original_amount_cents": 200.0}).status_code == 200


def test_types_are_coerced_in_queries(observed: Api) -> None:
    answer = observed.get(f"/accounts/{ACCOUNT}/line_items?limit=2.0")
    assert len(answer.json()["results"]) == 2


def test_a_path_may_end_in_an_encoded_space(observed: Api) -> None:
    assert observed.get(f"/accounts/{ACCOUNT}%20").status_code == 200
    assert observed.get(f"/accounts/{ACCOUNT}/line_items%20?limit=1").status_code == 200


def test_an_instant_without_offset_is_local_to_the_product(observed: Api) -> None:
    body = {"original_amount_cents": 1, "effective_at": "2020-07-20T09:11:28"}
    assert observed.post(body).json()["effective_at"] == "2020-07-20T09:11:28-04:00"
    chicago = observed.post(body, account="31mNprzLd2bKl6koVna68ARM").json()
    assert chicago["effective_at"] == "2020-07-20T09:11:28-05:00"
    listed = observed.get(f"/accounts/{ACCOUNT}/line_items?effective_at_after=2020-07-20T09:11:28")
    assert len(listed.json()["results"]) == 1
    assert observed.post(body, account="nobody").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"original_amount_cents": "1.5"}, "original_amount_cents"),
        ({"original_amount_cents": "x"}, "original_amount_cents"),
        ({"original_amount_cents": []}, "original_amount_cents"),
        ({"original_amount_cents": "-1"}, "original_amount_cents"),
        ({"original_amount_cents": "9" * 5_000}, "original_amount_cents"),
        ({"original_amount_cents": 1, "allocation": "fee"}, "allocation"),
        ({"original_amount_cents": 1, "line_item_id": "can_1"}, "line_item_id"),
        ({"original_amount_cents": 1, "effective_at": 5}, "effective_at"),
    ],
)
def test_what_cannot_be_coerced_is_rejected(
    observed: Api, body: dict[str, Any], field: str
) -> None:
    answer = observed.post(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["instancePath"] == f"/body/{field}"


@pytest.mark.parametrize(
    ("wanted", "value", "expected"),
    [
        ("integer", "3000", 3000),
        ("integer", "-0", 0),
        ("integer", " 7 ", 7),
        ("integer", "1e3", 1000),
        ("integer", "1.5", "1.5"),
        ("integer", "", ""),
        ("integer", "  ", 0),
        ("integer", "0x10", 16),
        ("integer", "0b101", 5),
        ("integer", "-0x10", "-0x10"),
        ("integer", "9007199254740993", 9007199254740993),
        ("integer", "9" * 5_000, "9" * 5_000),
        ("integer", "1e999", "1e999"),
        ("integer", 200.0, 200),
        ("integer", 1.5, 1.5),
        ("integer", True, 1),
        ("integer", None, 0),
        ("number", "1.5", 1.5),
        ("number", 1.5, 1.5),
        ("string", 5, "5"),
        ("string", 5.0, "5"),
        ("string", 1.5, "1.5"),
        ("string", 1e20, "100000000000000000000"),
        ("string", 1e21, "1e+21"),
        ("string", 1.5e-7, "1.5e-7"),
        ("string", float("inf"), "Infinity"),
        ("string", -float("inf"), "-Infinity"),
        ("string", True, "true"),
        ("string", False, "false"),
        ("string", None, ""),
        ("string", "x", "x"),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", None, False),
        ("boolean", "yes", "yes"),
        (None, "x", "x"),
    ],
)
def test_coercion_follows_ajv(wanted: str | None, value: Any, expected: Any) -> None:
    got = coerced(value, {} if wanted is None else {"type": wanted})
    assert (got, type(got)) == (expected, type(expected))


def test_coercion_leaves_null_where_it_is_allowed_and_the_original_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "array", "nullable": True, "items": {"type": "integer"}},
            "b": {"type": "string", "nullable": True},
        },
    }
    original = {"a": ["1", 2], "b": None, "c": "3"}

    assert coerced(original, schema) == {"a": [1, 2], "b": None, "c": "3"}
    assert coerced({"a": None}, schema) == {"a": None}
    assert original["a"] == ["1", 2]
