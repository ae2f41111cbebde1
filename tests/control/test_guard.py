"""Who may use the control API: over every operation that it has, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver.api.contract import Operation, load
from mockserver.control.api import source
from tests.conftest import ACCOUNT, Api

OPERATIONS = list(load(source()).operations())
CHANGING = [operation for operation in OPERATIONS if operation.method in ("POST", "PUT")]
READING = [operation for operation in OPERATIONS if operation.method == "GET"]
EXAMPLES = {"name": "before", "account_id": ACCOUNT, "fault_id": "lost"}
JSON = {"Content-Type": "application/json"}


def path_of(operation: Operation) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: EXAMPLES[match[1]], operation.path)


def ask(api: Api, operation: Operation, *fields: tuple[str, str], body: bytes = b"") -> Any:
    """Send a request with these fields beside the token, and those that a client adds."""
    headers = [("Authorization", f"Bearer {api.token}"), *fields]
    url = f"http://localhost{path_of(operation)}"
    return api.client.request(operation.method, url, headers=headers, content=body or None)


def held(api: Api) -> tuple[Any, ...]:
    """What there is, in all sandboxes."""
    sandboxes = api.application.sandboxes
    found = (sandboxes.find(name) for name in sandboxes.names())
    return tuple(
        (s.name, s.digest(), s.clock.setting, list(s.snapshots), s.traffic.faults.all())
        for s in found
        if s is not None
    )


@pytest.fixture
def api(serve: Callable[..., Api]) -> Iterator[Api]:
    """A sandbox with something of everything."""
    api = serve()
    headers = {"Authorization": f"Bearer {api.token}"}
    with TestClient(api.application.asgi, "http://localhost") as api.client:
        for path, body in (
            ("snapshots", {"name": "before"}),
            ("faults", {"fault_id": "lost", "answer": {"status": 500}, "skip": 1000}),
        ):
            assert api.client.post(f"/_mock/{path}", json=body, headers=headers).status_code == 200
        yield api


def all_refused(
    api: Api, operations: list[Operation], status: int, *fields: tuple[str, str]
) -> None:
    """Make sure that every such request is refused, and changes nothing."""
    before = held(api)
    for operation in operations:
        answer = ask(api, operation, *fields)
        assert answer.status_code == status, f"{operation.operation_id}: {answer.text}"
        assert answer.json()["error"]["message"]
    assert held(api) == before


@pytest.mark.parametrize(
    "fields",
    [
        [("Origin", "http://evil.example")],
        [("Origin", "null")],
        [("Origin", "http://localhost:81")],
        [("Origin", "http://localhost"), ("Origin", "http://evil.example")],
        [("Origin", "http://evil.example"), ("Origin", "http://localhost")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        [("Origin", "http://localhost"), ("Sec-Fetch-Site", "cross-site")],
    ],
    ids=str,
)
def test_no_page_of_another_origin_uses_it(api: Api, fields: list[tuple[str, str]]) -> None:
    all_refused(api, OPERATIONS, 403, *JSON.items(), *fields)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil@127.0.0.1",
        "localhost/evil",
        "localhost#x",
        "localhost?x",
        "127.0.0.1:abc",
        "[::1",
        "::1",
        "localhost ",
        "",
    ],
)
def test_it_answers_under_no_other_name(api: Api, host: str) -> None:
    all_refused(api, OPERATIONS, 403, *JSON.items(), ("Host", host))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:8080"])
def test_it_answers_under_the_names_of_this_machine(api: Api, host: str) -> None:
    assert ask(api, READING[0], ("Host", host)).status_code == 200
    assert ask(api, READING[0], ("Host", host), ("Origin", f"http://{host}")).status_code == 200


def test_a_page_of_its_own_and_a_client_that_says_nothing_are_let_in(api: Api) -> None:
    for site in ("same-origin", "none"):
        assert ask(api, READING[0], ("Sec-Fetch-Site", site)).status_code == 200


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=latin-1",
        "",
        None,
    ],
)
def test_what_a_form_can_send_is_not_taken(api: Api, media_type: str | None) -> None:
    fields = [] if media_type is None else [("Content-Type", media_type)]
    all_refused(api, CHANGING, 415, *fields)


def test_a_deletion_is_sent_bare_or_with_json(api: Api) -> None:
    fault = next(o for o in OPERATIONS if o.operation_id == "clearFaults")
    assert ask(api, fault, ("Content-Type", "text/plain"), body=b"{}").status_code == 415
    assert ask(api, fault, body=b"{}").status_code == 415
    assert ask(api, fault, *JSON.items(), body=b"{}").status_code == 200
    assert ask(api, fault).status_code == 200


@pytest.mark.parametrize("name", [".", "..", ".hidden", "", "a/b", "a" * 65])
def test_a_name_is_one_that_every_client_can_put_in_a_path(api: Api, name: str) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}
    fault = {"fault_id": name, "delay": {"ms": 1}}
    for path, body in (("snapshots", {"name": name}), ("faults", fault)):
        answer = api.client.post(f"/_mock/{path}", json=body, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["error"]["details"][0]["keyword"] == "pattern"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_path_tells_its_methods_before_anything_of_bodies(api: Api, method: str) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}
    answer = api.client.request(method, "/_mock/sandboxes", headers=headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert api.client.request(method, "/_mock/nothing", headers=headers).status_code == 404


def test_reading_changes_nothing_and_makes_no_sandbox(api: Api) -> None:
    before = held(api)
    unused = f"{api.token}_unused"
    for operation, name in product(READING, (api.token, unused)):
        headers = {"Authorization": f"Bearer {name}"}
        for method in ("GET", "HEAD"):
            answer = api.client.request(method, path_of(operation), headers=headers)
            assert answer.status_code == 200, answer.text

    assert held(api) == before
    assert unused not in api.application.sandboxes.names()


class TestControlToken:
    """A server that other machines can reach."""

    @pytest.fixture
    def reachable(self, serve: Callable[..., Api]) -> Api:
        api = serve(host="192.0.2.1", control_token="open-sesame", allowed_hosts=("mock.example",))
        api.client = TestClient(api.application.asgi, "http://mock.example")
        return api

    @pytest.mark.parametrize("said", [None, "", "open", "OPEN-SESAME", "open-sesame-2"])
    def test_without_the_token_nothing_is_done(self, reachable: Api, said: str | None) -> None:
        fields = [] if said is None else [("X-Canopy-Control", said)]
        host = ("Host", "mock.example")
        all_refused(reachable, OPERATIONS, 403, host, *JSON.items(), *fields)

    def test_with_it_the_server_answers_under_its_names(self, reachable: Api) -> None:
        said = ("X-Canopy-Control", "open-sesame")
        for host, status in (("mock.example:80", 200), ("MOCK.EXAMPLE", 200), ("other", 403)):
            assert ask(reachable, READING[0], said, ("Host", host)).status_code == status

    def test_without_one_to_say_it_is_off(self, serve: Callable[..., Api]) -> None:
        api = serve(host="192.0.2.1")
        all_refused(api, OPERATIONS, 403, *JSON.items())
        told = ask(api, READING[0]).json()["error"]["message"]
        assert "--control-token" in told
