"""What Schemathesis may do to a server that a check lets it loose on."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from contract_tests import generated_hooks as hooks

NOTHING: Any = SimpleNamespace()


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANOPY_GENERATED_ACCOUNTS", '["can_1", "a/b c"]')
    monkeypatch.delenv("CANOPY_GENERATED_WAITS", raising=False)


def sent(method: str, **parameters: object) -> Any:
    """Give the parameters of the path that a request is sent with."""
    made: Any = SimpleNamespace(method=method, path_parameters=parameters)
    hooks.before_call(NOTHING, made, {})
    return made.path_parameters


@pytest.mark.parametrize("account", ["can_52322", "", "can_1%20", None, 5, ["can_1"]])
@pytest.mark.parametrize("method", ["POST", "post", "DELETE", "PUT", "PATCH"])
def test_nothing_is_posted_to_an_account_that_nobody_named(method: str, account: object) -> None:
    assert sent(method, account_id=account, other="x") == {"account_id": "can_1", "other": "x"}


@pytest.mark.parametrize("account", ["can_1", "a/b c", "a%2Fb%20c"])
def test_an_account_that_was_named_is_posted_to(account: str) -> None:
    assert sent("POST", account_id=account) == {"account_id": account}


def test_any_account_may_be_read_and_a_path_may_have_none() -> None:
    assert sent("GET", account_id="can_52322") == {"account_id": "can_52322"}
    assert sent("POST") == {}


@pytest.mark.parametrize(
    ("status", "said", "is_slow", "seconds"),
    [
        (429, ["3"], True, [3.0]),
        (429, ["soon"], True, [1.0]),
        (429, None, True, [1.0]),
        (429, ["999999"], True, [5.0]),
        (429, ["3"], False, []),
        (200, ["3"], True, []),
    ],
)
def test_with_a_rate_of_its_own_it_waits_where_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    said: list[str] | None,
    is_slow: bool,  # noqa: FBT001 - a column of a table
    seconds: list[float],
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    if is_slow:
        monkeypatch.setenv("CANOPY_GENERATED_WAITS", "1")
    answer = SimpleNamespace(status_code=status, headers={"retry-after": said} if said else {})
    hooks.after_call(NOTHING, NOTHING, answer)

    assert waited == seconds


def test_it_hooks_into_no_run_of_schemathesis_but_that_of_a_check() -> None:
    for hook in (hooks.before_call, hooks.after_call):
        assert hook not in GLOBAL_HOOK_DISPATCHER.get_all_by_name(hook.__name__)
