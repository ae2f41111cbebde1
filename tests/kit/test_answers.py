"""What every answer owes, seen on answers that owe it and on others."""

from __future__ import annotations

import json

import pytest

from contract_tests.answers import flaws
from contract_tests.exchange import Answer, Exchange, Request

READ = Request("GET", "/accounts/can_1", operation="getAccount")
SECRET = "s3cret-token"


def broken(
    body: bytes, status: int = 404, media_type: str = "application/json", *, odd: bool = False
) -> list[str]:
    """Give the rules that an answer breaks."""
    answer = Answer(status, (("Content-Type", media_type),), body)
    found = flaws(Exchange(READ, answer), (SECRET,), odd=odd)
    return [flaw.rule_id for flaw in found if not flaw.holds]


def refusal(message: str) -> bytes:
    return json.dumps({"error": {"code": "not_found", "message": message}}).encode()


@pytest.mark.parametrize(
    "message",
    [
        'Traceback (most recent call last):\n  File "app.py", line 7, in post',
        "at com.bank.Ledger.post(Ledger.java:71)",
        "goroutine 12 [running]",
        "SELECT * FROM accounts WHERE id = 'can_1'",
        "INSERT INTO items VALUES (1)",
        "SQLSTATE[42S02]: no such table",
        "cannot open /usr/lib/bank/rules.yaml",
        "<html><body>Not found</body></html>",
        f"no account for {SECRET}",
    ],
)
def test_a_refusal_that_tells_too_much_is_seen(message: str) -> None:
    assert broken(refusal(message)) == ["shape.no-leak"]


@pytest.mark.parametrize(
    "message",
    [
        "There is no account can_1",
        "/accounts/can_1/line_items is not known",
        "Select an account from the list",
        "The body must be < 64 KB",
        "updated and deleted items are not listed",
    ],
)
def test_a_refusal_that_tells_what_it_should_is_fine(message: str) -> None:
    assert broken(refusal(message)) == []


def test_other_things_that_an_answer_owes() -> None:
    assert broken(b"{}", 500) == ["shape.no-server-error"]
    assert broken(b"{}", 501, odd=True) == []
    assert broken(b"not found") == ["shape.json-answers"]
    assert broken(b"{}", media_type="text/html") == ["shape.json-answers"]
    assert broken(b"{}", media_type="application/problem+json; charset=utf-8") == []
    assert broken(b"[]", 200) == ["shape.answer-schema"]
    assert broken(b'{"account_id":7}', 200) == ["shape.answer-schema"]
    assert broken(b'{"account_id":"can_1"}', 200) == []
    unanswered = flaws(Exchange(READ, None, "no answer"), (), odd=False)
    assert [(flaw.rule_id, flaw.holds) for flaw in unanswered] == [("http.answers", False)]
