"""The HTTP protocol: uvicorn's, with limits on the head and errors in the contract's shape.

Uvicorn answers what is not HTTP in plain text, takes heads of any size, and loses the body of a
request that offers an upgrade. This subclass relies on names inside uvicorn 0.34 to 0.54:
``on_message_begin``, ``on_url``, ``on_header``, ``on_headers_complete``, ``on_message_complete``,
``on_response_complete``, ``send_400_response``, ``_unset_keepalive_if_required``, ``parser``,
``headers``, ``url``, ``cycle``, ``flow``, ``scope``, ``server_state``, ``shutdown`` and
``transport``; of a cycle,
``response_complete``, ``disconnected`` and ``message_event``.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mockserver.api.failures import HeadersTooLarge, MalformedRequest, Rejection, UriTooLong
from mockserver.api.problems import rejected
from mockserver.door.reply import CONNECTION

MAX_URL_BYTES = 4_096
MAX_FIELDS = 64
MAX_HEAD_BYTES = 16_384
_MAX_UNFINISHED_BYTES = MAX_HEAD_BYTES + 65_536
"""Of a head that goes on: what is in one read beyond the limit is not told apart."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class DoorState(ServerState):
    """What all connections of a server share."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.stopping = asyncio.Event()
        """Set when the server is told to stop."""


class DoorProtocol(HttpToolsProtocol):
    """Lets in requests whose head is within its limits."""

    server_state: DoorState
    _rejection: Rejection | None = None
    _head_bytes = 0
    _unfinished_bytes = 0
    _in_head = False
    _in_body = False
    _last_word: bytes | None = None
    """What is sent when all requests before it are answered; nothing is read any more."""

    def __init__(self, *details: Any, **more: Any) -> None:
        super().__init__(*details, **more)
        self._cycles: list[Any] = []
        """Requests that may not be answered yet: uvicorn knows the last one of a pipeline only."""
        self._ending = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        if self._last_word is not None:
            return
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
            self._unfinished_bytes += len(data)
            if self._in_head and self._unfinished_bytes > _MAX_UNFINISHED_BYTES:
                self._check_head_bytes(self._unfinished_bytes)
        except (httptools.HttpParserError, Rejection):
            self.send_400_response("The bytes are no HTTP request.")

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """Read the body of a request that offers another protocol, which is its right to."""
        framing = (b"content-length", b"transfer-encoding")
        fields = [n + b": " + v + b"\r\n" for n, v in self.headers if n in framing]
        self.parser = httptools.HttpRequestParser(_Body(self))
        self.cycle.keep_alive = False
        self.parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(fields) + b"\r\n" + rest)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"connection": self}}
        self._rejection = None
        self._in_head = True
        self._unfinished_bytes = 0
        self._head_bytes = len("POST  HTTP/1.1\r\n\r\n")

    def on_url(self, url: bytes) -> None:
        """Take a part of the request target."""
        super().on_url(url)
        self._head_bytes += len(url)
        if len(self.url) > MAX_URL_BYTES:
            self._reject(UriTooLong(f"The request target is longer than {MAX_URL_BYTES} bytes."))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head."""
        super().on_header(name, value)
        self._head_bytes += len(name) + len(": ") + len(value) + len("\r\n")
        if len(self.headers) > MAX_FIELDS:
            self._reject(HeadersTooLarge(f"The head has more than {MAX_FIELDS} fields."))
        self._check_head_bytes(self._head_bytes)

    def on_headers_complete(self) -> None:
        """Let the request in, if its head says clearly where it goes and where it ends."""
        if self.parser.get_http_version() == "1.1" and len(self._values(b"host")) != 1:
            self._reject(MalformedRequest("A request has one Host field."))
        if any(value.lower() != b"chunked" for value in self._values(b"transfer-encoding")):
            self._reject(MalformedRequest("A body is sent as it is, or chunked."))
        self._in_head, self._in_body = False, True
        super().on_headers_complete()
        self._cycles = [c for c in self._cycles if not c.response_complete] + [self.cycle]

    def on_message_complete(self) -> None:
        """Take note that the request is whole."""
        if self.parser.should_upgrade():
            return
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Take note that a request is answered."""
        super().on_response_complete()
        if self._last_word is not None and self.cycle.response_complete:
            self._close_with(self._last_word)

    def send_400_response(self, msg: str) -> None:
        """Answer what does not get in, after all that did, and close the connection."""
        answer = rejected(self._rejection or MalformedRequest(msg))
        phrase = HTTPStatus(answer.status).phrase
        head = (
            f"HTTP/1.1 {answer.status:d} {phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
        )
        self._last_word = head.encode("ascii") + answer.body
        if self._in_body or self.cycle is None or self.cycle.response_complete:
            self._close_with(self._last_word)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let all who wait for the client know that it has gone."""
        self._let_go()
        self._ending.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let all who wait for the client know that the server stops."""
        self._ending.set()
        super().shutdown()

    # what faults do (door/reply.py)

    def write(self, data: bytes) -> None:
        """Send bytes, if the client is still there."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def hang_up(self) -> None:
        """Send what is left, and that nothing follows; what still comes is dropped.

        Whoever closes a socket that holds something unread resets the connection.
        """
        self._let_go()
        self._last_word = b""
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.transport.write_eof()

    def reset(self) -> None:
        """Close at once; the client is reset, unless it knows that nothing follows."""
        self._let_go()
        if not self.transport.is_closing():
            own: socket.socket = self.transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.transport.abort()

    @property
    def is_hung_up(self) -> bool:
        """Whether nothing follows."""
        return self._last_word == b""

    @property
    def is_gone(self) -> bool:
        """Whether nobody reads any more what is sent."""
        return self.transport.is_closing()

    @property
    def is_ending(self) -> bool:
        """Whether the client has gone, or the server stops."""
        return self._ending.is_set()

    async def end(self, seconds: float) -> None:
        """Wait until it is ending, but no longer than ``seconds``."""
        await _either(self._ending, seconds)

    async def pause(self, seconds: float) -> None:
        """Wait for so long, whether or not the client does, but no longer than the server runs."""
        await _either(self.server_state.stopping, seconds)

    def _let_go(self) -> None:
        """Expect no answer to any request any more."""
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _close_with(self, last_word: bytes) -> None:
        self.transport.write(last_word)
        self.transport.close()

    def _values(self, name: bytes) -> list[bytes]:
        return [value for known, value in self.headers if known == name]

    def _check_head_bytes(self, size: int) -> None:
        if size > MAX_HEAD_BYTES:
            self._reject(HeadersTooLarge(f"The head is longer than {MAX_HEAD_BYTES} bytes."))

    def _reject(self, rejection: Rejection) -> None:
        """Stop parsing."""
        self._rejection = rejection
        raise rejection


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than ``seconds``."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


class _Body:
    """What the parser of a body alone calls: the head it is given is not the request's."""

    def __init__(self, protocol: DoorProtocol) -> None:
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete
