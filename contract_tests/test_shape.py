"""Every operation, every phase of Schemathesis: examples, coverage, fuzzing, links.

A suite that only saw refusals proves nothing, so what was seen is tested too.
"""

from __future__ import annotations

import os
from random import SystemRandom

import pytest
import yaml

from contract_tests.server import Server
from contract_tests.shape import ShapeRun, run
from mockserver.resources import find

CORE_OPERATIONS = 6
ENOUGH_CASES = 1_000
ENOUGH_POSTED = 100
"""How many debit offsets have to be accepted for a run to say anything."""


@pytest.fixture(scope="module")
def shape(may_post: None, server: Server, tmp_path_factory: pytest.TempPathFactory) -> ShapeRun:  # noqa: ARG001 - it may skip
    """One run of Schemathesis: in CI always the same, elsewhere another one each time."""
    seed = 1 if "CI" in os.environ else SystemRandom().randrange(10**9)
    return run(server, tmp_path_factory.mktemp("schemathesis"), seed=seed)


def test_schemathesis_finds_nothing(shape: ShapeRun) -> None:
    assert shape.kept, shape.output


def test_each_operation_was_seen_to_succeed(shape: ShapeRun, server: Server) -> None:
    seen = shape.seen()
    if server.client is None:  # without credentials nobody can get a token
        seen["createAccessToken", 200] += 1
    seen["waiveAccountFee", 200] += seen["waiveAccountFeeOnce", 200]  # a fee is waived once
    seen["waiveAccountFeeOnce", 200] = seen["waiveAccountFee", 200]
    paths = yaml.safe_load(find("openapi.yaml").read_bytes())["paths"]
    operations = {o["operationId"] for i in paths.values() for o in i.values() if "tags" in o}
    assert len(operations) > CORE_OPERATIONS
    never = sorted(operation for operation in operations if not seen[operation, 200])
    assert not never, seen


def test_enough_was_asked_and_enough_was_posted(shape: ShapeRun) -> None:
    seen = shape.seen()
    assert seen.total() >= ENOUGH_CASES, seen
    assert seen["createAccountDebitOffset", 200] >= ENOUGH_POSTED, seen


def test_negative_data_was_seen_to_be_rejected(shape: ShapeRun) -> None:
    seen = shape.seen()
    rejected = {operation for operation, status in seen if status in (400, 422)}
    assert {"createAccountDebitOffset", "createAccessToken", "listAccounts"} <= rejected, seen


def test_links_led_from_a_debit_offset_to_its_line_item(shape: ShapeRun) -> None:
    assert shape.posted_items() & shape.read_items()


def test_no_account_but_those_that_were_opened_got_another_status(shape: ShapeRun) -> None:
    assert shape.changed_accounts() <= shape.opened_accounts()
