"""Versions share storage and never see each other's additions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ledger.history import History, Queue


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


def test_a_key_can_be_added_once() -> None:
    with pytest.raises(AssertionError, match="'a' is in this history already"):
        History[str]().added("a", "A").added("a", "B")


def test_histories_and_queues_are_equal_by_content_and_show_it() -> None:
    assert History[str]().added("a", "A") == History[str]().added("a", "A")
    assert History[str]() != "nothing"
    assert repr(History[str]().added("a", "A")) == "History(['A'])"
    queue: Queue[tuple[int, ...]] = Queue()
    assert queue.pushed((1,)) == Queue[tuple[int, ...]]().pushed((1,))
    assert queue != History[str]()
    assert repr(queue.pushed((1,))) == "Queue([(1,)])"


@given(
    st.lists(
        st.tuples(st.sampled_from(["push", "drop", "replace", "branch"]), st.integers(0, 99)),
        max_size=60,
    )
)
def test_a_queue_is_a_sorted_list_and_its_old_versions_stay(steps: list[tuple[str, int]]) -> None:
    queue: Queue[tuple[int, int]] = Queue()
    model: list[tuple[int, int]] = []
    versions = [(queue, list(model))]
    for step, number in steps:
        if step == "push" and all(number != key for key, _ in model):
            queue = queue.pushed((number, 0))
            model = sorted([*model, (number, 0)])
        elif step == "drop" and model:
            queue, model = queue.without_head(), model[1:]
        elif step == "replace" and model:
            head = (model[0][0], number)
            queue, model = queue.with_head(head), [head, *model[1:]]
        elif step == "branch":
            queue, past = versions[number % len(versions)]
            model = list(past)
        versions.append((queue, list(model)))

    for version, expected in versions:
        assert list(version) == expected
        assert len(version) == len(expected)
        assert version.head == (expected[0] if expected else None)
        for key in range(100):
            found = [entry for entry in expected if entry[0] == key]
            assert version.find((key,)) == (found[0] if found else None)
