"""What a probe is for is seen by that probe alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from contract_tests.bench import ProbeEndedError, UntestedError
from contract_tests.credentials import wrong_credentials
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
from tests.kit.looking import broken, looking
from tests.zoo.api import Zoo
from tests.zoo.catalogue import breeds
from tests.zoo.messages import Json
from tests.zoo.reading import Violation

ACCOUNTS = ("can_101", "can_102", "can_103")
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
    (http_framing.connections_go_on, "late_continue", "http.connection"),
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
    assert rule_id in broken(look, name, *ACCOUNTS)


@pytest.mark.parametrize(("look", "name", "rule_id"), RACES)
def test_a_race_is_seen_in_one_of_three_looks(look: Look, name: str, rule_id: str) -> None:
    assert rule_id in broken(look, name, *ACCOUNTS, looks=3)


class EastIsRefused(Zoo):
    """Wall clocks are compared: what is just past east of here is refused as future."""

    def bad_instant(self, value: Json) -> Iterator[Violation]:
        yield from super().bad_instant(value)
        if str(value)[:19] > datetime.now(UTC).isoformat(timespec="seconds")[:19]:
            yield Violation("/effective_at", "maximum", "must not be in the future")


def test_what_is_past_is_not_to_be_refused_for_its_zone() -> None:
    with looking(EastIsRefused(), *ACCOUNTS) as bench:
        with pytest.raises(ProbeEndedError):
            money_members.just_past(bench)

        assert [of.rule_id for of in bench.breaks] == ["accepts.instants"]


def test_what_is_before_the_opening_may_be_refused() -> None:
    zoo = Zoo()
    zoo.accounts["can_101"].opened_at = datetime.now(UTC)
    with looking(zoo, *ACCOUNTS) as bench:
        with pytest.raises(UntestedError, match="opened a moment ago"):
            money_members.just_past(bench)

        assert bench.breaks == []


class NoItem(Zoo):
    """Rounds large amounts in lists, and has no read of one item."""

    def methods(self, segments: list[str]) -> dict[str, str]:
        found = super().methods(segments)
        return {} if "item" in found.values() else found


def test_large_amounts_are_looked_for_in_lists_where_items_cannot_be_read() -> None:
    zoo = type("Both", (NoItem, breeds()["large_rounded_in_lists"].made), {})()
    with looking(zoo, *ACCOUNTS) as bench:
        money.large_amounts(bench)

        assert {of.rule_id for of in bench.breaks} == {"money.large-amounts"}


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


def test_what_a_bucket_lacks_may_be_made_up_for_later() -> None:
    assert broken(money.more_than_a_bucket_owes, "overflow_of_interest", *ACCOUNTS) == []


def test_who_throttles_is_not_timed() -> None:
    with looking(breeds()["hasty_posts_are429"].made(), *ACCOUNTS) as bench:
        known = len(bench.client.exchanges)
        with pytest.raises(UntestedError, match="the server throttles"):
            growth.with_few_items(bench)

        assert sum(of.is_throttled for of in bench.client.exchanges[known:]) <= 1
        assert bench.first_seconds == {}


@pytest.mark.parametrize(("status", "is_fine"), [(401, True), (431, True), (404, False)])
def test_a_header_may_be_too_long_whatever_it_says(status: int, *, is_fine: bool) -> None:
    wrong = next(of for of in wrong_credentials("t" * 20) if "2000" in of.told)
    assert (status in wrong.refusals) is is_fine


@pytest.mark.parametrize("look", sorted({of for of, _, _ in (*SEEN, *RACES)}, key=repr))
def test_on_a_right_server_there_is_nothing_to_be_seen(look: Look) -> None:
    with looking(breeds()["plain"].made(), *ACCOUNTS, is_quick=False) as bench:
        known = bench.checks.copy()
        with contextlib.suppress(UntestedError):
            look(bench)

        assert bench.checks - known
        assert bench.breaks == []
