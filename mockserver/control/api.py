"""The control API as an application of its own, served like the contract."""

from __future__ import annotations

import functools
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api import stack
from mockserver.api.answers import CheckAnswers
from mockserver.api.auth import Tokens
from mockserver.api.compat import PROFILES, Compat
from mockserver.api.contract import Contract, load
from mockserver.api.failures import Kind, SchemaViolation
from mockserver.api.handlers import token_info
from mockserver.control.guard import Guard
from mockserver.control.handlers import HANDLERS
from mockserver.control.parameters import KnownParameters
from mockserver.resources import find
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.settings import Settings

DOCS = "/_mock/docs"
DOCUMENT = "/_mock/control.yaml"

_PROFILE = replace(
    PROFILES[Compat.DOCUMENTED],
    kinds={SchemaViolation: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input")},
)


def source() -> Path:
    """Give the file that describes the control API."""
    return find("control/control.yaml")


class Control:
    """Answers what its contract knows. It is put together when it is first asked."""

    def __init__(
        self, settings: Settings, contract: Contract, tokens: Tokens, sandboxes: Sandboxes
    ) -> None:
        """Control ``sandboxes``; ``contract`` is what faults may name operations of."""
        self._build = functools.partial(_build, settings, contract, tokens, sandboxes)
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self._app = self._app or self._build()
        await self._app(scope, receive, send)


def _build(settings: Settings, contract: Contract, tokens: Tokens, sandboxes: Sandboxes) -> ASGIApp:
    def arguments(info: dict[str, Any], method: str) -> dict[str, Any]:
        look = sandboxes.look_at if method in ("GET", "HEAD") else sandboxes.get
        sandbox = look(info["caller"].sandbox)
        known = {"sandboxes": sandboxes, "contract": contract, "is_shared": settings.is_shared}
        return {"sandbox": sandbox, **known}

    own = load(source())
    known = functools.partial(token_info, tokens)
    parts = stack.Parts(HANDLERS, known, arguments, _PROFILE, docs=DOCS, document=DOCUMENT)
    app = stack.build(own, parts)
    if settings.check_responses:
        app = CheckAnswers(app, own, exempt=(DOCS,))
    app = KnownParameters(app, own)
    hosts = (settings.host, *settings.allowed_hosts)
    return Guard(app, own, hosts=hosts, token=settings.control_token, is_local=settings.is_local)
