"""Many clients at once, over real sockets: every cent is counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.running import Running, serving

ACCOUNT = "/accounts/can_52322"
POST = f"{ACCOUNT}/line_items/debit_offsets"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving("--accounts", "8", "--check-responses") as running:
        yield running


@pytest.fixture
def client(server: Running, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer sbx_{abs(hash(request.node.name))}"}
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(base_url=server.url, headers=headers, limits=limits, timeout=60) as connected:
        yield connected


def total(client: httpx.Client) -> int:
    return int(client.get(ACCOUNT).json()["summary"]["total_balance_cents"])


def listed(client: httpx.Client) -> list[str]:
    ids: list[str] = []
    query = "limit=1000&line_item_type=DEBIT_OFFSET"
    while True:
        page = client.get(f"{ACCOUNT}/line_items?{query}").json()
        ids += [item["line_item_id"] for item in page["results"]]
        if not page["paging"]["has_more"]:
            return ids
        query = f"limit=1000&starting_after={page['paging']['starting_after']}"


def test_a_thousand_posts_at_once_are_a_thousand_items(client: httpx.Client) -> None:
    before = total(client)
    with ThreadPoolExecutor(64) as pool:
        answers = list(
            pool.map(
                lambda cents: client.post(POST, json={"original_amount_cents": cents}),
                range(1_000),
            )
        )
    ids = [answer.json()["line_item_id"] for answer in answers]

    assert Counter(answer.status_code for answer in answers) == {200: 1_000}
    assert len(set(ids)) == 1_000
    assert sorted(listed(client)) == sorted(ids)
    assert total(client) == before - sum(range(1_000))
    for cents, answer in enumerate(answers):
        assert answer.json()["line_item_summary"]["original_amount_cents"] == -cents


def test_an_id_that_many_send_at_once_is_posted_once(client: httpx.Client) -> None:
    before = total(client)

    def send(number: int) -> httpx.Response:
        cents = 7 if number % 2 else 9
        body = {"line_item_id": f"li_{number % 10 // 2}", "original_amount_cents": cents}
        return client.post(POST, json=body)

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(send, range(400)))
    statuses = Counter(answer.status_code for answer in answers)
    posted = {
        answer.json()["line_item_id"]: answer.json()["line_item_summary"]["principal_cents"]
        for answer in answers
        if answer.status_code == 200
    }

    assert statuses == {200: 200, 409: 200}
    assert len(posted) == 5
    assert total(client) == before + sum(posted.values())


def test_every_read_between_writes_adds_up(client: httpx.Client) -> None:
    def send(number: int) -> int:
        if number % 3 == 0:
            client.post(POST, json={"original_amount_cents": 1}).raise_for_status()
        summary = client.get(ACCOUNT).json()["summary"]
        parts: int = sum(
            summary[name]
            for name in (
                "principal_cents",
                "fees_balance_cents",
                "interest_balance_cents",
                "am_interest_balance_cents",
                "deferred_interest_balance_cents",
                "am_deferred_interest_balance_cents",
            )
        )
        assert parts == summary["total_balance_cents"]
        return parts

    before = total(client)
    with ThreadPoolExecutor(32) as pool:
        seen = list(pool.map(send, range(300)))

    assert total(client) == before - 100
    assert min(seen) == before - 100
