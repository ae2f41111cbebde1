"""The composition root: the only module that knows all parts."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import NamedTuple

from a2wsgi import WSGIMiddleware
from flask import Flask
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api import contract as contracts
from mockserver.api import stack
from mockserver.api.answers import CheckAnswers
from mockserver.api.auth import Tokens
from mockserver.api.compat import PROFILES
from mockserver.api.contract import Contract
from mockserver.api.documents import Document
from mockserver.api.handlers import HANDLERS, arguments, token_info
from mockserver.api.strict_json import dumps
from mockserver.console.web import create_console
from mockserver.control.api import DOCUMENT, Control, source
from mockserver.door.front import Dated, Front
from mockserver.door.reply import MAX_HANG_SECONDS
from mockserver.sandbox.clock import Clock, ClockSetting, SystemClock
from mockserver.sandbox.sandbox import Setup
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.seed import Seed
from mockserver.seeding import portfolio, scenario
from mockserver.seeding.plan import PlanError, Progress, carry_out, silently
from mockserver.settings import Settings
from mockserver.store.memory import MemoryJournal

DOCS = "/docs"
"""Where Connexion serves Swagger UI, beside the contract's paths."""

CONSOLE = "/_mock"
"""What is not of the contract is below this path: the control API, and pages if there are any."""


class Application(NamedTuple):
    """A server without its socket."""

    asgi: ASGIApp
    contract: Contract
    sandboxes: Sandboxes


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    progress: Progress = silently,
    hang_seconds: float = MAX_HANG_SECONDS,
) -> Application:
    """Put a server together, on which nothing hangs longer than ``hang_seconds``.

    Raises ContractError, DataFileError, PlanError.
    """
    clock = clock or SystemClock()
    path = contracts.source()
    contract = contracts.load(path)
    seed = plant(settings, settings.frozen_at or clock.now(), progress)
    setup = Setup(
        seed,
        settings.processing,
        ClockSetting(frozen_at=settings.frozen_at),
        settings.max_events,
        settings.rate,
    )
    sandboxes = Sandboxes(setup, MemoryJournal(), clock, settings.limits)
    tokens = Tokens(settings.tokens, settings.clients, sandboxes, is_shared=settings.is_shared)
    api = _contract_app(contract, tokens, sandboxes, settings)
    front = Front(
        api, contract, tokens, sandboxes, secrets=settings.secrets, hang_seconds=hang_seconds
    )
    others: dict[str, ASGIApp] = {
        DOCS: api,
        "/healthz": Document("application/json", dumps({"status": "ok"})),
        "/openapi.json": Document("application/json", dumps(contract.raw)),
        "/openapi.yaml": Document("application/yaml", path.read_bytes()),
    }
    console = _mounted(create_console(sandboxes)) if settings.has_console else front
    others[CONSOLE] = _Below(Control(settings, contract, tokens, sandboxes), console)
    asgi = Dated(_Switch(front, others), sandboxes.beginning)
    return Application(asgi, contract, sandboxes)


def _contract_app(
    contract: Contract, tokens: Tokens, sandboxes: Sandboxes, settings: Settings
) -> ASGIApp:
    profile = PROFILES[settings.compat]
    parts = stack.Parts(
        HANDLERS,
        functools.partial(token_info, tokens),
        functools.partial(arguments, tokens, sandboxes, profile),
        profile,
        docs=DOCS,
        document="/openapi.json",
    )
    app = stack.build(contract, parts)
    return CheckAnswers(app, contract, exempt=(DOCS,)) if settings.check_responses else app


def plant(settings: Settings, now: datetime, progress: Progress = silently) -> Seed:
    """Make the ledger that every sandbox begins with. Raises DataFileError, PlanError."""
    if settings.scenario is not None:
        chosen = scenario.load(settings.scenario)
        try:
            return carry_out(chosen.plans, chosen.customers, now)
        except PlanError as error:
            raise PlanError(f"{settings.scenario}: {error}") from error
    wanted = settings.accounts
    made = portfolio.members(settings.seed, wanted)
    members = list(progress(made, wanted, "Making accounts"))
    customers = [customer for member in members for customer in member.customers]
    return carry_out([member.plan for member in members], customers, now, progress)


class _Switch:
    """Sends a request where the beginning of its path belongs; everything else to the contract."""

    def __init__(self, api: ASGIApp, others: dict[str, ASGIApp]) -> None:
        self._api = api
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._api
        if scope["type"] == "http":
            path: str = scope["path"]
            first = "/" + path[1:].partition("/")[0]
            app = self._others.get(first if first in (CONSOLE, DOCS) else path, app)
        await app(scope, receive, send)


class _Below:
    """Sends a request below :data:`CONSOLE` to its page, or to the control API."""

    def __init__(self, control: ASGIApp, console: ASGIApp) -> None:
        self._control = control
        self._pages = dict.fromkeys(("", "account", "static"), console)
        document = source().read_bytes()
        self._pages[DOCUMENT.removeprefix(f"{CONSOLE}/")] = Document("application/yaml", document)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(CONSOLE)[1:].partition("/")[0]
        await self._pages.get(name, self._control)(scope, receive, send)


def _mounted(console: Flask) -> ASGIApp:
    """Let a WSGI application answer below :data:`CONSOLE`."""
    app: ASGIApp = WSGIMiddleware(console.wsgi_app)  # type: ignore[assignment, arg-type]

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": CONSOLE}, receive, send)

    return mounted
