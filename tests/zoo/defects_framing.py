"""More defects of the layer *http*: framing, connections, bodies of requests."""

# ruff: noqa: ARG005 - an override takes what the correct method takes

from __future__ import annotations

from collections.abc import Callable

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.messages import Answer, Request
from tests.zoo.wire import Connection


def on_wire(name: str, sentence: str, connection: type[Connection], layer: str = "http") -> None:
    """Plant a server with connections of another kind."""
    made = type(connection.__name__, (Zoo,), {"connection": connection})
    plant(name, layer, sentence, made)


def framed(
    name: str,
    sentence: str,
    change: Callable[[Connection, Request, Answer, bytes], bytes],
) -> None:
    """Plant a server that sends other bytes."""

    class Framed(Connection):
        """Sends other bytes."""

        def framed(self, request: Request, answer: Answer) -> bytes:
            return change(self, request, answer, super().framed(request, answer))

    on_wire(name, sentence, Framed)


def with_length(data: bytes, change: int) -> bytes:
    """Say another length than there is."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    for index, line in enumerate(lines):
        if line.startswith(b"Content-Length: "):
            length = max(int(line[16:]) + change, 0)
            lines[index] = b"Content-Length: %d" % length
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def without_length(data: bytes) -> bytes:
    """Say no length."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def plant_framing() -> None:
    """Plant servers that send other bytes than they should."""
    for name, sentence, change in (
        (
            "head_body",
            "HEAD is answered with a body.",
            lambda c, q, a, d: d + a.body if q.method == "HEAD" else d,
        ),
        (
            "long_length",
            "Errors are shorter than Content-Length says.",
            lambda c, q, a, d: with_length(d, 5) if a.status >= 400 else d,
        ),
        (
            "short_length",
            "Lists are longer than Content-Length says.",
            lambda c, q, a, d: with_length(d, -5) if q.path.endswith("/line_items") else d,
        ),
        (
            "utf8_length",
            "Content-Length counts characters, not bytes.",
            lambda c, q, a, d: with_length(d, len(a.body.decode()) - len(a.body)),
        ),
        (
            "no_length",
            "Errors have no length, and the connection stays open.",
            lambda c, q, a, d: without_length(d) if a.status >= 400 else d,
        ),
        (
            "two_lengths",
            "Errors have two lengths.",
            lambda c, q, a, d: (
                d.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n", 1)
                if a.status >= 400
                else d
            ),
        ),
        (
            "gzip_claimed",
            "Answers claim to be compressed, but are not.",
            lambda c, q, a, d: (
                d.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n", 1)
                if q.path.count("/") == 2
                else d
            ),
        ),
        (
            "options_body",
            "OPTIONS is a 204 with a body.",
            lambda c, q, a, d: d + b"{}" if q.method == "OPTIONS" else d,
        ),
        (
            "chunked_claimed",
            "Errors claim to be chunked, but are not.",
            lambda c, q, a, d: (
                without_length(d).replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n", 1)
                if a.status >= 400
                else d
            ),
        ),
        (
            "extra_bytes",
            "After an answer come two bytes too many.",
            lambda c, q, a, d: d + b"}}" if q.method == "GET" else d,
        ),
    ):
        framed(f"wire_{name}", sentence, change)


plant_framing()


def resets(name: str, sentence: str, when: Callable[[Request, Answer], bool]) -> None:
    """Plant a server that hangs up in place of answering."""

    class Resets(Connection):
        """Hangs up."""

        def transmit(self, request: Request, answer: Answer) -> None:
            if when(request, answer):
                self.close_connection = True
                return
            super().transmit(request, answer)

    on_wire(name, sentence, Resets)


resets(
    "wire_reset_on_bad_json",
    "A body that is no JSON is not answered.",
    lambda q, a: a.status == 400 and q.method == "POST",
)
resets(
    "wire_reset_on_large", "A body that is too large is not answered.", lambda q, a: a.status == 413
)
resets(
    "wire_reset_on_404", "An unknown account or path is not answered.", lambda q, a: a.status == 404
)
resets("wire_reset_on_head", "HEAD is not answered.", lambda q, a: q.method == "HEAD")
resets(
    "wire_reset_on_chunked",
    "A chunked request is not answered.",
    lambda q, a: "Transfer-Encoding" in q.headers,
)
resets(
    "wire_reset_on_unknown_method",
    "A method that is not there is not answered.",
    lambda q, a: a.status == 405,
)


def out_of_step(name: str, sentence: str, when: Callable[[Request, Answer], bool]) -> None:
    """Plant a server that takes the body of a request for the next request."""

    class OutOfStep(Connection):
        """Does not read some bodies."""

        def transmit(self, request: Request, answer: Answer) -> None:
            super().transmit(request, answer)
            self.remembered["unread"] = bool(request.body) and when(request, answer)

        def exchange(self) -> None:
            if self.remembered.get("unread"):
                self.send_error(400, "This is no request")
                return
            super().exchange()

    on_wire(name, sentence, OutOfStep)


out_of_step(
    "wire_unread_401",
    "After a 401 the body is taken for the next request.",
    lambda q, a: a.status == 401,
)
out_of_step(
    "wire_unread_403",
    "After a 403 the body is taken for the next request.",
    lambda q, a: a.status == 403,
)
out_of_step(
    "wire_unread_404",
    "After a 404 the body is taken for the next request.",
    lambda q, a: a.status == 404,
)
out_of_step(
    "wire_unread_405",
    "After a 405 the body is taken for the next request.",
    lambda q, a: a.status == 405,
)
out_of_step(
    "wire_unread_415",
    "After a 415 the body is taken for the next request.",
    lambda q, a: a.status == 415,
)
out_of_step(
    "wire_unread_422",
    "After a 422 the next request is misunderstood.",
    lambda q, a: a.status == 422,
)
out_of_step(
    "wire_unread_get",
    "The body of a GET is taken for the next request.",
    lambda q, a: q.method == "GET",
)
