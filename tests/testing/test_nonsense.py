"""What makes no sense is refused, and the message says which part of it, and what would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.testing import CanopyMock, ControlError, running

Asks = Callable[[CanopyMock], Any]


@pytest.fixture(scope="module")
def mock() -> Iterator[CanopyMock]:
    with running("--accounts", "3") as server, server.sandbox() as made:
        yield made


SAYS_WHERE: dict[str, Asks] = {
    r"/body must NOT have additional properties: breks": lambda m: m.faults.add(breks="reset"),
    r"/body/stage must be equal to one of .* values: before_validation, in_flight, after_commit":
        lambda m: m.faults.add(stage="early"),
    r"/body/delay must have required property ms": lambda m: m.faults.add(delay={}),
    r"/body/match must NOT have additional properties: opration":
        lambda m: m.exchanges.assert_called(opration="getAccount"),
    r"no operation getAcount; it has .*getAccount,":
        lambda m: m.exchanges.assert_called(0, operation="getAcount"),
    r"no operation getAcounts":
        lambda m: m.exchanges.assert_sequence({}, {"operation": "getAcounts"}),
    r"no operation getAll": lambda m: m.exchanges.all(operation="getAll"),
    r"listExchanges has no parameter opration; it has operation, account_id, method, status":
        lambda m: m.exchanges.all(opration="x"),
    r"getClock has no parameter x; it has none":
        lambda m: m.control("GET", "clock", query={"x": 1}),
}  # fmt: skip


@pytest.mark.parametrize("told", SAYS_WHERE)
def test_a_typo_is_told(mock: CanopyMock, told: str) -> None:
    with pytest.raises(ControlError, match=f"422: .*{told}"):
        SAYS_WHERE[told](mock)


NEVER: dict[str, Asks] = {
    "at goes with the mode frozen, not with real":
        lambda m: m.control("PUT", "clock", {"mode": "real", "at": "2040-01-01T00:00:00Z"}),
    "at goes with the mode frozen, not with offset":
        lambda m: m.control("PUT", "clock", {"mode": "offset", "at": "2040-01-01T00:00:00Z"}),
    "offset_seconds goes with the mode offset, not with frozen":
        lambda m: m.control("PUT", "clock", {"mode": "frozen", "offset_seconds": 5}),
    "max_ms is 3, which is less than ms, 5": lambda m: m.faults.add(delay={"ms": 5, "max_ms": 3}),
    "until is not later than since": lambda m: m.faults.add(
        breaks="reset", since="2040-01-01T00:00:00Z", until="2040-01-01T00:00:00+00:00"),
    "at_least is 3, which is more than at_most, 2":
        lambda m: m.exchanges.assert_called(at_least=3, at_most=2),
    "truncate needs an answer with a body": lambda m: m.faults.add(
        breaks="truncate", answer={"status": 204}),
    "truncate needs an answer with a body, and":
        lambda m: m.faults.add(breaks="truncate", answer={"status": 200, "body": ""}),
    "malformed needs an answer with a body":
        lambda m: m.faults.add(breaks="malformed", answer={"status": 304, "body": "abc"}),
    "malformed needs a body of two bytes":
        lambda m: m.faults.add(breaks="malformed", answer={"status": 200, "body": 1}),
}  # fmt: skip


@pytest.mark.parametrize("told", NEVER)
def test_what_can_never_be_is_told(mock: CanopyMock, told: str) -> None:
    with pytest.raises(ControlError, match=f"422: {told}"):
        NEVER[told](mock)


def test_a_method_is_the_same_in_any_case(mock: CanopyMock) -> None:
    mock.client.get("/accounts/can_52322")
    mock.exchanges.assert_called(1, method="get", account_id="can_52322")
    assert len(mock.exchanges.all(method="Get")) == 1
