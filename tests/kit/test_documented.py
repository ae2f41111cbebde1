"""The kit's own check of answers says what jsonschema says, and is quick."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from contract_tests.documented import answer_flaw, compiled, plain, request_flaw
from contract_tests.rules import document

SCHEMAS = document()["components"]["schemas"]
NAMES = ("LineItem", "AccountSummary", "Paging", "DebitOffsetRequest", "ExternalFields", "Error")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("VALID"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def values_for(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give objects with the members of ``schema``, mostly of no right type."""
    members = dict.fromkeys(schema.get("properties", {}), VALUES)
    return st.fixed_dictionaries({}, optional=members) | VALUES


def without_formats(schema: Any) -> Any:
    """Give a schema as jsonschema reads it: formats are told by ours alone."""
    if isinstance(schema, dict):
        return {name: without_formats(of) for name, of in schema.items() if name != "format"}
    return [without_formats(of) for of in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_it_agrees_with_jsonschema(name: str, data: st.DataObject) -> None:
    schema = without_formats(plain(SCHEMAS[name]))
    value = data.draw(values_for(schema))
    flaw = compiled(SCHEMAS[name])(value)

    is_time = flaw is not None and "date-time" in flaw
    if not is_time:  # which jsonschema was not asked for, and may hide another flaw
        assert (flaw is None) == Draft4Validator(schema).is_valid(value), flaw


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{}", ": original_amount_cents is missing"),
        (b'{"original_amount_cents":"1"}', "/original_amount_cents: '1' is no integer"),
        (
            b'{"original_amount_cents":1,"allocation":"fee"}',
            "/allocation: 'fee' is none of INTEREST",
        ),
        (
            b'{"original_amount_cents":1,"external_fields":[{"key":5}]}',
            "/external_fields/0/key: 5 is",
        ),
        (b"{", "it is not JSON"),
    ],
)
def test_it_says_where_and_what(body: bytes, told: str) -> None:
    assert (request_flaw(body) or "").startswith(told)


def test_what_is_inferred_is_not_judged() -> None:
    assert request_flaw(b'{"original_amount_cents":-1}') is None
    assert request_flaw(b'{"original_amount_cents":1e3}') is not None
    item = {"account_id": "a", "line_item_id": "b", "product_id": "c"}
    flaw = answer_flaw("createAccountDebitOffset")

    assert flaw is not None
    assert flaw(item) is None
    assert flaw({**item, "line_item_overview": {"allocation": "anything"}}) is None
    assert flaw({**item, "created_at": "2026-01-05 10:30:00"}) is not None
    assert flaw({**item, "created_at": "2026-01-05T10:30:00-04:56:02"}) is not None
    assert flaw({**item, "created_at": "1849-12-31T19:03:58-04:56:02"}) is None, "as it was then"
    assert flaw({**item, "line_item_summary": {"balance_cents": 1.5}}) is not None
