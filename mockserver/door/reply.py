"""An answer that is held until it may leave, and the ways in which it leaves, or does not."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api.problems import Answer
from mockserver.sandbox.exchanges import Headers
from mockserver.sandbox.faults import WITHOUT_BODY, Break

MAX_HANG_SECONDS = 60.0
CONNECTION = "canopy-mock.connection"
"""The extension of a scope that holds the connection, where there is one."""

_GARBAGE = b"\x16\x03\x01\x00\x20 this is no HTTP\r\n\r\n"
_PART_SECONDS = 0.05
_LINGER_SECONDS = 5.0


class Connection(Protocol):
    """What a fault needs of a connection."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def hang_up(self) -> None:
        """Send what is left, and that nothing follows; what still comes is dropped."""

    def reset(self) -> None:
        """Close at once, and let the client know that something is wrong."""

    @property
    def is_hung_up(self) -> bool:
        """Whether nothing follows."""
        ...

    @property
    def is_gone(self) -> bool:
        """Whether nobody reads any more what is sent."""
        ...

    @property
    def is_ending(self) -> bool:
        """Whether the client has gone, or the server stops."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait for so long, whether or not the client does, but no longer than the server runs."""

    async def end(self, seconds: float) -> None:
        """Wait until it is ending, but no longer than ``seconds``."""


class BrokenOnPurposeError(ConnectionError):
    """A fault breaks the connection, and there is none: client and server are one process."""


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    """All but Content-Length."""
    body: bytes
    announced: int | None = None
    """How long its head says that the body is; None is: as long as it is."""

    def dated(self, now: datetime) -> Reply:
        """Give the same, made at ``now``."""
        return self._replace(headers=[*self.headers, date_field(now)])

    def half(self) -> Reply:
        """Give the same, with half of its body."""
        return self._replace(body=self.body[: len(self.body) // 2])

    def truncated(self) -> Reply:
        """Give the same, with half of the body that its head announces."""
        return self.half()._replace(announced=len(self.body))


def date_field(now: datetime) -> tuple[bytes, bytes]:
    """Give the field that says when an answer was made."""
    return _date_field(now.replace(microsecond=0))


@functools.lru_cache(maxsize=16)
def _date_field(second: datetime) -> tuple[bytes, bytes]:
    return b"date", format_datetime(second, usegmt=True).encode("ascii")


def reply_of(answer: Answer) -> Reply:
    """Give the reply that says ``answer``."""
    fields = {**answer.headers, "Content-Type": "application/json"}
    return Reply(answer.status, encoded(fields.items()), answer.body)


def encoded(fields: Iterable[tuple[str, str]]) -> Headers:
    """Give fields as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]


async def held(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    """Give what ``app`` answers, without sending it."""
    status, headers, body = 0, [], b""

    async def keep(message: Message) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [field for field in message["headers"] if field[0] != b"content-length"]
        else:
            body += message.get("body", b"")

    await app(scope, receive, keep)
    return Reply(status, headers, body)


async def send_reply(reply: Reply, send: Send) -> None:
    """Send an answer."""
    await _send_head(reply, send)
    await send({"type": "http.response.body", "body": reply.body})


async def send_slowly(reply: Reply, bytes_per_second: float, scope: Scope, send: Send) -> None:
    """Send an answer so slowly, and no further once the client has gone."""
    connection = _connection(scope)
    size = max(1, int(bytes_per_second * _PART_SECONDS))
    await _send_head(reply, send)
    for at in range(0, 0 if scope["method"] == "HEAD" else len(reply.body), size):
        part = reply.body[at : at + size]
        await _wait(connection, len(part) / bytes_per_second)
        if connection is not None and connection.is_ending:
            connection.reset()
            return
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def send_broken(
    breaks: Break, reply: Reply | None, scope: Scope, send: Send, hang_seconds: float
) -> None:
    """Break the connection; send ``reply`` before, if there is one. It is to be lingered on.

    Raises BrokenOnPurposeError where there is no connection.
    """
    connection = _connection(scope)
    if breaks is Break.HANG:
        await _wait(connection, hang_seconds)
    if connection is None:
        raise BrokenOnPurposeError(f"A fault breaks the connection: {breaks.value}.")
    if reply is not None:
        await _send_head(reply, send)
        await send({"type": "http.response.body", "body": reply.body, "more_body": True})
    if breaks is Break.GARBAGE:
        connection.write(_GARBAGE)
    if breaks is Break.RESET:
        connection.reset()
    else:
        connection.hang_up()


async def linger(scope: Scope) -> None:
    """Close the connection if a fault broke it, once the client has read to the end."""
    connection = _connection(scope)
    if connection is not None and connection.is_hung_up:
        await connection.end(_LINGER_SECONDS)
        connection.reset()


async def pause(scope: Scope, seconds: float) -> None:
    """Wait for so long, but no longer than the server runs."""
    connection = _connection(scope)
    if connection is None:
        await asyncio.sleep(seconds)
    else:
        await connection.pause(seconds)


def is_gone(scope: Scope) -> bool:
    """Tell whether the client has gone, where that shows."""
    connection = _connection(scope)
    return connection is not None and connection.is_gone


def give_up(scope: Scope) -> None:
    """Send nothing: the client has gone, and the server may not know that yet."""
    connection = _connection(scope)
    if connection is not None:
        connection.reset()


def without_body(status: int) -> bool:
    """Tell whether answers of this status have no body."""
    return status in WITHOUT_BODY


async def _send_head(reply: Reply, send: Send) -> None:
    length = len(reply.body) if reply.announced is None else reply.announced
    fields = [] if without_body(reply.status) else [(b"content-length", b"%d" % length)]
    headers = [*reply.headers, *fields]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


def _connection(scope: Scope) -> Connection | None:
    connection: Connection | None = (
        scope.get("extensions", {}).get(CONNECTION, {}).get("connection")
    )
    return connection


async def _wait(connection: Connection | None, seconds: float) -> None:
    """Wait for so long, but no longer than there is somebody to wait for."""
    if connection is None:
        await asyncio.sleep(seconds)
    else:
        await connection.end(seconds)
