"""The strict reader agrees with the lenient one on everything it accepts."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.api.strict_json import MAX_DEPTH, MalformedJsonError, dumps, loads

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
floats = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert loads(json.dumps(value).encode()) == value == loads(dumps(value))


@pytest.mark.parametrize("text", ["NaN", "Infinity", '{"a": -Infinity}'])
def test_what_is_no_number_is_not_read(text: str) -> None:
    with pytest.raises(MalformedJsonError, match="is not JSON"):
        loads(text.encode())


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise_than_said(body: bytes) -> None:
    with contextlib.suppress(MalformedJsonError):
        assert loads(body) == json.loads(body)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_limited_exactly(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    assert loads(nested(MAX_DEPTH))
    with pytest.raises(MalformedJsonError, match="deeper than 32 levels"):
        loads(nested(MAX_DEPTH + 1))


def test_brackets_in_texts_are_not_levels() -> None:
    assert loads(json.dumps(["[" * 100]).encode()) == ["[" * 100]


def test_an_escaped_backslash_before_u0000_is_only_a_text() -> None:
    assert loads(rb'"\\u0000"') == "\\u0000"


def test_pairs_of_surrogates_are_characters() -> None:
    assert loads(rb'"\ud83d\ude00"') == "😀"
