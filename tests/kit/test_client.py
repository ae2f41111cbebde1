"""How requests wait: for a server that has had too many, and for the end of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contract_tests.client import Client, OutOfTimeError, ThrottledError
from contract_tests.exchange import Exchange, Request
from contract_tests.target import Target

ASK = Request("GET", "/accounts/can_1", (), None, "getAccount")


class Server(ThreadingHTTPServer):
    """Answers its first request 429, the others 200, and keeps when they came."""

    retry_after: Callable[[], str]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: list[float] = []


class Handler(BaseHTTPRequestHandler):
    """Answers GET, and HEAD too late."""

    server: Server

    def do_GET(self) -> None:
        self.server.came.append(time.monotonic())
        self.send_response(429 if len(self.server.came) == 1 else 200)
        self.send_header("Retry-After", self.server.retry_after())
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_HEAD(self) -> None:
        time.sleep(2)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def client_of(server: Server, seconds: float) -> Client:
    target = Target(f"http://127.0.0.1:{server.server_address[1]}", "t", ("can_1",))
    return Client(target, time.monotonic() + seconds)


@pytest.mark.parametrize(
    "retry_after", [lambda: "1", lambda: formatdate(time.time() + 2, usegmt=True)]
)
def test_who_is_told_to_come_later_does(server: Server, retry_after: Callable[[], str]) -> None:
    server.retry_after = retry_after

    exchange = client_of(server, 10).send(ASK)

    assert exchange.status == 200
    assert 0.9 < server.came[1] - server.came[0] < 2.5


def test_all_wait_for_what_one_was_told(server: Server) -> None:
    server.retry_after = lambda: "1"
    client = client_of(server, 10)
    waiting = threading.Thread(target=client.send, args=(ASK,))
    waiting.start()
    while not client.exchanges:
        time.sleep(0.01)

    client.send(ASK)

    waiting.join()
    assert min(server.came[1:]) - server.came[0] > 0.9


def test_who_would_wait_beyond_the_end_asks_no_more(server: Server) -> None:
    server.retry_after = lambda: "30"
    client = client_of(server, 5)
    began = time.monotonic()

    for _ in range(2):
        with pytest.raises(ThrottledError):
            client.send(ASK)

    assert len(server.came) == 1
    assert time.monotonic() - began < 1


def test_no_request_waits_beyond_the_end(server: Server) -> None:
    client = client_of(server, 0.3)
    began = time.monotonic()

    with pytest.raises(OutOfTimeError):
        client.send_raw(ASK._replace(method="HEAD"))

    assert time.monotonic() - began < 1


@pytest.mark.parametrize("at_once", [Client.race, Client.burst])
def test_where_one_of_several_cannot_go_on_the_others_have_ended(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    at_once: Callable[[Client, Sequence[Request]], list[Exchange]],
) -> None:
    client = client_of(server, 10)
    ended = []

    def send(request: Request, _: object = None) -> Exchange:
        if request.method == "HEAD":
            raise OutOfTimeError
        time.sleep(0.2)
        ended.append(request)
        return Exchange(request, None, "none", 0.0, 0.0)

    for name in ("send", "send_once"):
        monkeypatch.setattr(client, name, send)

    with pytest.raises(OutOfTimeError):
        at_once(client, [ASK._replace(method="HEAD"), *[ASK] * 5])
    assert len(ended) == 5
