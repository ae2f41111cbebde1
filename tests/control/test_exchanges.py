"""Exchanges as a list and as HAR, and those of strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.api.auth import Client, Role
from mockserver.sandbox.exchanges import MAX_EXCHANGES
from tests.conftest import ACCOUNT, Api

URL = "http://localhost/_mock"
REQUIRED = {
    "log": {"version", "creator", "entries"},
    "entry": {"startedDateTime", "time", "request", "response", "cache", "timings"},
    "request": {
        *("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize"),
        "bodySize",
    },
    "response": {
        *("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"),
        *("headersSize", "bodySize"),
    },
}
"""By HAR 1.2."""


def ask(api: Api, method: str, path: str, body: Any = None) -> Any:
    answer = api.client.request(method, f"{URL}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_archive_is_har_and_says_what_was_asked(api: Api) -> None:
    api.get(f"http://localhost:8080/accounts/{ACCOUNT}/line_items?limit=2&after=")
    api.post({"original_amount_cents": 5})
    log = ask(api, "GET", "exchanges/har")["log"]
    read, posted = log["entries"]

    assert log.keys() == REQUIRED["log"]
    for entry in log["entries"]:
        assert entry.keys() == REQUIRED["entry"]
        assert entry["request"].keys() - {"postData"} == REQUIRED["request"]
        assert entry["response"].keys() == REQUIRED["response"]
        assert entry["time"] == sum(entry["timings"].values())
        assert {"name": "authorization", "value": "***"} in entry["request"]["headers"]
    target = f"/accounts/{ACCOUNT}/line_items?limit=2&after="
    assert read["request"]["url"] == f"http://localhost:8080{target}"
    assert read["request"]["queryString"] == [
        {"name": "limit", "value": "2"},
        {"name": "after", "value": ""},
    ]
    assert posted["request"]["url"].startswith("http://testserver/accounts/")
    sent = '{"original_amount_cents":5}'
    assert posted["request"]["postData"] == {"mimeType": "application/json", "text": sent}
    assert posted["request"]["bodySize"] == len(sent)
    assert (posted["response"]["status"], posted["response"]["statusText"]) == (200, "OK")
    assert '"original_amount_cents":-5' in posted["response"]["content"]["text"]


def test_an_archive_has_all_that_is_kept_and_says_what_is_missing(api: Api) -> None:
    for _ in range(150):
        api.get("/nowhere")
    log = ask(api, "GET", "exchanges/har")["log"]
    assert len(log["entries"]) == 150
    assert "comment" not in log

    some = ask(api, "GET", "exchanges/har?limit=10")["log"]
    assert some["entries"] == log["entries"][-10:]
    assert some["comment"] == "Older exchanges are missing."
    for _ in range(MAX_EXCHANGES):
        api.get("/nowhere")
    evicted = ask(api, "GET", "exchanges/har")["log"]
    assert (len(evicted["entries"]), "comment" in evicted) == (MAX_EXCHANGES, True)
    assert "comment" not in ask(api, "GET", f"exchanges/har?after={150 + 10}")["log"]


@pytest.mark.parametrize("stage", ["before_validation", "after_commit"])
def test_a_delay_is_part_of_the_time_an_answer_took(api: Api, stage: str) -> None:
    ask(api, "POST", "faults", {"fault_id": "slow", "stage": stage, "delay": {"ms": 150}})
    api.get("/accounts")
    (entry,) = ask(api, "GET", "exchanges/har")["log"]["entries"]

    assert 150 <= entry["time"] < 5_000
    assert entry["_fault"] == "slow"
    (kept,) = ask(api, "GET", "exchanges")["results"]
    assert kept["seconds"] >= 0.15


def test_an_answer_that_a_fault_took_has_no_status(api: Api) -> None:
    ask(api, "POST", "faults", {"breaks": "reset"})
    api.get("/accounts")
    (entry,) = ask(api, "GET", "exchanges/har")["log"]["entries"]
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")


class TestStrangers:
    """Requests that belong to no sandbox."""

    def strangers(self, api: Api, after: int = 0) -> list[Any]:
        found: list[Any] = ask(api, "GET", f"strangers?limit=1000&after={after}")["results"]
        return found

    def test_they_are_kept_apart_and_without_their_tokens(self, api: Api) -> None:
        last: int = ask(api, "GET", "strangers")["last_number"]
        for authorization in ("", "Bearer stranger-1", "Basic c3RyYW5nZXItMg==", "stranger-3"):
            api.get("/accounts?n=1", headers={"Authorization": authorization})
        kept = self.strangers(api, last)

        assert [exchange["status"] for exchange in kept] == [401, 403, 401, 401]
        assert {exchange["target"] for exchange in kept} == {"/accounts?n=1"}
        assert {exchange["operation"] for exchange in kept} == {"listAccounts"}
        assert "stranger-" not in str(kept)
        assert "c3RyYW5nZXItMg" not in str(kept)
        assert ask(api, "GET", "exchanges")["results"] == []

    def test_whoever_asks_for_a_token_in_vain_is_one(self, api: Api) -> None:
        last: int = ask(api, "GET", "strangers")["last_number"]
        body = {"client_id": "nobody", "client_secret": "a-secret"}
        api.client.post("/auth/token", json=body)
        (kept,) = self.strangers(api, last)

        assert (kept["operation"], kept["status"]) == ("createAccessToken", 401)
        assert (kept["request"]["body"], kept["answer"]["body"]) == ("***", "***")

    def test_a_role_that_may_only_read_is_not_told_of_them(self, serve: Callable[..., Api]) -> None:
        api = serve(clients=(Client("reader", "secret", Role.OPERATIONS, "reader"),))
        credentials = {"client_id": "reader", "client_secret": "secret"}
        token = api.client.post("/auth/token", json=credentials).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}

        assert api.client.get(f"{URL}/strangers", headers=headers).status_code == 403
        assert api.client.get(f"{URL}/exchanges", headers=headers).status_code == 200
