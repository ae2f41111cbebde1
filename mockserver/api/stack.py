"""The contract, served by Connexion: routed, authenticated and validated from ``openapi.yaml``."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

from connexion import AsyncApp
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware import MiddlewarePosition
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from connexion.security import AbstractSecurityHandler
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from mockserver.api.compat import Profile
from mockserver.api.contract import Contract, ContractError
from mockserver.api.entry import Entry, handler_arguments
from mockserver.api.failures import (
    MethodNotAllowed,
    PathNotFound,
    Rejection,
    SandboxFull,
    TooManySandboxes,
    retry_after,
)
from mockserver.api.problems import Answer, failed, refused, rejected, succeeded
from mockserver.api.routing import PathItems
from mockserver.api.validation import validator_map
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.sandbox import SandboxFullError
from mockserver.sandbox.sandboxes import TooManySandboxesError

_LOG = logging.getLogger(__name__)
logging.getLogger("connexion.decorators.parameter").setLevel(logging.CRITICAL)
"""It takes a query that is called like a part of the path for an error."""

_FULL_SECONDS = 60
"""When to try a full sandbox again: nothing but a reset makes room."""

Handler: TypeAlias = Callable[..., Any]
"""Gives the body of a 200, or the whole answer, or the refusal; or is awaited to give that."""


class Parts(NamedTuple):
    """What a contract is served with."""

    handlers: Mapping[str, Handler]
    """By operationId."""
    token_info: Callable[[list[str]], dict[str, Any]]
    """Gives who sends these ``Authorization`` headers, or raises a rejection."""
    arguments: Callable[[dict[str, Any], str], dict[str, Any]]
    """Gives what handlers may ask for by name, from what is known of the caller, and the method."""
    profile: Profile
    docs: str
    """Where to serve Swagger UI."""
    document: str
    """Where it reads the contract."""


def build(contract: Contract, parts: Parts) -> ASGIApp:
    """Give the application that serves ``contract``.

    Raises ContractError for an operation without a handler.
    """
    handlers, profile = parts.handlers, parts.profile
    known = {operation.operation_id for operation in contract.operations()}
    if unknown := sorted(known - handlers.keys()):
        raise ContractError(f"no handler answers the operationId {unknown[0]}")
    app = AsyncApp(
        __name__,
        resolver=Resolver(
            {name: _answering(h, profile) for name, h in handlers.items()}.__getitem__
        ),
        security_map={"bearer": _bearer_security(parts.token_info)},
        validator_map=validator_map(profile),
        swagger_ui_options=SwaggerUIOptions(
            serve_spec=False, swagger_ui_path=parts.docs, spec_path=parts.document
        ),
    )

    def provide(scope: Scope) -> None:
        arguments = handler_arguments(scope)
        arguments.update(parts.arguments(arguments.get("token_info", {}), scope["method"]))

    app.add_middleware(
        PathItems,
        MiddlewarePosition.BEFORE_ROUTING,
        contract=contract,
        strips_trailing_space=profile.strips_trailing_space,
    )
    app.add_middleware(
        Entry, MiddlewarePosition.BEFORE_VALIDATION, contract=contract, provide=provide
    )
    _add_error_handlers(app, profile)
    app.add_api(dict(contract.raw))
    served: ASGIApp = app
    return served


def _answering(handler: Handler, profile: Profile) -> Callable[..., Awaitable[ConnexionResponse]]:
    """Let a plain function run on the event loop's own thread; Connexion would use another."""
    waits = inspect.iscoroutinefunction(handler)

    @functools.wraps(handler)
    async def run(**arguments: Any) -> ConnexionResponse:
        outcome = await handler(**arguments) if waits else handler(**arguments)
        if isinstance(outcome, Refusal):
            return _response(refused(outcome, profile.kinds))
        if isinstance(outcome, Answer):
            return _response(outcome)
        return _response(succeeded(outcome))

    return run


def _response(answer: Answer) -> ConnexionResponse:
    return ConnexionResponse(
        status_code=answer.status,
        body=answer.body,
        headers={**answer.headers, "Content-Type": "application/json"},
    )


def _bearer_security(
    token_info: Callable[[list[str]], dict[str, Any]],
) -> type[AbstractSecurityHandler]:
    class Bearer(AbstractSecurityHandler):
        """Finds out who calls."""

        def get_fn(self, *_: Any) -> Callable[[ConnexionRequest], dict[str, Any]]:
            return lambda request: token_info(request.headers.getlist("authorization"))

    return Bearer


def _add_error_handlers(app: AsyncApp, profile: Profile) -> None:
    """Give every failure the contract's error body."""

    async def on_rejection(_: ConnexionRequest, error: Rejection) -> ConnexionResponse:
        return _response(rejected(error, profile.kinds))

    async def on_http_error(_: ConnexionRequest, error: HTTPException) -> ConnexionResponse:
        # only from what lies outside the contract's paths: /docs and the files below it
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            taken = MethodNotAllowed.taking((error.headers or {})["Allow"].split(", "))
            return _response(rejected(taken))
        return _response(rejected(PathNotFound("There is no such page.")))

    async def on_full(_: ConnexionRequest, error: SandboxFullError) -> ConnexionResponse:
        full = SandboxFull(str(error), headers=retry_after(_FULL_SECONDS))
        return _response(rejected(full, profile.kinds))

    async def on_too_many(_: ConnexionRequest, error: TooManySandboxesError) -> ConnexionResponse:
        too_many = TooManySandboxes(str(error), headers=retry_after(error.seconds))
        return _response(rejected(too_many, profile.kinds))

    async def on_bug(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
        _LOG.error("a request failed", exc_info=error)
        return _response(failed())

    app.add_error_handler(Rejection, on_rejection)
    app.add_error_handler(SandboxFullError, on_full)
    app.add_error_handler(TooManySandboxesError, on_too_many)
    app.add_error_handler(HTTPException, on_http_error)
    app.add_error_handler(Exception, on_bug)
