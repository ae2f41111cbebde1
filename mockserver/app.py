"""The composition root: the only module that knows all parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api import contract as contracts
from mockserver.api import stack
from mockserver.api.answers import CheckAnswers
from mockserver.api.auth import Tokens
from mockserver.api.compat import PROFILES
from mockserver.api.handlers import HANDLERS
from mockserver.api.strict_json import dumps
from mockserver.resources import find
from mockserver.sandbox.clock import Clock, SystemClock
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.seed import Seed
from mockserver.seeding import portfolio, scenario
from mockserver.seeding.plan import carry_out
from mockserver.settings import Settings
from mockserver.store.memory import MemoryJournal

DOCS = ("/docs", "/openapi.json", "/openapi.yaml")
"""What Connexion serves beside the contract's paths: Swagger UI, and the contract itself."""

Progress = Callable[[Iterable[portfolio.Member]], Iterable[portfolio.Member]]
"""Something that passes on what it is given and shows how far it got."""


class Application(NamedTuple):
    """A server without its socket."""

    asgi: ASGIApp
    sandboxes: Sandboxes


def build(
    settings: Settings, *, clock: Clock | None = None, progress: Progress = iter
) -> Application:
    """Put a server together.

    Raises ContractError, DataFileError, PlanError.
    """
    clock = clock or SystemClock()
    contract = contracts.load(find("openapi.yaml"))
    sandboxes = Sandboxes(plant(settings, progress), MemoryJournal(), clock, settings.processing)
    tokens = Tokens(settings.tokens, settings.clients, clock)
    api = stack.build(contract, HANDLERS, tokens, sandboxes, PROFILES[settings.compat])
    if settings.check_responses:
        api = CheckAnswers(api, contract, exempt=DOCS)
    return Application(_Switch(api, {"/healthz": _healthz}), sandboxes)


def plant(settings: Settings, progress: Progress = iter) -> Seed:
    """Make the ledger that every sandbox begins with. Raises DataFileError, PlanError."""
    if settings.scenario is not None:
        chosen = scenario.load(settings.scenario)
        return carry_out(chosen.plans, chosen.customers)
    members = list(progress(portfolio.members(settings.seed, settings.accounts)))
    customers = [customer for member in members for customer in member.customers]
    return carry_out([member.plan for member in members], customers)


class _Switch:
    """Sends a request where the beginning of its path belongs; everything else to the contract."""

    def __init__(self, api: ASGIApp, others: dict[str, ASGIApp]) -> None:
        self._api = api
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._api
        if scope["type"] == "http":
            first = "/" + scope["path"][1:].partition("/")[0]
            app = self._others.get(first, app)
        await app(scope, receive, send)


async def _healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the server is up."""
    body = dumps({"status": "ok"})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
