"""The same requests come to the same answers, byte by byte, in every process (reliability P8).

Both servers are processes of their own: their hashes are seeded differently, and one believes that
it is 40 days later. Where the clocks of their sandboxes stand still at first is all that is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

import httpx
import pytest

from tests.door.wire import Wire, head, parsed
from tests.running import Running, in_silence, serving_oddly
from tests.steering import ACCOUNT, POST, steering

LATER = 40 * 86_400
FROZEN = "2044-02-29T12:34:56.789Z"
SANDBOX = "sbx_same"
MINTING = {"client_id": "demo", "client_secret": "demo-secret"}
NOT_THERE = "/accounts/can_999"


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Running]]:
    """Two servers, whose sandboxes begin where their clocks stand still."""
    with ExitStack() as stack:
        yield [stack.enter_context(in_silence(started(at, frozen_at=FROZEN))) for at in (0, 1)]


def started(at: int, **wanted: Any) -> Any:
    """Start the first or the second server."""
    wanted |= {"accounts": 12, "seconds_ahead": at * LATER}
    return serving_oddly(wanted, PYTHONHASHSEED=str(at + 1))


class Told:
    """Asks one server, and keeps the bytes of all that it answers."""

    def __init__(self, server: Running, token: str) -> None:
        self.wire = Wire(server)
        self.token = token
        self.answers: list[bytes] = []

    def __enter__(self) -> Self:
        """Be closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.wire.__exit__()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask for something; give the body of the answer, if it is JSON."""
        sent = b"" if body is None else json.dumps(body).encode()
        fields = ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
        self.wire.send(head(self.token, method, path, *(fields if sent else [])) + sent)
        self.answers.append(self.wire.raw_answer(has_body=method != "HEAD"))
        try:
            return json.loads(parsed(self.answers[-1]).body)
        except json.JSONDecodeError:
            return None


def everything(told: Told) -> None:
    """Ask for something of every kind."""
    for cents in range(20):
        told.ask("POST", POST, {"original_amount_cents": cents})
    named = {"original_amount_cents": 5, "line_item_id": "named", "external_fields": FIELDS}
    for body in (named, named, {**named, "original_amount_cents": 6}, {}, {"x": "y"}):
        told.ask("POST", POST, body)
    for path in ("/accounts", "/accounts?limit=3", ACCOUNT, f"{ACCOUNT}/line_items", "/products"):
        told.ask("GET", path)
    told.ask("HEAD", ACCOUNT)
    told.ask("GET", f"{ACCOUNT}/statements/list")
    opened(told)
    told.ask("PATCH", "/admin/roll/account?account_id=can_52322&exclusive_end=2044-04-01")
    for method, path in (("GET", NOT_THERE), ("PUT", ACCOUNT), ("GET", "/nowhere")):
        told.ask(method, path)


PRODUCT = {
    "product_overview": {"product_name": "Weekly Loan", "product_type": "INSTALLMENT"},
    "product_lifecycle_policies": {
        "billing_cycle_policies": {
            "cycle_interval": "7 days",
            "cycle_due_interval": "2 days",
            "product_time_zone": "America/New_York",
        },
        "default_attributes": {"default_credit_limit_cents": 500_000},
    },
    "promotional_policies": {"promo_len": 0, "promo_default_interest_rate_percent": 0},
    "post_promotional_policies": {"post_promo_default_interest_rate_percent": 5.0},
}
FIELDS = [{"key": "b", "value": "1"}, {"key": "a", "value": "2"}]


def opened(told: Told) -> None:
    """Make a product, and open an account with it."""
    made = told.ask("POST", "/products", PRODUCT)
    account_id = told.ask("POST", "/accounts", {"product_id": made["product_id"]})["account_id"]
    told.ask("GET", f"/accounts/{account_id}")


def faulty(told: Told, faults: list[dict[str, Any]]) -> None:
    """Meet faults that chance decides on."""
    with httpx.Client(headers={"Authorization": f"Bearer {told.token}"}) as client:
        for fault in faults:
            url = f"http://{told.wire.where}/_mock/faults"
            client.post(url, json=fault).raise_for_status()
    for _ in range(60):
        told.ask("GET", ACCOUNT)


FAULTS: list[dict[str, Any]] = [
    {"probability": 0.3, "seed": 5, "answer": {"status": 503, "headers": {"B": "1", "A": "2"}}},
    {"probability": 0.3, "seed": 6, "breaks": "malformed", "stage": "after_commit"},
]


def test_two_processes_answer_byte_by_byte_the_same(servers: list[Running]) -> None:
    seen = []
    for server in servers:
        with steering(server, SANDBOX) as sandbox, Told(server, SANDBOX) as told:
            everything(told)
            faulty(told, FAULTS)
            sandbox.ask("POST", "clock/advance", {"seconds": 100 * 86_400})
            sandbox.ask("DELETE", "faults")
            everything(told)
            seen.append((told.answers, sandbox.verified()))

    (first, digest), (second, other) = seen
    assert len(first) > 130
    assert {parsed(answer).status for answer in first} >= {200, 404, 405, 409, 422, 503}
    for one, other_one in zip(first, second, strict=True):
        assert one == other_one
    assert digest == other


STEERING: list[tuple[str, str, Any]] = [
    ("POST", "accounts", {"principal_cents": 100, "fees_cents": 5}),
    ("POST", "faults", {"breaks": "reset", "stage": "after_commit", "probability": 0.5}),
    ("PUT", "rate_limit", {"requests": 1_000}),
    ("POST", "snapshots", {"name": "saved"}),
    ("POST", "clock/advance", {"seconds": 86_400.5}),
    ("PUT", "clock", {"mode": "frozen"}),
    *(
        ("GET", path, None)
        for path in (
            *("sandbox", "clock", "faults", "rate_limit", "snapshots", "state", "exchanges"),
            *("exchanges/har", "accounts/can_52322", "accounts/can_52322/line_items"),
        )
    ),
    ("POST", "exchanges/assert", {"match": {"method": "GET"}, "called": 3}),
    ("POST", "verify", {}),
    ("POST", "snapshots/saved/restore", {}),
    ("PUT", "clock", {"mode": "frozen", "at": "2043-01-01T00:00:00Z"}),
    ("POST", "reset", {}),
    ("GET", "clock", None),
]
HOW_LONG = re.compile(rb'"(seconds|time|wait)":[0-9.e-]+')


def test_what_the_control_api_answers_is_the_same_too(servers: list[Running]) -> None:
    seen = []
    for server in servers:
        with Told(server, "sbx_steered") as told:
            for path in (ACCOUNT, "/accounts", "/nowhere"):
                told.ask("GET", path)
            for method, path, body in STEERING:
                told.ask(method, f"/_mock/{path}", body)
            seen.append(told.answers)

    assert {parsed(answer).status for answer in seen[0]} == {200, 404, 409}
    for one, other in zip(*seen, strict=True):
        assert without_length(one) == without_length(other)


def without_length(answer: bytes) -> bytes:
    """Give an answer without how long exchanges took, and how many digits that has."""
    told = HOW_LONG.sub(b"", answer)
    return re.sub(rb"content-length: \d+", b"", told) if told != answer else answer


def test_tokens_are_the_same_too(servers: list[Running]) -> None:
    seen = []
    for server in servers:
        with Told(server, "demo-token") as told:
            tokens = [told.ask("POST", "/auth/token", MINTING)["access_token"] for _ in range(3)]
            told.ask("POST", "/auth/token", {**MINTING, "client_secret": "wrong"})
            for told.token in [*tokens, "nobody", "eyJ"]:
                told.ask("GET", ACCOUNT)
            seen.append(told.answers)

    assert {parsed(answer).status for answer in seen[0]} == {200, 401, 403}
    for one, other in zip(*seen, strict=True):
        assert one == other
