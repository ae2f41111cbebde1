"""The composition root: the only module that knows all parts."""

from __future__ import annotations

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
from mockserver.api.documents import Document
from mockserver.api.handlers import HANDLERS
from mockserver.api.strict_json import dumps
from mockserver.console.web import create_console
from mockserver.sandbox.clock import Clock, SystemClock
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
"""Where the console is, on a server that only its own machine can reach."""


class Application(NamedTuple):
    """A server without its socket."""

    asgi: ASGIApp
    contract: contracts.Contract
    sandboxes: Sandboxes


def build(
    settings: Settings, *, clock: Clock | None = None, progress: Progress = silently
) -> Application:
    """Put a server together.

    Raises ContractError, DataFileError, PlanError.
    """
    clock = clock or SystemClock()
    path = contracts.source()
    contract = contracts.load(path)
    seed = plant(settings, clock.now(), progress)
    sandboxes = Sandboxes(Setup(seed, settings.processing), MemoryJournal(), clock)
    tokens = Tokens(settings.tokens, settings.clients, clock)
    api = stack.build(contract, HANDLERS, tokens, sandboxes, PROFILES[settings.compat])
    if settings.check_responses:
        api = CheckAnswers(api, contract, exempt=(DOCS,))
    others: dict[str, ASGIApp] = {
        "/healthz": Document("application/json", dumps({"status": "ok"})),
        "/openapi.json": Document("application/json", dumps(contract.raw)),
        "/openapi.yaml": Document("application/yaml", path.read_bytes()),
    }
    if settings.is_local:
        others[CONSOLE] = _mounted(create_console(sandboxes))
    return Application(_Switch(api, others), contract, sandboxes)


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
            if path.startswith(CONSOLE):
                path = "/" + path[1:].partition("/")[0]
            app = self._others.get(path, app)
        await app(scope, receive, send)


def _mounted(console: Flask) -> ASGIApp:
    """Let a WSGI application answer below :data:`CONSOLE`."""
    app: ASGIApp = WSGIMiddleware(console.wsgi_app)  # type: ignore[assignment, arg-type]

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": CONSOLE}, receive, send)

    return mounted
