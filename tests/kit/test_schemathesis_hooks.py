"""What Schemathesis may do to a server that others use: it closes no account but its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests import schemathesis_hooks as hooks


@pytest.fixture(autouse=True)
def _nothing_opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(hooks, "_opened", set())
        patch.setattr(hooks, "_sent", Counter())
        yield


def case(operation: str, **parameters: object) -> Any:
    definition = SimpleNamespace(raw={"operationId": operation})
    operation_of = SimpleNamespace(definition=definition)
    return SimpleNamespace(operation=operation_of, path_parameters=parameters, body={})


def sent(operation: str, account: object) -> object:
    """Give the account that a request is about when it is sent."""
    made = case(operation, account_id=account)
    hooks.before_call(None, made, {})
    return made.path_parameters["account_id"]


def answered(operation: str, status: int, body: object) -> None:
    response = SimpleNamespace(status_code=status, json=lambda: body)
    hooks.after_call(None, case(operation), response)


@pytest.mark.parametrize("account", ["can_52322", "", None, 5, ["can_1"]])
def test_the_status_of_an_account_that_was_there_before_is_not_changed(account: object) -> None:
    answered("createAccount", 200, {"account_id": "can_1"})
    assert sent("updateAccountStatus", account) == "nobody"


@pytest.mark.parametrize("account", ["can_1", 1])
def test_the_status_of_an_account_that_was_opened_may_be_changed(account: object) -> None:
    answered("createAccount", 200, {"account_id": account})
    assert sent("updateAccountStatus", account) == account


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("getAccount", 200, {"account_id": "can_1"}),
        ("createAccount", 404, {"account_id": "can_1"}),
        ("createAccount", 200, {}),
        ("createAccount", 200, []),
    ],
)
def test_only_an_answer_with_an_account_that_was_opened_counts(
    operation: str, status: int, body: object
) -> None:
    answered(operation, status, body)
    assert sent("updateAccountStatus", "can_1") == "nobody"


def test_other_requests_are_about_any_account() -> None:
    assert sent("createAccountDebitOffset", "can_52322") == "can_52322"


def test_an_id_that_comes_again_is_mostly_another() -> None:
    posted = []
    for _ in range(9):
        made = case("createAccountDebitOffset")
        made.body = {"line_item_id": "a", "original_amount_cents": 1}
        hooks.before_call(None, made, {})
        posted.append(made.body["line_item_id"])

    assert posted == ["a", "a~1", "a~2", "a~3", "a", "a~5", "a~6", "a~7", "a"]


@pytest.mark.parametrize("body", [{"line_item_id": ""}, {"line_item_id": 5}, {}, [], "x", None])
def test_what_is_no_id_stays_what_it_is(body: object) -> None:
    for _ in range(3):
        made = case("createAccountDebitOffset")
        made.body = body
        hooks.before_call(None, made, {})
        assert made.body == body
