"""A few of each kind are looked at first, should there be no time for more."""

from __future__ import annotations

import pytest

from contract_tests.probe import Look
from contract_tests.probes import (
    accepts,
    auth,
    concurrency,
    concurrency_beside,
    records_pages,
    records_repeats,
    refuses,
)
from tests.kit.looking import broken, looking
from tests.zoo.catalogue import breeds

_FEW = 40
"""As many requests as five races."""


@pytest.mark.parametrize(
    ("look", "name", "rule_id"),
    [
        (refuses.the_commonest, "amount_string_taken", "refuses.amount-types"),
        (refuses.the_commonest, "instant_empty_taken", "refuses.instants"),
        (refuses.the_commonest, "allocation_lower_case_taken", "refuses.allocations"),
        (refuses.the_commonest, "fields_101_taken", "refuses.external-fields"),
        (refuses.the_commonest, "media_type_any_taken", "refuses.media-types"),
        (accepts.the_commonest, "fields_hundred_refused", "accepts.external-fields"),
        (accepts.the_commonest, "instant_lower_t_refused", "accepts.instants"),
        (records_repeats.the_commonest, "forgets_all", "records.repeat"),
        (records_repeats.the_commonest, "conflict_overwrites", "records.repeat-other"),
        (refuses.the_commonest, "accounts_without_case", "refuses.unknown-accounts"),
        (records_pages.the_commonest_limits, "limit_zero_taken", "records.limit-range"),
        (auth.the_commonest, "auth_no_header_comes_in", "auth.required"),
        (auth.the_commonest, "auth_reads_unprotected", "auth.required"),
    ],
)
def test_what_is_commonest_is_seen(look: Look, name: str, rule_id: str) -> None:
    assert broken(look, name)[0] == rule_id


@pytest.mark.parametrize(
    ("look", "name", "rule_id"),
    [
        (concurrency.the_commonest, "lost_update", "concurrency.no-lost-update"),
        (concurrency.the_commonest, "generated_together", "concurrency.unique-ids"),
        (concurrency.the_commonest, "id_twice", "concurrency.one-posting-per-id"),
        (concurrency_beside.the_commonest_beside, "auth_shared", "concurrency.auth"),
        (concurrency_beside.the_commonest_beside, "torn_read", "concurrency.reads"),
    ],
)
def test_a_race_is_seen_in_one_of_three_looks(look: Look, name: str, rule_id: str) -> None:
    assert broken(look, name, looks=3)[0] == rule_id


@pytest.mark.parametrize(
    "look",
    [
        *(accepts.the_commonest, auth.the_commonest, concurrency.the_commonest),
        concurrency_beside.the_commonest_beside,
        *(records_repeats.the_commonest, refuses.the_commonest),
    ],
)
def test_it_is_few_requests(look: Look) -> None:
    with looking(breeds()["plain"].made()) as bench:
        before = len(bench.client.exchanges)
        look(bench)

        assert bench.breaks == []
        assert len(bench.client.exchanges) - before <= _FEW
