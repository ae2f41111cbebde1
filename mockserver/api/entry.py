"""What happens to a request between security and validation: role, media type, size, JSON.

Connexion's validators run after this, one for parameters and one for the body; what they find they
add to the same :class:`Received`, so that all violations of a request are told together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.http import parse_options_header

from mockserver.api.auth import Caller
from mockserver.api.contract import Contract, Operation
from mockserver.api.failures import (
    BodyTooLarge,
    MalformedBody,
    NotAuthorized,
    SchemaViolation,
    UnsupportedMediaType,
)
from mockserver.api.strict_json import Json, MalformedJsonError, loads

MAX_BODY_BYTES = 65_536
"""Where an operation does not say otherwise (``x-max-body-bytes``)."""

ABSENT: Any = object()
"""Stands for a body that was not sent."""

_KEY = "mockserver.received"


@dataclass(slots=True)
class Received:
    """What is known of a request so far."""

    has_body_schema: bool
    body: Json = ABSENT
    violations: list[dict[str, Json]] = field(default_factory=list)

    @staticmethod
    def of(scope: Scope) -> Received:
        """Give what is known of the request in ``scope``."""
        received: Received = scope["extensions"][_KEY]
        return received

    def raise_violations(self) -> None:
        """Raise SchemaViolation if there are any."""
        if self.violations:
            raise SchemaViolation("Event object failed validation", self.violations)


def handler_arguments(scope: Scope) -> dict[str, Any]:
    """Give the arguments that the operation's handler may ask for by name."""
    context: dict[str, Any] = scope["extensions"].setdefault("connexion_context", {})
    return context


class _EntryOperation:
    """The entry of one operation."""

    def __init__(
        self, operation: Operation, next_app: ASGIApp, provide: Callable[[Scope], None]
    ) -> None:
        self._next_app = next_app
        self._provide = provide
        self._takes_body = "requestBody" in operation.definition
        self._roles = operation.roles
        self._max_bytes: int = operation.definition.get("x-max-body-bytes", MAX_BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_params"] = {k: unquote(v) for k, v in scope["path_params"].items()}
        self._check_role(scope)
        received = Received(self._takes_body)
        scope["extensions"][_KEY] = received
        if self._takes_body:
            raw = await _read_body(scope, receive, self._max_bytes)
            scope["headers"] = [_plain(name, value) for name, value in scope["headers"]]
            if raw:
                is_long = len(raw) > MAX_BODY_BYTES
                received.body = await asyncio.to_thread(_parse, raw) if is_long else _parse(raw)
            receive = _replay(raw)
        self._provide(scope)
        await self._next_app(scope, receive, send)

    def _check_role(self, scope: Scope) -> None:
        if self._roles is None:
            return
        caller: Caller = handler_arguments(scope)["token_info"]["caller"]
        if caller.role.value not in self._roles:
            allowed = " or ".join(sorted(self._roles))
            raise NotAuthorized(f"The role {caller.role.value} may not do this; {allowed} may.")


async def _read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Read the body. Raises UnsupportedMediaType, BodyTooLarge, in this order."""
    headers = Headers(scope=scope)
    declared = headers.get("content-length")
    check_media_type(headers, may_be_absent=is_without_body(headers))
    if declared is not None and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("The body ends before its end.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def is_without_body(headers: Headers) -> bool:
    """Tell whether a request of these headers has no body."""
    return headers.get("content-length") in (None, "0") and "transfer-encoding" not in headers


def check_media_type(headers: Headers, *, may_be_absent: bool) -> None:
    """Make sure that a body is declared as plain JSON. Raises UnsupportedMediaType."""
    sent = headers.getlist("content-type")
    if not sent and may_be_absent:
        return
    media_type, options = parse_options_header(sent[0] if len(sent) == 1 else None)
    charset = options.get("charset", "utf-8").lower()
    if media_type.lower() != "application/json" or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType('Send the body as "Content-Type: application/json", in UTF-8.')
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")


def _plain(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Write a media type as Connexion knows it; it was found to be JSON, however it is written."""
    return (name, b"application/json") if name == b"content-type" else (name, value)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is longer than {max_bytes} bytes.")


def _parse(body: bytes) -> Json:
    try:
        return loads(body)
    except MalformedJsonError as error:
        raise MalformedBody(f"The body is not JSON that this service reads: {error}.") from None


def _replay(body: bytes) -> Receive:
    """Give a channel on which ``body`` arrives at once."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


class _EntryAPI(RoutedAPI[_EntryOperation]):
    def __init__(
        self, *args: Any, contract: Contract, provide: Callable[[Scope], None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._operations = {o.operation_id: o for o in contract.operations()}
        self._provide = provide
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> _EntryOperation:
        declared = self._operations[operation.operation_id]
        return _EntryOperation(declared, self.next_app, self._provide)


class Entry(RoutedMiddleware[_EntryAPI]):
    """Stands between Connexion's security and its validation."""

    api_cls = _EntryAPI

    def __init__(
        self, app: ASGIApp, *, contract: Contract, provide: Callable[[Scope], None]
    ) -> None:
        """Wrap ``app``, which validates. ``provide`` adds what handlers may ask for."""
        super().__init__(app)
        self._contract = contract
        self._provide = provide

    def add_api(self, specification: Any, **kwargs: Any) -> _EntryAPI:
        """Take the operations of an API."""
        api: _EntryAPI = super().add_api(
            specification, contract=self._contract, provide=self._provide, **kwargs
        )
        return api
