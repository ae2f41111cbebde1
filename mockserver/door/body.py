"""A request's body on its way to the application."""

from __future__ import annotations

from collections import deque

from starlette.types import Message, Receive

from mockserver.api.entry import MAX_BODY_BYTES


class Body:
    """Gives an application the messages of a request, and keeps what they held."""

    def __init__(self, receive: Receive) -> None:
        """Take the messages from ``receive``."""
        self._receive = receive
        self._ahead: deque[Message] = deque()
        self._kept = b""
        self._goes_on = True

    @property
    def received(self) -> bytes:
        """What has come of it, up to a little more than an operation takes."""
        return self._kept

    async def __call__(self) -> Message:
        """Give the next message, as ASGI has it."""
        return self._ahead.popleft() if self._ahead else await self._next()

    async def whole(self) -> bytes:
        """Wait until all has come, or more than an operation takes; it can still be given."""
        while self._goes_on and len(self._kept) <= MAX_BODY_BYTES:
            self._ahead.append(await self._next())
        return self._kept

    async def _next(self) -> Message:
        message = await self._receive()
        self._goes_on = bool(message.get("more_body"))
        if len(self._kept) <= MAX_BODY_BYTES:
            self._kept += message.get("body", b"")
        return message
