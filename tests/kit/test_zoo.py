"""The kit on a sample of the zoo: defects are found by the layer that names them, and only those.

``make zoo`` judges all of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.running import check_quietly
from tests.zoo import judge
from tests.zoo.catalogue import Breed, breeds
from tests.zoo.judge import Log, Verdict, options
from tests.zoo.server import started

# one or more of each layer, and the rule that has to be named
DEFECTS = {
    "amount_string_taken": "refuses.amount-types",
    "allocation_null_taken": "refuses.allocations",
    "records_with_unknown_token": "auth.records-nothing",
    "id_trimmed": "accepts.ids",
    "id_short_refused": "accepts.ids",
    "fields_texts_bmp": "accepts.external-fields",
    "moved_float_dollars": "money.total-falls",
    "allocation_fee_ignored": "money.bucket",
    "first_takes_all": "money.total-falls",
    "list_zero_hidden": "records.listed-once",
    "has_more_full": "records.has-more",
    "forgets_unicode_ids": "records.repeat",
    "auth_credit_unprotected": "auth.required",
    "auth_shared": "concurrency.auth",
    "lost_update": "concurrency.no-lost-update",
    "wire_extra_bytes": "http.framing",
    "wire_short_length": "http.framing",
    "delete_deletes": "http.methods",
    "wire_large_left": "http.connection",
    "wire_expect_hangs": "http.answers",
    "account_date_only": "shape.answer-schema",
    "slowed_posts": "http.throttling",
    "hangs_on_unknown_path": "http.answers",
    "forgets_soon": "records.repeat",
    "second_account_mixes_buckets": "money.bucket",
    "dated_loses_allocation": "money.bucket",
    "says_gzip": "http.framing",
    "second_account_open": "auth.required",
    "words_are_no_ids": "accepts.ids",
    "ids_by_beginning": "accepts.ids",
    "refusal_gives_id_back": "records.generated-ids",
    "kinds_apart": "concurrency.no-lost-update",
    "body_names_account": "accepts.unknown-members",
    "marks_of_tokens_alike": "auth.near-token",
    "filter_of_first_page": "records.filters",
    "query_allocates": "http.query-ignored",
    "dated_recorded": "refuses.nothing-recorded",
    "interest_of_third": "money.bucket",
    "refused_allocation_stays": "model.sequences",
    "connection_sees_old": "http.connection",
    "third_in_arow": "model.sequences",
    "never_there": "model.sequences",
    "lost_after_head": "model.sequences",
    "credits_listed_late": "records.credits",
    "third_listed_with_second": "records.own-account",
    "one_has_more": "records.read-one",
    "ids_across_accounts": "concurrency.unique-ids",
    "list_walked": "concurrency.reads",
    "deferred_shows_earlier": "model.sequences",
    "allocation_part_taken": "refuses.allocations",
    "query_lets_in": "auth.foreign-token",
    "free_ids_slow": "growth.posts",
    "repeats_slow": "growth.posts",
    "misses_slow": "growth.reads",
    "filters_slow": "growth.lists",
}
UNHURRIED = {"budget": 20.0}
"""So that all is seen on a machine that has other work."""
PATIENT = {"budget": 10.0}
"""Three times what a quick run has; a server that throttles takes all that it is given."""
CORRECT = (
    *("plain", "status400", "http10", "only_post", "minimal_answers", "opened_yesterday"),
    *("posted_items", "throttling_briefly", "instant_offset_60_taken"),
    *("five_wait", "serial", "fussy"),
)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_and_named(name: str) -> None:
    with started(name) as url:
        layer = {"layer": (DEFECTS[name].partition(".")[0], breeds()[name].layer)}
        report = check_quietly(url, {**options(quick=True, seed=1), **UNHURRIED, **layer})

    assert DEFECTS[name] in {finding.rule.rule_id for finding in report.findings}
    assert not report.is_kept


def test_what_happens_once_is_seen_before_another_layer_makes_it_happen() -> None:
    with started("zero_moves") as url:
        report = check_quietly(url, {**options(quick=True, seed=1), **UNHURRIED})

    assert "money.total-falls" in {finding.rule.rule_id for finding in report.findings}


def test_a_body_that_nobody_asks_for_is_a_note() -> None:
    with started("wire_expect_ignored") as url:
        report = check_quietly(
            url, {**options(quick=True, seed=1), **UNHURRIED, "layer": ("http",)}
        )

    assert [of for of in report.notes if of.startswith("http.expect: ")]
    assert report.is_kept


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_server_gives_no_alarm(name: str) -> None:
    with started(name) as url:
        report = check_quietly(url, {**options(quick=True, seed=1), **PATIENT})

    assert [(of.rule.rule_id, of.expected, of.got) for of in report.findings] == []
    assert report.is_kept


def test_the_defects_of_the_sample_are_of_every_layer_that_a_quick_run_has() -> None:
    layers = {breeds()[name].layer for name in DEFECTS}

    assert layers >= {"refuses", "accepts", "money", "records", "auth", "concurrency", "http"}


class TestLog:
    """The verdicts of a long run, in a file."""

    def test_a_verdict_that_it_has_is_not_made_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain, said = breeds()["plain"], []

        def judged(breed: Breed, *, quick: bool, seed: int) -> Verdict:
            said.append((quick, seed))
            rules, layers = ("money.bucket",), frozenset(("money", "model"))
            return Verdict(breed, is_broken=True, rules=rules, layers=layers, seconds=2.5)

        monkeypatch.setattr(judge, "judged", judged)
        runs = [(True, 1), (False, 1), (True, 2)]

        first = [Log(tmp_path / "log").judged(plain, quick=quick, seed=of) for quick, of in runs]
        again = [Log(tmp_path / "log").judged(plain, quick=quick, seed=of) for quick, of in runs]

        assert said == runs
        assert again == first
