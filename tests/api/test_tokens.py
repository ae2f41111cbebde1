"""Tokens that nobody minted, whatever they look like; and for how long minted ones are good."""

from __future__ import annotations

import json
import string
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.api.auth import DEMO_CLIENT, Client
from tests.conftest import Api, TestClock

CREDENTIALS = {"client_id": DEMO_CLIENT.client_id, "client_secret": DEMO_CLIENT.client_secret}
ALPHABET = string.ascii_letters + string.digits + "._~+/-"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("demo"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
)
claims = st.one_of(
    values.map(json.dumps).map(str.encode),
    st.tuples(st.integers(), st.integers(), st.text() | st.just("demo")).map(
        lambda of: "{} {} {}".format(*of).encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=60),
)
signed = st.tuples(claims, st.text(ALPHABET, max_size=30)).map(
    lambda of: f"cmt_{urlsafe_b64encode(of[0]).decode().rstrip('=')}.{of[1]}"
)
tokens = signed | st.text(ALPHABET, max_size=60).map("cmt_".__add__)


def mint(api: Api) -> str:
    answer = api.client.post("/auth/token", json=CREDENTIALS, headers={"Authorization": ""})
    return str(answer.json()["access_token"])


def asked(api: Api, token: str, path: str = "/accounts?limit=1") -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return api.client.get(f"http://localhost{path}", headers=headers)


@given(token=tokens)
@example(token="cmt_W10.x")
@example(token="cmt_W3t9XQ.x")
@example(token="cmt_W1tdXQ.x")
@example(token="cmt_.x")
@example(token="cmt_.eJw.x")
@example(token="cmt_")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_token_that_nobody_minted_is_unknown_whatever_it_looks_like(api: Api, token: str) -> None:
    for path in ("/accounts?limit=1", "/_mock/sandbox"):
        answer = asked(api, token, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_authorized")


def test_no_character_of_a_minted_token_can_be_another(api: Api) -> None:
    token = mint(api)
    assert asked(api, token).status_code == 200
    for at in range(len("cmt_"), len(token) - 1):
        other = "A" if token[at] != "A" else "B"
        assert asked(api, f"{token[:at]}{other}{token[at + 1 :]}").status_code == 403, at


def test_a_client_may_be_called_anything(serve: Callable[..., Api]) -> None:
    for client_id in ("a b", "é\n", "0 0 demo", "."):
        client = Client(client_id, "secret", sandbox="named")
        api = serve(clients=(client, DEMO_CLIENT))
        body = {"client_id": client_id, "client_secret": "secret"}
        answer = api.client.post("/auth/token", json=body, headers={"Authorization": ""})
        sandbox = asked(api, answer.json()["access_token"], "/_mock/sandbox").json()
        assert sandbox["name"] == "named"


def test_what_was_minted_in_a_future_that_was_taken_back_is_unknown(
    serve: Callable[..., Api], clock: TestClock
) -> None:
    api = serve(accounts=4)
    api.token = "demo-token"
    headers = {"Authorization": "Bearer demo-token"}
    before = mint(api)
    url = "http://localhost/_mock"
    ahead = {"seconds": 366 * 86_400}
    assert api.client.post(f"{url}/clock/advance", json=ahead, headers=headers).status_code == 200
    ahead_token = mint(api)
    assert [asked(api, token).status_code for token in (before, ahead_token)] == [403, 200]

    assert api.client.post(f"{url}/reset", json={}, headers=headers).status_code == 200
    assert [asked(api, token).status_code for token in (before, ahead_token)] == [200, 403]
    assert asked(api, mint(api)).status_code == 200


@pytest.mark.parametrize("year", [1902, 1970, 2500])
def test_a_token_is_good_whatever_the_year(
    serve: Callable[..., Api], clock: TestClock, year: int
) -> None:
    api = serve(accounts=5)
    clock.time = clock.time.replace(year=year, microsecond=500_000)
    assert asked(api, mint(api)).status_code == 200
