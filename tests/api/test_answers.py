"""What the server answers is checked, and what breaks the contract does not get out."""

from __future__ import annotations

import logging

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from mockserver.api.answers import CheckAnswers
from mockserver.api.contract import load
from mockserver.resources import find
from mockserver.sandbox.sandbox import Sandbox
from tests.conftest import Api

CONTRACT = load(find("openapi.yaml"))
ERROR = b'{"error":{"code":"x","message":"y"}}'


def answering(status: int, body: bytes, media_type: str = "application/json") -> TestClient:
    app: ASGIApp = Response(body, status, media_type=media_type)
    return TestClient(CheckAnswers(app, CONTRACT, exempt=("/docs",)))


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/accounts/a", 200, b'{"account_id": "a", "more": 1}'),
        ("HEAD", "/accounts/a", 200, b""),
        ("GET", "/accounts/a", 404, ERROR),
        ("GET", "/accounts/a", 418, ERROR),
        ("GET", "/nowhere", 404, ERROR),
        ("DELETE", "/accounts/a", 405, ERROR),
        (
            "POST",
            "/accounts/a/line_items/debit_offsets",
            200,
            b'{"account_id": "a", "line_item_id": "b", "product_id": "c", "merchant_data": null}',
        ),
    ],
)
def test_what_the_contract_allows_gets_out(
    method: str, path: str, status: int, body: bytes
) -> None:
    answer = answering(status, body).request(method, path)
    assert (answer.status_code, answer.content) == (status, body)


@pytest.mark.parametrize(
    ("path", "status", "body", "why"),
    [
        ("/accounts/a", 200, b"[]", "$: [] is not of type 'object'"),
        ("/accounts/a", 200, b'{"account_id": 5}', "$.account_id: 5 is not of type 'string'"),
        ("/accounts/a", 200, b'{"account_id": "a", "effective_at": "2020"}', "'date-time'"),
        ("/accounts/a", 200, b'{"summary": {"principal_cents": 1.5}}', "1.5 is not of type"),
        ("/accounts/a", 200, b"{", "the body is not JSON"),
        ("/accounts/a", 404, b'{"error": "gone"}', "'gone' is not of type 'object'"),
        ("/nowhere", 404, b"[]", "[] is not of type 'object'"),
        ("/accounts/a/line_items/b", 200, b'{"results": [{}]}', "is a required property"),
    ],
)
def test_what_it_does_not_allow_becomes_a_500(
    caplog: pytest.LogCaptureFixture, path: str, status: int, body: bytes, why: str
) -> None:
    answer = answering(status, body).get(path)

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert why in caplog.text


def test_an_answer_in_another_media_type_does_not_get_out() -> None:
    assert answering(200, b"<p>hello", "text/html").get("/accounts/a").status_code == 500


def test_what_is_not_the_contracts_is_left_alone() -> None:
    assert answering(200, b"<p>hello", "text/html").get("/docs/").text == "<p>hello"


def test_a_bug_in_a_handler_is_an_error_in_our_shape(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Sandbox, "account", broken)
    answer = api.get("/accounts/can_52322")

    assert answer.status_code == 500
    assert answer.json() == {"error": {"code": "internal_error", "message": "The server failed."}}
    assert "secret detail" in caplog.text
