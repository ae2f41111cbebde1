"""What a probe is for is seen by that probe alone."""

from __future__ import annotations

import contextlib

import pytest

from contract_tests.bench import UntestedError
from contract_tests.probe import Look
from contract_tests.probes import (
    accepts,
    auth,
    concurrency,
    concurrency_beside,
    growth,
    http,
    http_framing,
    money,
    money_members,
)
from tests.kit.looking import looking
from tests.zoo.catalogue import breeds

SEEN: list[tuple[Look, str, str]] = [
    (accepts.instants, "last_second_rounded", "accepts.instants"),
    (money_members.whatever_else_is_said, "backdated_takes_fees", "money.bucket"),
    (money_members.just_past, "east_is_future", "money.total-falls"),
    (money.large_amounts, "large_rounded_in_lists", "money.large-amounts"),
    (money.more_than_a_bucket_owes, "all_owed_ignored", "money.total-falls"),
    (money.more_than_a_bucket_owes, "overflow_remembered", "money.bucket"),
    (money.reading_items_changes_nothing, "read_pours_again", "money.reads-change-nothing"),
    (auth.posts, "denied_ids_taken", "auth.records-nothing"),
    (auth.posts, "long_token_fails", "auth.foreign-token"),
    (http_framing.lengths, "wire_short_length", "http.framing"),
    (http_framing.after_an_expectation, "late_continue", "http.connection"),
    (http.throttling, "hasty_posts_are429", "http.throttling"),
]
RACES: list[tuple[Look, str, str]] = [
    (concurrency.one_id, "other_content_together", "concurrency.one-posting-per-id"),
    (concurrency.many_posts, "fields_mixed", "concurrency.own-answers"),
    (concurrency_beside.of_several_buckets, "buckets_mixed", "concurrency.no-lost-update"),
    (
        concurrency_beside.debits_and_credits,
        "credit_beside_debit_lost",
        "concurrency.no-lost-update",
    ),
]


@pytest.mark.parametrize(("look", "name", "rule_id"), SEEN)
def test_what_a_probe_is_for_is_seen(look: Look, name: str, rule_id: str) -> None:
    with looking(breeds()[name].made(), "can_101", "can_102", "can_103") as bench:
        look(bench)

        assert rule_id in {of.rule_id for of in bench.breaks}


@pytest.mark.parametrize(("look", "name", "rule_id"), RACES)
def test_a_race_is_seen_in_one_of_three_looks(look: Look, name: str, rule_id: str) -> None:
    with looking(breeds()[name].made(), "can_101", "can_102", "can_103") as bench:
        for _ in range(3):
            if not bench.breaks:
                look(bench)

        assert rule_id in {of.rule_id for of in bench.breaks}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("refusals_grow", "a refusal"),
        ("second_account_grows", "a post to another account"),
        ("fields_grow", "a post with fields"),
    ],
)
def test_what_is_rarely_asked_is_seen_to_grow(name: str, told: str) -> None:
    with looking(breeds()[name].made(), "can_101", "can_102", is_quick=False) as bench:
        growth.with_few_items(bench)
        fields = [{"key": "n", "value": "1"}] * 90
        for _ in range(4):
            bench.post(bench.offset(1, external_fields=fields))
        growth.with_more_items(bench)

        slow = [of for of in bench.breaks if of.rule_id == "growth.posts"]
        assert [of for of in slow if told in of.expected]


@pytest.mark.parametrize("look", sorted({of for of, _, _ in (*SEEN, *RACES)}, key=repr))
def test_on_a_right_server_there_is_nothing_to_be_seen(look: Look) -> None:
    with looking(breeds()["plain"].made(), "can_101", "can_102", "can_103") as bench:
        with contextlib.suppress(UntestedError):
            look(bench)

        assert bench.checks
        assert bench.breaks == []
