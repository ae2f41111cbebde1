"""Plain requests share a connection, where that is safe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract_tests.bench import JSON, encoded, item_of, items_of, offsets_of, path_of
from contract_tests.client import Client
from contract_tests.exchange import Request
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, READ_ITEM
from contract_tests.rules import FIRST_OPERATION
from contract_tests.target import Target
from tests.zoo.api import Zoo
from tests.zoo.guard import TOKEN
from tests.zoo.messages import Answer
from tests.zoo.messages import Request as Asked
from tests.zoo.server import running
from tests.zoo.variants_http import Serial
from tests.zoo.wire import Connection as Wire

A = "can_101"
RIGHT = ("Authorization", f"Bearer {TOKEN}")
READ = Request("GET", path_of(A), (RIGHT,), None, READ_ACCOUNT)
LIST = Request("GET", items_of(A), (RIGHT,), None, LIST_ITEMS)
UNKNOWN = Request("GET", item_of(A, "nothing"), (RIGHT,), None, READ_ITEM)
POST = Request(
    "POST",
    offsets_of(A),
    (RIGHT, JSON),
    encoded({"original_amount_cents": 1}),
    FIRST_OPERATION,
)


class Counts(Zoo):
    """Knows on how many connections it was asked, and closes one where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.connections = 0
        self.requests = 0
        self.closes_at = 0
        """After how many requests it closes a connection without a word."""

    def handle(self, request: Asked) -> Answer:
        self.requests += 1
        return super().handle(request)

    class connection(Wire):  # noqa: N801 - named as what it replaces
        """Closes without a word."""

        def setup(self) -> None:
            super().setup()
            if isinstance(self.server.zoo, Counts):
                self.server.zoo.connections += 1

        def handle_one_request(self) -> None:
            super().handle_one_request()
            zoo = self.server.zoo
            if isinstance(zoo, Counts) and zoo.requests == zoo.closes_at:
                self.close_connection = True


class LeavesTheRest(Zoo):
    """Refuses some bodies without reading them."""

    class connection(Wire):  # noqa: N801 - named as what it replaces
        """Takes what it has not read for the next request."""

        def sized(self, length: int) -> tuple[bytes, bool]:
            is_json = self.headers["Content-Type"] == "application/json"
            return super().sized(length) if is_json else (b"", False)


@pytest.fixture
def zoo() -> Counts:
    return Counts()


@pytest.fixture
def client(zoo: Counts) -> Iterator[Client]:
    with running(zoo) as url:
        client = Client(Target(url, TOKEN, (A,), timeout_seconds=2.0), time.monotonic() + 30)
        yield client
        client.close()


def statuses(client: Client, *requests: Request) -> list[int]:
    return [client.send(request).status for request in requests]


def test_plain_requests_share_one(zoo: Counts, client: Client) -> None:
    assert statuses(client, READ, LIST, POST, POST, READ) == [200] * 5
    assert zoo.connections == 1


def test_what_posts_waits_until_reads_have_shown_that_it_is_safe(
    zoo: Counts, client: Client
) -> None:
    assert statuses(client, READ, POST, READ) == [200] * 3
    assert zoo.connections == 3


@pytest.mark.parametrize(
    "odd",
    [
        READ._replace(headers=()),
        READ._replace(headers=(("Authorization", "Bearer nobody"),)),
        READ._replace(method="HEAD"),
        POST._replace(chunks=2),
        READ._replace(operation=None),
    ],
)
def test_what_is_not_plain_has_its_own(client: Client, odd: Request) -> None:
    statuses(client, READ, LIST)
    shared = client._shared

    assert shared.connection_for(odd) is None
    assert shared._connection is None


def test_what_posts_waits_until_a_read_has_followed_such_a_refusal(
    zoo: Counts, client: Client
) -> None:
    wrong = POST._replace(body=b"{}")
    assert statuses(client, READ, LIST, wrong, wrong) == [200, 200, 422, 422]
    assert zoo.connections == 2

    assert statuses(client, READ, wrong, POST, POST) == [200, 422, 200, 200]
    assert zoo.connections == 2

    assert statuses(client, UNKNOWN, POST, POST) == [404, 200, 200]
    assert zoo.connections == 3


def test_a_refusal_of_who_asks_gives_it_up(
    zoo: Counts, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(client, READ, LIST) == [200, 200]
    monkeypatch.setattr(zoo, "knows", lambda _: False)

    assert statuses(client, READ) == [403]
    assert client._shared._connection is None


def test_who_closes_one_after_a_refusal_is_asked_on_a_new_one_after_such_refusals(
    zoo: Counts, client: Client
) -> None:
    zoo.closes_at = 2
    assert statuses(client, READ, UNKNOWN, READ) == [200, 404, 200]
    assert zoo.connections == 2

    assert statuses(client, LIST, UNKNOWN, READ, LIST) == [200, 404, 200, 200]
    assert zoo.connections == 4


def test_a_read_that_a_server_takes_for_the_rest_of_what_it_refused_is_sent_again() -> None:
    with running(LeavesTheRest()) as url:
        client = Client(Target(url, TOKEN, (A,), timeout_seconds=2.0), time.monotonic() + 30)
        wrong = POST._replace(headers=(RIGHT, ("Content-Type", "text/plain")))
        seen = statuses(client, READ, LIST, wrong, READ, wrong, READ)
        sent = len(client.exchanges)
        client.close()

    assert seen == [200, 200, 415, 200, 415, 200]
    assert sent == len(seen) + 1


def test_a_server_error_gives_it_up(client: Client) -> None:
    shared = client._shared
    assert statuses(client, READ, LIST) == [200, 200]
    exchange = client.exchanges[-1]
    assert exchange.answer is not None
    shared.note(exchange._replace(answer=replace(exchange.answer, status=503)))

    assert shared._connection is None


def test_who_closes_one_without_a_word_is_asked_on_new_ones_from_then_on(
    zoo: Counts, client: Client
) -> None:
    zoo.closes_at = 2

    assert statuses(client, READ, LIST, READ, READ, POST) == [200] * 5
    assert zoo.connections == 4
    assert client._shared.connection_for(READ) is None


def test_what_posts_is_not_sent_again(zoo: Counts, client: Client) -> None:
    zoo.closes_at = 2
    assert statuses(client, READ, LIST) == [200] * 2

    assert client.send(POST).is_closed
    assert len(zoo.accounts[A].items) == len(Zoo().accounts[A].items)
    assert statuses(client, POST) == [200]


class SlowSerial(Serial):
    """Takes its time, too."""

    def handle(self, request: Asked) -> Answer:
        time.sleep(0.05)
        return super().handle(request)


def test_who_serves_one_connection_at_a_time_and_is_slow_is_not_kept_from_the_others() -> None:
    with running(SlowSerial()) as url:
        client = Client(Target(url, TOKEN, (A,), timeout_seconds=1.0), time.monotonic() + 30)
        seen = [client.send(READ), *client.send_all([READ] * 4)]
        client.close()

    assert [exchange.status for exchange in seen] == [200] * len(seen)


def test_who_serves_one_connection_at_a_time_is_not_kept_from_the_next() -> None:
    with running(Serial()) as url:
        client = Client(Target(url, TOKEN, (A,), timeout_seconds=2.0), time.monotonic() + 30)
        seen = [client.send(READ), client.send(LIST), *client.send_all([READ, POST, LIST])]
        seen += [client.send(READ), client.send_alone(READ), *client.race([POST, POST])]
        seen += [client.send(READ), client.send_raw(READ).exchange, client.send(POST)]
        client.close()

    assert [exchange.status for exchange in seen] == [200] * len(seen)
