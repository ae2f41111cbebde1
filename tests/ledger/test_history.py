"""Versions share storage and never see each other's additions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger.history import History


def test_a_version_does_not_see_what_its_successors_add() -> None:
    empty: History[str] = History()
    one = empty.added("a", "A")
    two = one.added("b", "B")

    assert (list(empty), list(one), list(two)) == ([], ["A"], ["A", "B"])
    assert one.get("b") is None
    assert two.get("b") == "B"
    assert len(one) == 1


def test_two_successors_of_one_version_are_independent() -> None:
    one = History[str]().added("a", "A")
    left, right = one.added("b", "left"), one.added("b", "right")

    assert (left.get("b"), right.get("b")) == ("left", "right")
    assert list(right.added("c", "C")) == ["A", "right", "C"]
    assert list(left) == ["A", "left"]


def test_nothing_is_added_to_the_storage_of_a_sealed_version() -> None:
    shared = History[str]().added("a", "A").sealed()
    before = shared._layer.entries.copy()
    one, two = shared.added("b", "one"), shared.added("b", "two")

    assert shared._layer.entries == before
    assert (list(one), list(two)) == (["A", "one"], ["A", "two"])
    assert one.added("c", "C")._layer is one._layer


def test_a_key_can_be_added_once() -> None:
    with pytest.raises(AssertionError, match="'a' is in this history already"):
        History[str]().added("a", "A").added("a", "B")


def test_histories_are_equal_by_content_and_show_it() -> None:
    assert History[str]().added("a", "A") == History[str]().added("a", "A")
    assert History[str]() != "nothing"
    assert repr(History[str]().added("a", "A")) == "History(['A'])"


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 4)), max_size=80))
def test_histories_are_lists_however_they_branch(steps: list[tuple[int, bool, int]]) -> None:
    versions: list[tuple[History[int], list[int]]] = [(History(), [])]
    for number, (at, sealed, many) in enumerate(steps):
        history, model = versions[at % len(versions)]
        keys = range(10 * number, 10 * number + many)
        grown = history.extended([str(key) for key in keys], keys)
        if not many:
            keys = range(10 * number, 10 * number + 1)
            grown = history.added(str(10 * number), 10 * number)
        versions.append((grown.sealed() if sealed else grown, [*model, *keys]))

    for history, model in versions:
        assert list(history) == model
        assert len(history) == len(model)
        assert history._layer.depth <= 16
        for number in range(10 * len(steps)):
            assert history.get(str(number)) == (number if number in model else None)


def test_a_long_chain_of_branches_is_flattened() -> None:
    history: History[int] = History()
    for number in range(100):
        history = history.sealed().added(str(number), number)

    assert list(history) == list(range(100))
    assert history._layer.depth < 16
