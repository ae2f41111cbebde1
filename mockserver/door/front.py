"""What surrounds the contract: whose sandbox it is, rates, faults, the exchanges, the date.

An exchange is kept before the first byte of its answer leaves. So whoever has an answer finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api.auth import Tokens
from mockserver.api.contract import Contract
from mockserver.api.failures import NotAuthorized, TooManyRequests, Unauthorized
from mockserver.api.problems import rejected
from mockserver.door.body import Body
from mockserver.door.passage import MINTING, Passage, Request
from mockserver.door.reply import (
    MAX_HANG_SECONDS,
    date_field,
    give_up,
    held,
    is_gone,
    linger,
    pause,
    reply_of,
    send_broken,
    send_reply,
    send_slowly,
)
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.faults import Break, Stage
from mockserver.sandbox.packing import Packer
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes, TooManySandboxesError
from mockserver.sandbox.traffic import Flight, Subject

_SUCCESS = range(200, 300)


class Front:
    """Stands before the application that serves the contract."""

    def __init__(  # noqa: PLR0913 - one argument for each thing that surrounds the contract
        self,
        app: ASGIApp,
        contract: Contract,
        tokens: Tokens,
        sandboxes: Sandboxes,
        *,
        secrets: Iterable[str] = (),
        hang_seconds: float = MAX_HANG_SECONDS,
    ) -> None:
        """Wrap ``app``, which serves ``contract``; nothing hangs longer than ``hang_seconds``.

        No exchange holds one of ``secrets``.
        """
        self._app = app
        self._contract = contract
        self._tokens = tokens
        self._sandboxes = sandboxes
        self._secrets = [secret.encode() for secret in secrets]
        self._hang_seconds = hang_seconds
        self._packer = Packer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and keep what was asked and answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, body, subject = time.perf_counter(), Body(receive), self._subject(scope)
        sandbox, sender = await self._sender(scope, body, subject)
        clock = self._sandboxes.beginning if sandbox is None else sandbox.clock
        now = clock.now()
        request = Request(scope, body, sender, subject, clock, now, began)
        passage = Passage(request, now, self._secrets)
        if sandbox is None:
            await self._ask(passage)
            passage.keep_in(self._sandboxes.strangers, self._packer)
            await self._leave(passage, send)
            return
        with sandbox.traffic.in_flight(scope["method"], subject) as flight:
            try:
                await self._decide(passage, sandbox, flight)
                passage.client_left = is_gone(scope)
            except asyncio.CancelledError:  # client and server are one process, and it gave up
                passage.client_left = True
                raise
            finally:
                # it may have been forgotten, and be used again; then this changed the new one
                kept = self._sandboxes.find(sandbox.name) or sandbox
                passage.keep_in(kept.traffic.exchanges, self._packer)
                flight.is_told = True
            await self._leave(passage, send)
        await linger(scope)

    def _subject(self, scope: Scope) -> Subject:
        path: str = scope["raw_path"].decode("ascii", "replace")
        item = self._contract.path_item(path)
        match = None if item is None else item.pattern.fullmatch(path)
        if item is None or match is None:
            return None, None
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = item.operations.get(method)
        account_id = match.groupdict().get("account_id")
        return (
            None if operation is None else operation.operation_id,
            None if account_id is None else unquote(account_id),
        )

    async def _sender(
        self, scope: Scope, body: Body, subject: Subject
    ) -> tuple[Sandbox | None, bytes]:
        """Give the sandbox that a request belongs to, and who sends it; None is for strangers."""
        with contextlib.suppress(Unauthorized, NotAuthorized, TooManySandboxesError):
            if subject[0] != MINTING:
                fields = [v for name, v in scope["headers"] if name == b"authorization"]
                caller = self._tokens.caller([field.decode("latin-1") for field in fields])
                return self._sandboxes.get(caller.sandbox), fields[0].split()[-1]
            client_id = _client_id(await body.whole())
            name = self._tokens.sandbox_of(client_id)
            if name is not None:
                return self._sandboxes.get(name), f"client {client_id}".encode()
        return None, b""

    async def _decide(self, passage: Passage, sandbox: Sandbox, flight: Flight) -> None:
        """Decide what becomes of a request to a sandbox, which may be reset meanwhile."""
        request = passage.request
        seconds = sandbox.traffic.rate.seconds_to_wait(request.sender, request.at)
        if seconds is not None:
            await request.body.whole()
            reply = reply_of(rejected(TooManyRequests.until(seconds)))
            passage.decided = reply.dated(request.at)
            return
        if await self._is_answered(passage, sandbox, Stage.BEFORE_VALIDATION):
            return
        is_second = sandbox.traffic.is_second(flight)
        if is_second and await self._is_answered(passage, sandbox, Stage.IN_FLIGHT):
            return
        await self._ask(passage)
        if passage.decided is not None and passage.decided.status in _SUCCESS:
            await self._is_answered(passage, sandbox, Stage.AFTER_COMMIT)

    async def _is_answered(self, passage: Passage, sandbox: Sandbox, stage: Stage) -> bool:
        """Let the first fault strike that can at this stage; tell whether nothing comes after."""
        request = passage.request
        strike = sandbox.traffic.faults.strike(stage, *request.subject, request.clock.now())
        if strike is None:
            return False
        passage.strikes.append(strike)
        await request.body.whole()
        await pause(request.scope, strike.seconds)
        if passage.decided is None:
            passage.at = request.clock.now()
        return strike.fault.is_final

    async def _ask(self, passage: Passage) -> None:
        """Let the contract answer."""
        request = passage.request
        reply = await held(self._app, request.scope, request.body)
        passage.at = request.clock.now()
        passage.decided = reply.dated(passage.at)

    async def _leave(self, passage: Passage, send: Send) -> None:
        """Send what leaves, in the way that it does."""
        scope, reply = passage.request.scope, passage.leaving
        breaks, speed = passage.breaks, passage.bytes_per_second
        if breaks not in (None, Break.MALFORMED):
            await send_broken(breaks, reply, scope, send, self._hang_seconds)
            return
        if reply is None:
            give_up(scope)
        elif speed is None or breaks is not None:
            await send_reply(reply, send)
        else:
            await send_slowly(reply, speed, scope, send)


def _client_id(body: bytes) -> object:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return sent.get("client_id") if isinstance(sent, dict) else None


class Dated:
    """Says when an answer was made, where nothing else does."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        """Wrap ``app``; ``clock`` is that of the server."""
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, and its answer with a Date."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = message.get("headers", [])
                if all(name != b"date" for name, _ in fields):
                    message["headers"] = [*fields, date_field(self._clock.now())]
            await send(message)

        await self._app(scope, receive, dated)
