"""Correct servers that differ in what they offer and how they speak HTTP."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from http.server import HTTPServer
from typing import Any, ClassVar

from tests.zoo import ledger
from tests.zoo.api import Zoo
from tests.zoo.catalogue import correct
from tests.zoo.ledger import OPENINGS_CENTS, Order
from tests.zoo.messages import Answer, Refused, Request
from tests.zoo.wire import Connection, Server


@correct
class Slow(Zoo):
    """Takes 200 ms for every request."""

    def handle(self, request: Request) -> Answer:
        time.sleep(0.2)
        return super().handle(request)


@correct
class Throttling(Zoo):
    """Answers 429 with Retry-After beyond a burst of 40 requests, 40 a second."""

    rate = 40.0
    retry_after = "1"

    def __init__(self) -> None:
        super().__init__()
        self.tokens = self.rate
        self.filled = time.monotonic()
        self.counting = threading.Lock()

    def handle(self, request: Request) -> Answer:
        with self.counting:
            now = time.monotonic()
            self.tokens = min(self.rate, self.tokens + (now - self.filled) * self.rate)
            self.filled = now
            free = self.tokens >= 1
            self.tokens -= free
        return super().handle(request) if free else self.slowed(request)

    def slowed(self, request: Request) -> Answer:
        """Answer a request that is one too many."""
        headers = {"Retry-After": self.retry_after}
        refused = Refused(429, "too_many_requests", "Try later", headers=headers)
        return self.refusal(request, refused)


@correct
class ThrottlingBriefly(Throttling):
    """Answers 429 beyond a hundred requests a second, and says that one need not wait."""

    rate = 100.0
    retry_after = "0"


class Partial(Zoo):
    """Has only some operations."""

    absent: ClassVar[set[str]] = set()

    def methods(self, segments: list[str]) -> dict[str, str]:
        found = super().methods(segments)
        return {m: operation for m, operation in found.items() if operation not in self.absent}


@correct
class OnlyPost(Partial):
    """Has no reads: they are unknown paths."""

    absent: ClassVar[set[str]] = {"account", "items", "item", "token"}


@correct
class OnlyAccountRead(Partial):
    """Of the reads only the account is there."""

    absent: ClassVar[set[str]] = {"items", "item"}


@correct
class NoCredits(Partial):
    """Has no credit offsets."""

    absent: ClassVar[set[str]] = {"credit"}


class Reads(Zoo):
    """Has paths for reads, but answers them with a status that says so."""

    status = 405

    def answer(self, request: Request) -> Answer:
        methods, _ = self.route(request)
        if request.method in ("GET", "HEAD") and "GET" in methods:
            self.authorise("item", request)
            headers = {"Allow": "OPTIONS"} if self.status == 405 else {}
            raise Refused(self.status, "not_there", "There are no reads", headers=headers)
        return super().answer(request)


@correct
class ReadsAre405(Reads):
    """Answers reads with 405."""


@correct
class ReadsAre501(Reads):
    """Answers reads with 501."""

    status = 501


@correct
class ClosesAfterErrors(Zoo):
    """Closes the connection after each error."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        answer = super().refusal(request, refused)
        answer.close = True
        return answer


@correct
class NoDate(Zoo):
    """Sends no Date."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Has no clock."""

        def own_fields(self) -> dict[str, str]:
            return {}


@correct
class ChunkedAnswers(Zoo):
    """Sends its answers in chunks."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Sends chunks."""

        def framed(self, request: Request, answer: Answer) -> bytes:
            if not answer.body or self.request_version == "HTTP/1.0":
                return super().framed(request, answer)
            answer.headers["Transfer-Encoding"] = "chunked"
            lines = self.head(answer).split(b"\r\n")
            lines = [line for line in lines if not line.startswith(b"Content-Length")]
            if request.method == "HEAD":
                return b"\r\n".join(lines)
            half = len(answer.body) // 2
            chunks = [part for part in (answer.body[:half], answer.body[half:], b"") if part]
            sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in chunks)
            return b"\r\n".join(lines) + sent + b"0\r\n\r\n"


@correct
class FiveWait(Zoo):
    """Lets five connections wait and no more, and sends its answers in two pieces."""

    class server(Server):  # noqa: N801 - named as what it replaces
        """Listens as Python's does by itself."""

        request_queue_size = 5

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Writes as Python's does by itself."""

        disable_nagle_algorithm = False

        def transmit(self, request: Request, answer: Answer) -> None:
            head, end, body = self.framed(request, answer).partition(b"\r\n\r\n")
            self.wfile.write(head + end)
            self.wfile.write(body)


@correct
class Serial(Zoo):
    """Serves one connection to its end before the next, and lets five wait."""

    class server(FiveWait.server):  # noqa: N801 - named as what it replaces
        """Listens, in one thread."""

        def process_request(self, request: Any, client_address: Any) -> None:
            HTTPServer.process_request(self, request, client_address)


@correct
class Fussy(Zoo):
    """Refuses a malformed Authorization or a token in the query with 400, another host with 421."""

    def authorise(self, operation: str, request: Request) -> None:
        if request.header("Host") == "localhost":
            raise Refused(421, "misdirected_request", "This is another host")
        is_malformed = request.header("Authorization") is not None and self.token(request) is None
        if is_malformed or "token=" in request.query:
            raise Refused(400, "invalid_request", "Send one token, as Bearer")
        super().authorise(operation, request)


@correct
class Busier(Zoo):
    """Takes 4 ms for a request, and 9 ms when its machine has other work as well."""

    count = 0

    def handle(self, request: Request) -> Answer:
        self.count += 1
        time.sleep(0.004 if self.count < 110 else 0.009)
        return super().handle(request)


@correct
class UnderPrefix(Zoo):
    """Has a base URL with a path."""

    prefix = "/v1"


@correct
class Empty(Zoo):
    """Has accounts that owe nothing."""

    openings_cents = dict.fromkeys(OPENINGS_CENTS, (0, 0, 0, 0))


@correct
class Full(Zoo):
    """Has accounts with 300 items already."""

    def __init__(self) -> None:
        super().__init__()
        for account in self.accounts.values():
            for _ in range(296):
                item = self.item(account, Order("debit", 7))
                item.effective_at = datetime(2025, 6, 1, tzinfo=UTC)
                item.order, item.first_answer = None, {}
                ledger.add(account, item)
                self.book(account, item)
