"""Checks every answer against the contract: in tests always, in a server when asked to.

Connexion can validate answers too, but only those that handlers return; this sees refusals and
rejections as well, and what the server says of paths the contract does not know.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api.contract import Contract
from mockserver.api.problems import failed
from mockserver.api.schemas import answer_validator
from mockserver.api.strict_json import MalformedJsonError, loads

_LOG = logging.getLogger(__name__)


class AnswerChecker:
    """Tells whether an answer is one the contract allows."""

    def __init__(self, contract: Contract) -> None:
        """Check against ``contract``."""
        self._contract = contract
        self._validators: dict[tuple[str, int], Validator] = {}

    def broken_rule(
        self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> str | None:
        """Give what is wrong with an answer, or None. ``path`` is as sent, percent-encoded."""
        if not headers.get("content-type", "").startswith("application/json"):
            return "the answer is not declared as JSON"
        validator = self._validator(method, path, status)
        if validator is None:
            return f"the contract has no answer {status} to {method} {path}"
        if method == "HEAD":
            return None
        try:
            error = best_match(validator.iter_errors(loads(body)))
        except MalformedJsonError as malformed:
            return f"the body is not JSON: {malformed}"
        return None if error is None else f"{error.json_path}: {error.message}"

    def _validator(self, method: str, path: str, status: int) -> Validator | None:
        item = self._contract.path_item(path)
        operations = item.operations if item else {}
        operation = operations.get("GET" if method == "HEAD" else method)
        key = (operation.operation_id if operation else "", status)
        if key not in self._validators:
            schema: Mapping[str, Any] | None = self._contract.error_schema
            if operation is not None:
                schema = operation.answer_schema(status)
            if schema is None:
                return None
            self._validators[key] = answer_validator(schema)
        return self._validators[key]


class CheckAnswers:
    """An application that answers 500 instead of something the contract does not allow."""

    def __init__(self, app: ASGIApp, contract: Contract, *, exempt: tuple[str, ...]) -> None:
        """Wrap ``app``. Paths that begin with one of ``exempt`` are not the contract's."""
        self._app = app
        self._checker = AnswerChecker(contract)
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the answer until it is whole, then send it, or the error."""
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, hold)
        for message in self._checked(scope, messages):
            await send(message)

    def _checked(self, scope: Scope, messages: list[Message]) -> list[Message]:
        start = messages[0]
        body = b"".join(message.get("body", b"") for message in messages[1:])
        path = scope["raw_path"].decode("ascii", "replace")
        headers = Headers(raw=start["headers"])
        broken = self._checker.broken_rule(scope["method"], path, start["status"], headers, body)
        if broken is None:
            return messages
        _LOG.error(
            "the answer %s to %s %s breaks the contract: %s",
            start["status"],
            scope["method"],
            path,
            broken,
        )
        answer = failed("The server was about to break the contract; its log says how.")
        fields = [(b"content-type", b"application/json")]
        return [
            {"type": "http.response.start", "status": answer.status, "headers": fields},
            {"type": "http.response.body", "body": answer.body},
        ]
