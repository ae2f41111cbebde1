"""An answer that is held until it may leave, and the ways in which it leaves, or does not."""

from __future__ import annotations

import asyncio
import functools
import socket
import struct
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api.problems import Answer
from mockserver.sandbox.exchanges import Headers
from mockserver.sandbox.faults import Break

MAX_HANG_SECONDS = 60.0
CONNECTION = "canopy-mock.connection"
"""The extension of a scope that holds the connection's transport."""

_GARBAGE = b"\x16\x03\x01\x00\x20 this is no HTTP\r\n\r\n"
_PART_SECONDS = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(Protocol):
    """What a fault needs of a connection: asyncio's and uvloop's transports have it."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def close(self) -> None:
        """Send what is left, and close."""

    def abort(self) -> None:
        """Close at once."""

    def get_extra_info(self, name: str) -> socket.socket:
        """Give the ``socket``."""
        ...


class BrokenOnPurposeError(ConnectionError):
    """A fault breaks the connection, and there is none: client and server are one process."""


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    """All but Content-Length."""
    body: bytes

    def dated(self, now: datetime) -> Reply:
        """Give the same, made at ``now``."""
        return self._replace(headers=[*self.headers, date_field(now)])

    def half(self) -> Reply:
        """Give the same, with half of its body."""
        return self._replace(body=self.body[: len(self.body) // 2])


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


async def send_reply(reply: Reply, send: Send, bytes_per_second: float | None = None) -> None:
    """Send an answer, slowly if need be."""
    await _send_head(reply, len(reply.body), send)
    if bytes_per_second is not None:
        size = max(1, int(bytes_per_second * _PART_SECONDS))
        for at in range(0, len(reply.body), size):
            part = reply.body[at : at + size]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(len(part) / bytes_per_second)
        reply = reply._replace(body=b"")
    await send({"type": "http.response.body", "body": reply.body})


async def send_broken(
    breaks: Break, reply: Reply | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Break the connection; send half of ``reply`` before, if there is one.

    Raises BrokenOnPurposeError where there is no connection.
    """
    if breaks is Break.HANG:
        await _wait_for_disconnect(receive, MAX_HANG_SECONDS)
    extension = scope.get("extensions", {}).get(CONNECTION)
    if extension is None:
        raise BrokenOnPurposeError(f"A fault breaks the connection: {breaks.value}.")
    connection: Connection = extension["transport"]
    if reply is not None:
        await _send_head(reply, len(reply.body), send)
        await send({"type": "http.response.body", "body": reply.half().body, "more_body": True})
    if breaks is Break.GARBAGE:
        connection.write(_GARBAGE)
    if breaks is Break.RESET:
        own = connection.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.abort()
    else:
        connection.close()
    await _wait_for_disconnect(receive, MAX_HANG_SECONDS)


async def _send_head(reply: Reply, length: int, send: Send) -> None:
    headers = [*reply.headers, (b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _wait_for_disconnect(receive: Receive, seconds: float) -> None:
    async def disconnect() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(disconnect(), seconds)
    except TimeoutError:
        return
