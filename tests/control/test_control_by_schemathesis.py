"""The control API against its own description, by Schemathesis: requests that nobody thought of."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings

from mockserver.api.contract import load
from mockserver.control.api import source
from tests.conftest import ACCOUNT
from tests.running import Running, serving

EXAMPLES = 8
"""Requests of each kind to each operation."""

TOKEN = "sbx_generated"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
KNOWN = {"name": "before", "account_id": ACCOUNT, "fault_id": "lost"}

MAY_MAKE_NO_SENSE = {
    *("addFault", "assertExchanges", "importState", "setClock"),
    *("exportExchanges", "listExchanges", "listStrangers"),
}
"""What can be refused although it keeps the schema, in a sentence."""
UNBREAKABLE = {"readAccount", "readLineItems"}
"""What takes any text."""

CONTROL = load(source())
IDS = [operation.operation_id for operation in CONTROL.operations()]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"}

every_operation = pytest.mark.parametrize("operation", IDS, indirect=True)
generated = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Kit(NamedTuple):
    """What Schemathesis gives. It takes seconds to import, so that is done when it is asked for."""

    operations: dict[str, Any]
    conformance: list[Any]
    rejection: list[Any]
    negative: Any


@functools.cache
def kit() -> Kit:
    import schemathesis  # noqa: PLC0415 - as said
    from schemathesis import checks  # noqa: PLC0415 - as said
    from schemathesis.generation import GenerationMode  # noqa: PLC0415 - as said
    from schemathesis.specs.openapi import checks as more  # noqa: PLC0415 - as said

    schema = schemathesis.openapi.from_dict(dict(CONTROL.raw))
    found: list[Any] = [cast("Any", result).ok() for result in schema.get_all_operations()]
    conformance = [
        checks.not_a_server_error,
        more.content_type_conformance,
        more.response_headers_conformance,
        more.response_schema_conformance,
        more.status_code_conformance,
    ]
    operations = {of.definition.raw["operationId"]: of for of in found}
    return Kit(operations, conformance, [more.negative_data_rejection], GenerationMode.NEGATIVE)


@pytest.fixture
def operation(request: pytest.FixtureRequest) -> Any:
    return kit().operations[request.param]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving("--accounts", "3", "--check-responses") as running:
        yield running


@pytest.fixture(scope="module")
def session(server: Running) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Asking:
    """Sends what was generated for one operation, to a sandbox that has what paths name."""

    def __init__(self, server: Running, session: requests.Session, operation: Any) -> None:
        self.url = server.url
        self.session = session
        self.operation_id: str = operation.definition.raw["operationId"]
        self.control("POST", "reset", {})

    def control(self, method: str, path: str, body: Any) -> None:
        url = f"{self.url}/_mock/{path}"
        self.session.request(method, url, json=body, headers=HEADERS).raise_for_status()

    def ask(self, case: Any) -> Any:
        """Send a request, and check that the answer is as described."""
        self.control("POST", "snapshots", {"name": "before"})
        self.control("POST", "faults", {"fault_id": "lost", "delay": {"ms": 1}})
        if isinstance(case.body, dict) and isinstance(case.body.get("wait_seconds"), int | float):
            case.body["wait_seconds"] = min(case.body["wait_seconds"], 0.01)
        # a body may be left out, its type may not, which no schema can say
        answer = case.call(base_url=self.url, session=self.session, headers=HEADERS)
        case.validate_response(answer, checks=kit().conformance)
        return answer


@every_operation
def test_what_keeps_the_schema_is_carried_out(
    server: Running, session: requests.Session, operation: Any
) -> None:
    asking = Asking(server, session, operation)
    names = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
    known = {name: KNOWN[name] for name in names}
    accepted = 0
    if asking.operation_id == "importState":  # nothing that is made up is a ledger
        asking.control(
            "PUT", "state", session.get(f"{server.url}/_mock/state", headers=HEADERS).json()
        )
        accepted = 1

    @generated
    @given(operation.as_strategy(path_parameters=known or None))
    def ask(case: Any) -> None:
        nonlocal accepted
        answer = asking.ask(case)
        told = answer.json()
        if answer.status_code == 200:
            accepted += 1
        elif asking.operation_id in MAY_MAKE_NO_SENSE:
            assert answer.status_code in (409, 422), answer.text
            assert "details" not in told["error"], told
        else:
            assert answer.status_code in (404, 409), f"{case.body}: {answer.text}"

    ask()
    assert accepted, "nothing was carried out, so nothing is proved"


@every_operation
def test_what_breaks_the_schema_is_refused(
    server: Running, session: requests.Session, operation: Any
) -> None:
    asking = Asking(server, session, operation)

    @generated
    @given(operation.as_strategy(generation_mode=kit().negative))
    def ask(case: Any) -> None:
        case.validate_response(asking.ask(case), checks=kit().rejection)

    has_input = operation.body or operation.query or operation.path_parameters
    if has_input and asking.operation_id not in UNBREAKABLE:
        ask()


@every_operation
def test_another_method_is_told_which_there_are(
    server: Running, session: requests.Session, operation: Any
) -> None:
    path = operation.path.format(**KNOWN)
    taken = {of.method for of in CONTROL.operations() if of.path == operation.path}
    taken |= {"HEAD"} if "GET" in taken else set()
    for method in METHODS - taken:
        for headers in (HEADERS, {"Authorization": HEADERS["Authorization"]}):
            answer = session.request(method, server.url + path, headers=headers)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["Allow"].split(", ")) == taken


@every_operation
def test_without_a_good_token_nothing_is_done(
    server: Running, session: requests.Session, operation: Any
) -> None:
    path = operation.path.format(**KNOWN)
    for authorization, status in (("", 401), ("Basic x", 401), ("Bearer nobody", 403)):
        headers = {"Content-Type": "application/json", "Authorization": authorization}
        answer = session.request(operation.method, server.url + path, json={}, headers=headers)
        assert answer.status_code == status
