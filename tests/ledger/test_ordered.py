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
    monkeypatch.setattr(ordered, "_MANY", 3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "end", "more", "remove", "drop", "replace", "branch", "seal"]),
            st.integers(0, 40),
        ),
        max_size=100,
    )
)
def test_it_is_a_sorted_list_and_its_old_versions_stay(steps: list[tuple[str, int]]) -> None:
    entries: Ordered[Entry] = Ordered()
    model: dict[int, Entry] = {}
    versions = [(entries, dict(model))]
    for at, (step, drawn) in enumerate(steps):
        number = max(model, default=-1) + 1 if step == "end" else drawn
        entry = (number // 7, number, f"step {at}")
        if step in ("add", "end") and number not in model:
            entries, model = entries.added(entry), {**model, number: entry}
        elif step == "remove" and number in model:
            entries = entries.removed(entry)
            model = {key: kept for key, kept in model.items() if key != number}
        elif step == "more" and not model.keys() & range(number, number + 6):
            more = {at: (at // 7, at, f"step {at}") for at in range(number, number + 6)}
            entries, model = entries.extended(list(more.values())), {**model, **more}
        elif step == "drop" and model:
            entries, first = entries.without_head(), min(model)
            model = {key: kept for key, kept in model.items() if key != first}
        elif step == "replace" and model:
            first = min(model)
            entry = (first // 7, first, f"step {at}")
            entries, model = entries.with_head(entry), {**model, first: entry}
        elif step == "seal":
            entries = entries.sealed().with_head_apart()
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


def test_nothing_is_added_to_the_storage_of_a_sealed_version() -> None:
    shared = Ordered([(0, 1, "a")]).added((0, 2, "b")).sealed()
    one, two = shared.added((0, 3, "one")), shared.added((0, 3, "two"))

    assert shared._tail == []
    assert list(one)[-1] == (0, 3, "one")
    assert list(two)[-1] == (0, 3, "two")
    assert one.added((0, 4, "c"))._tail is one._tail


def test_the_first_of_all_can_be_added_to_nothing() -> None:
    check(Ordered[Entry]().added((0, 1, "a")), [(0, 1, "a")])


def test_collections_are_equal_by_content_and_show_it() -> None:
    assert Ordered([(1, 2), (3, 4)]) == Ordered([(3, 4), (1, 2)])
    assert Ordered([(1, 2)]) != [(1, 2)]
    assert repr(Ordered([(1, 2)])) == "Ordered([(1, 2)])"


def test_a_head_that_changes_copies_nothing_of_what_is_behind_it() -> None:
    entries = Ordered[Entry]([(0, at, "") for at in range(3)]).with_head_apart()
    once = entries.with_head((0, 0, "less"))
    twice = once.with_head((0, 0, "still less"))

    assert once._chunks[1] is twice._chunks[1] is entries._chunks[1]
    assert list(twice) == [(0, 0, "still less"), (0, 1, ""), (0, 2, "")]
    assert twice.with_head_apart() is twice
