"""A persistent collection behaves like a sorted list, in every one of its versions."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger import ordered
from mockserver.ledger.ordered import Ordered

Entry: TypeAlias = tuple[int, int, str]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered, "_MAX_CHUNK", 4)


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "replace", "branch"]), st.integers(0, 40)),
        max_size=100,
    )
)
def test_it_is_a_sorted_list_and_its_old_versions_stay(steps: list[tuple[str, int]]) -> None:
    entries: Ordered[Entry] = Ordered()
    model: dict[int, Entry] = {}
    versions = [(entries, dict(model))]
    for at, (step, number) in enumerate(steps):
        entry = (number // 7, number, f"step {at}")
        if step == "add" and number not in model:
            entries, model = entries.added(entry), {**model, number: entry}
        elif step == "remove" and number in model:
            entries = entries.removed(entry)
            model = {key: kept for key, kept in model.items() if key != number}
        elif step == "replace" and number in model:
            entries, model = entries.replaced(entry), {**model, number: entry}
        elif step == "branch":
            entries, past = versions[number % len(versions)]
            model = dict(past)
        versions.append((entries, dict(model)))

    for version, expected in versions:
        check(version, sorted(expected.values()))


def check(version: Ordered[Entry], expected: list[Entry]) -> None:
    assert list(version) == expected
    assert list(version.below()) == expected[::-1]
    assert len(version) == len(expected)
    assert version.head == (expected[0] if expected else None)
    assert all(0 < len(chunk) <= 4 for chunk in version._chunks)
    for number in range(-1, 42):
        key = (number // 7, number)
        assert version.find(key) == next((e for e in expected if e[:2] == key), None)
        assert list(version.above(key)) == [e for e in expected if e[:2] > key]
        assert list(version.below(key)) == [e for e in expected if e[:2] < key][::-1]


def test_it_can_be_made_of_any_number_of_entries_at_once() -> None:
    numbers = [(n % 3, n, "") for n in range(50)]

    check(Ordered(numbers), sorted(numbers))


@pytest.mark.parametrize("step", [1, -1])
def test_chunks_fill_and_divide_in_any_order(step: int) -> None:
    entries: Ordered[Entry] = Ordered()
    for number in range(40)[::step]:
        entries = entries.added((number // 7, number, ""))

    check(entries, [(number // 7, number, "") for number in range(40)])
    assert len(entries._chunks) <= 20


def test_the_first_of_all_can_be_added_to_nothing() -> None:
    check(Ordered[Entry]().added((0, 1, "a")), [(0, 1, "a")])


def test_collections_are_equal_by_content_and_show_it() -> None:
    assert Ordered([(1, 2), (3, 4)]) == Ordered([(3, 4), (1, 2)])
    assert Ordered([(1, 2)]) != [(1, 2)]
    assert repr(Ordered([(1, 2)])) == "Ordered([(1, 2)])"
