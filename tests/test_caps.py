"""What a server keeps has an end, and at the end it says so, clearly (reliability P12)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver.api.auth import Client
from mockserver.app import build
from mockserver.sandbox.exchanges import MAX_EXCHANGES
from mockserver.sandbox.rate import MAX_SENDERS, Rate, RateLimit
from mockserver.sandbox.sandboxes import Limits
from mockserver.settings import Settings
from tests.conftest import TestClock
from tests.steering import ACCOUNT, POST

ROOM = 4
CLIENT = Client("mine", "secret", sandbox="of_a_client")


class Many:
    """A server in this process, asked under many names."""

    def __init__(self, clock: TestClock, **chosen: Any) -> None:
        settings = Settings(accounts=3, clients=(CLIENT,), **chosen)
        self.client = TestClient(build(settings, clock=clock).asgi, "http://localhost")

    def ask(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the sandbox ``sbx_<name>``."""
        headers = {"Authorization": f"Bearer sbx_{name}"}
        if method == "GET":
            return self.client.get(path, headers=headers)
        return self.client.request(method, path, headers=headers, json=body or {})

    def read(self, name: str) -> int:
        """Read the account in a sandbox."""
        return int(self.ask(name, "GET", ACCOUNT).status_code)

    def post(self, name: str) -> int:
        """Post a cent in a sandbox."""
        return int(self.ask(name, "POST", POST, {"original_amount_cents": 1}).status_code)


@pytest.fixture
def full(clock: TestClock) -> Many:
    """A server with as many sandboxes as it takes, the default one among them."""
    many = Many(clock, limits=Limits(sandboxes=ROOM))
    assert [many.post(f"kept_{at}") for at in range(ROOM - 1)] == [200] * (ROOM - 1)
    return many


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", ACCOUNT, None),
        ("POST", POST, {"original_amount_cents": 1}),
        ("POST", "/_mock/reset", {}),
    ],
)
def test_one_sandbox_too_many_is_told_so(full: Many, method: str, path: str, body: Any) -> None:
    answer = full.ask("one_more", method, path, body)

    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_sandboxes"
    assert "--max-sandboxes" in answer.json()["error"]["message"]
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert "sbx_one_more" not in full.ask("kept_0", "GET", "/_mock/sandboxes").json()["results"]


def test_no_way_leads_around_the_cap(full: Many) -> None:
    forked = full.ask("kept_0", "POST", "/_mock/fork", {"name": "sbx_one_more"})
    secret = {"client_id": "mine", "client_secret": "secret"}
    minted = full.client.post("/auth/token", json=secret)

    assert (forked.status_code, minted.status_code) == (429, 429)
    assert len(full.ask("kept_0", "GET", "/_mock/sandboxes").json()["results"]) == ROOM


def test_the_sandboxes_there_are_go_on_at_the_cap(full: Many) -> None:
    assert full.read("one_more") == 429
    for at in range(ROOM - 1):
        assert (full.post(f"kept_{at}"), full.read(f"kept_{at}")) == (200, 200)
        assert full.ask(f"kept_{at}", "POST", "/_mock/verify").json()["events"] == 2


def test_a_sandbox_that_is_deleted_makes_room(full: Many) -> None:
    assert full.ask("kept_0", "DELETE", "/_mock/sandbox").status_code == 200
    assert (full.read("one_more"), full.read("kept_0"), full.read("kept_1")) == (200, 429, 200)


def test_a_sandbox_that_is_not_used_makes_room(clock: TestClock) -> None:
    many = Many(clock, limits=Limits(sandboxes=3, idle_seconds=0.5))
    assert (many.post("busy"), many.post("idle"), many.read("one_more")) == (200, 200, 429)
    for _ in range(4):
        time.sleep(0.2)
        assert many.read("busy") == 200

    assert (many.read("one_more"), many.read("idle")) == (200, 429)
    assert many.ask("busy", "GET", "/_mock/sandbox").json()["events"] == 1


def test_a_sandbox_that_is_full_can_be_read_and_reset(clock: TestClock) -> None:
    many = Many(clock, max_events=3)
    statuses = [many.post("mine") for _ in range(4)]
    full = many.ask("mine", "POST", POST, {"original_amount_cents": 1})
    before = many.ask("mine", "POST", "/_mock/verify").json()

    assert statuses == [200, 200, 200, 429]
    assert full.json()["error"]["code"] == "sandbox_full"
    assert int(full.headers["Retry-After"]) > 0
    assert "sbx_mine" not in full.text
    assert (before["ok"], before["events"]) == (True, 3)
    assert (many.read("mine"), many.post("other")) == (200, 200)
    assert many.ask("mine", "POST", "/_mock/reset").status_code == 200
    assert many.post("mine") == 200


def test_what_an_import_replaces_takes_no_room(clock: TestClock) -> None:
    many = Many(clock, max_events=3)
    assert [many.post("mine") for _ in range(3)] == [200] * 3
    exported = many.ask("mine", "GET", "/_mock/state").json()
    again = many.ask("mine", "PUT", "/_mock/state", exported)

    assert again.status_code == 200, again.text
    assert again.json()["events"] == 3
    one_more = Many(clock, max_events=2).ask("mine", "PUT", "/_mock/state", exported)
    assert (one_more.status_code, one_more.json()["error"]["code"]) == (429, "sandbox_full")


def test_a_sandbox_that_was_not_used_for_long_is_gone_when_anybody_asks(clock: TestClock) -> None:
    many = Many(clock, limits=Limits(idle_seconds=2.0))
    assert (many.post("idle"), many.post("idle_too")) == (200, 200)
    listed = many.ask("idle", "GET", "/_mock/sandboxes").json()["results"]
    assert listed == ["default", "sbx_idle", "sbx_idle_too"]
    time.sleep(2.1)

    page = "/_mock/account?id=can_52322&sandbox=sbx_idle"
    assert many.client.get(page).status_code == 404
    assert many.ask("idle", "GET", "/_mock/sandbox").json()["events"] == 0
    assert many.ask("idle", "GET", "/_mock/sandboxes").json()["results"] == ["default"]
    assert many.ask("idle", "POST", "/_mock/verify").json()["events"] == 0


def test_exchanges_that_were_evicted_are_not_denied(clock: TestClock) -> None:
    many = Many(clock)
    for _ in range(MAX_EXCHANGES + 1):
        many.ask("mine", "GET", "/nowhere")
    wanted: dict[str, Any] = {"called": MAX_EXCHANGES}
    told = many.ask("mine", "POST", "/_mock/exchanges/assert", wanted).json()
    since = {"match": {"after": 1}, **wanted}

    assert many.ask("mine", "GET", "/_mock/sandbox").json()["exchanges"] == MAX_EXCHANGES
    assert (told["outcome"], told["count"]) == ("inconclusive", MAX_EXCHANGES)
    assert many.ask("mine", "POST", "/_mock/exchanges/assert", since).json()["outcome"] == "passed"


def test_a_client_asks_for_no_more_tokens_than_its_rate_whatever_else_it_says(
    clock: TestClock,
) -> None:
    many = Many(clock, rate=Rate(2, 60))
    secret = {"client_id": "mine", "client_secret": "secret"}

    def mint(**headers: str) -> int:
        return int(many.client.post("/auth/token", json=secret, headers=headers).status_code)

    assert [mint() for _ in range(3)] == [200, 200, 429]
    assert {mint(Authorization=f"Bearer r{at}") for at in range(5)} == {429}
    assert {mint(Authorization=f"Bearer sbx_{at}") for at in range(5)} == {429}
    clock.advance(seconds=60)
    assert [mint() for _ in range(3)] == [200, 200, 429]


def test_a_token_is_counted_however_its_scheme_is_written(clock: TestClock) -> None:
    many = Many(clock, rate=Rate(2, 60))
    schemes = ("Bearer ", "bearer ", "BEARER  ", "Bearer    ")
    answers = [many.client.get(ACCOUNT, headers={"Authorization": f"{s}sbx_1"}) for s in schemes]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]


def test_however_many_send_what_is_counted_has_an_end(clock: TestClock) -> None:
    limit = RateLimit(Rate(1, 60))
    let_in = [
        limit.seconds_to_wait(f"token_{at}".encode(), clock.time) is None
        for at in range(2 * MAX_SENDERS)
    ]

    assert let_in.count(True) == MAX_SENDERS + 1
    assert len(limit._counts) == MAX_SENDERS + 1
    assert limit.seconds_to_wait(b"token_0", clock.time) == 60
