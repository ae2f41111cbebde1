"""What surrounds the contract: whose sandbox it is, rates, faults, the exchanges, the date.

An exchange is kept before the first byte of its answer leaves. So whoever has an answer finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api.auth import Tokens
from mockserver.api.contract import Contract
from mockserver.api.failures import NotAuthorized, TooManyRequests, Unauthorized
from mockserver.api.problems import rejected
from mockserver.door.body import Body
from mockserver.door.redaction import REDACTED, Redaction
from mockserver.door.reply import (
    MAX_HANG_SECONDS,
    Reply,
    date_field,
    encoded,
    held,
    reply_of,
    send_broken,
    send_reply,
    send_slowly,
    without_body,
)
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.exchanges import Exchange, Exchanges
from mockserver.sandbox.faults import Break, FaultAnswer, Stage, Strike
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes, TooManySandboxesError
from mockserver.sandbox.traffic import Subject

_MINTING = "createAccessToken"
_SUCCESS = range(200, 300)


class _Request(NamedTuple):
    """A request, as far as its head tells."""

    scope: Scope
    body: Body
    sender: bytes
    """Whose requests are counted together: those with a token, or those of a client for one."""
    subject: Subject
    clock: Clock
    at: datetime
    began: float


class _Outcome(NamedTuple):
    """What becomes of a request."""

    decided: Reply | None
    """What the contract answers; None where a fault comes before it."""
    at: datetime
    strike: Strike | None = None
    is_late: bool = False
    """Whether the fault struck an answer that was decided."""

    @property
    def seconds_to_come(self) -> float:
        """How long what leaves is still held back."""
        return self.strike.seconds if self.strike is not None and self.is_late else 0.0

    @property
    def leaving(self) -> Reply | None:
        """What leaves; None is nothing."""
        if self.strike is None:
            return self.decided
        fault = self.strike.fault
        reply = self.decided if fault.answer is None else _instead(fault.answer, self.at)
        match reply, fault.breaks:
            case None, _:
                return None
            case _, None:
                return reply
            case _, Break.TRUNCATE:
                return reply.truncated()
            case _, Break.MALFORMED:
                return reply.half()
        return None


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and keep what was asked and answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, subject = Body(receive), self._subject(scope)
        sandbox, sender = await self._sender(scope, body, subject)
        clock = self._sandboxes.beginning if sandbox is None else sandbox.clock
        request = _Request(scope, body, sender, subject, clock, clock.now(), time.perf_counter())
        if sandbox is None:
            outcome = await self._ask(request)
            self._keep(request, outcome, self._sandboxes.strangers)
        else:
            with sandbox.traffic.in_flight(subject) as is_second:
                outcome = await self._answer(request, sandbox, is_second=is_second)
                # it may have been forgotten, and be used again; then this changed the new one
                now = self._sandboxes.find(sandbox.name) or sandbox
                self._keep(request, outcome, now.traffic.exchanges)
        await self._leave(request, outcome, send)

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
            if subject[0] != _MINTING:
                fields = [v for name, v in scope["headers"] if name == b"authorization"]
                caller = self._tokens.caller([field.decode("latin-1") for field in fields])
                return self._sandboxes.get(caller.sandbox), fields[0].split()[-1]
            client_id = _client_id(await body.whole())
            name = self._tokens.sandbox_of(client_id)
            if name is not None:
                return self._sandboxes.get(name), f"client {client_id}".encode()
        return None, b""

    async def _answer(self, request: _Request, sandbox: Sandbox, *, is_second: bool) -> _Outcome:
        """Decide what becomes of a request to a sandbox, which may be reset meanwhile."""
        seconds = sandbox.traffic.rate.seconds_to_wait(request.sender, request.at)
        if seconds is not None:
            await request.body.whole()
            reply = reply_of(rejected(TooManyRequests.until(seconds)))
            return _Outcome(reply.dated(request.at), request.at)
        stages = (Stage.BEFORE_VALIDATION, Stage.IN_FLIGHT) if is_second else _FIRST
        strike = sandbox.traffic.faults.strike(stages, *request.subject, request.at)
        if strike is None:
            outcome = await self._ask(request)
            if outcome.decided is not None and outcome.decided.status in _SUCCESS:
                strike = sandbox.traffic.faults.strike(_LAST, *request.subject, outcome.at)
            return outcome._replace(strike=strike, is_late=True)
        await request.body.whole()
        await asyncio.sleep(strike.seconds)
        if strike.fault.answer or strike.fault.breaks:
            return _Outcome(None, request.clock.now(), strike)
        return (await self._ask(request))._replace(strike=strike)

    async def _ask(self, request: _Request) -> _Outcome:
        """Let the contract answer."""
        reply = await held(self._app, request.scope, request.body)
        now = request.clock.now()
        return _Outcome(reply.dated(now), now)

    def _keep(self, request: _Request, outcome: _Outcome, exchanges: Exchanges) -> None:
        """Log a request, and what becomes of it."""
        scope, left = request.scope, outcome.leaving
        operation, account_id = request.subject
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        hides_bodies = operation == _MINTING
        asked = REDACTED if hides_bodies else request.body.received
        sent, fields = scope["headers"], () if left is None else left.headers
        answered = b"" if left is None else REDACTED if hides_bodies else left.body
        redaction = Redaction(self._secrets, sent, fields, (target, asked, answered))
        exchanges.add(
            Exchange(
                number=exchanges.next_number,
                at=request.at,
                seconds=time.perf_counter() - request.began + outcome.seconds_to_come,
                method=scope["method"],
                target=redaction.of(target).decode("latin-1"),
                operation=operation,
                account_id=account_id and redaction.of(account_id.encode()).decode(),
                request_headers=redaction.of_fields(sent),
                request_body=redaction.of(asked),
                status=0 if left is None else left.status,
                decided=0 if outcome.decided is None else outcome.decided.status,
                answer_headers=redaction.of_fields(fields),
                answer_body=redaction.of(answered),
                fault_id=None if outcome.strike is None else outcome.strike.fault.fault_id,
            )
        )

    async def _leave(self, request: _Request, outcome: _Outcome, send: Send) -> None:
        """Send what leaves, in the way that it does."""
        scope, reply, strike = request.scope, outcome.leaving, outcome.strike
        if strike is None:
            assert reply is not None, "without a fault there is an answer"
            await send_reply(reply, send)
            return
        await asyncio.sleep(outcome.seconds_to_come)
        breaks, speed = strike.fault.breaks, strike.fault.bytes_per_second
        if breaks not in (None, Break.MALFORMED):
            await send_broken(breaks, reply, scope, send, self._hang_seconds)
        elif reply is not None and speed is not None:
            await send_slowly(reply, speed, scope, send)
        elif reply is not None:
            await send_reply(reply, send)


_FIRST = (Stage.BEFORE_VALIDATION,)
_LAST = (Stage.AFTER_COMMIT,)


def _client_id(body: bytes) -> object:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return sent.get("client_id") if isinstance(sent, dict) else None


def _instead(answer: FaultAnswer, at: datetime) -> Reply:
    body = b"" if without_body(answer.status) else answer.body
    return Reply(answer.status, encoded(answer.headers), body).dated(at)


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
