"""The contract, served by Connexion: routed, authenticated and validated from ``openapi.yaml``."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from connexion import AsyncApp
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware import MiddlewarePosition
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from connexion.security import AbstractSecurityHandler
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from mockserver.api.auth import Caller, Tokens
from mockserver.api.compat import Profile
from mockserver.api.contract import Contract, ContractError
from mockserver.api.entry import Entry, handler_arguments
from mockserver.api.failures import MethodNotAllowed, PathNotFound, Rejection
from mockserver.api.problems import Answer, failed, refused, rejected, succeeded
from mockserver.api.routing import PathItems
from mockserver.api.strict_json import Json
from mockserver.api.validation import validator_map
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.sandboxes import Sandboxes

_LOG = logging.getLogger(__name__)

Handler: TypeAlias = Callable[..., Json | Refusal]
"""Gives the body of a 200, or why not."""


def build(
    contract: Contract,
    handlers: Mapping[str, Handler],
    tokens: Tokens,
    sandboxes: Sandboxes,
    profile: Profile,
) -> ASGIApp:
    """Give the application that serves ``contract``.

    Raises ContractError for an operation without a handler.
    """
    known = {operation.operation_id for operation in contract.operations()}
    if unknown := sorted(known - handlers.keys()):
        raise ContractError(f"no handler answers the operationId {unknown[0]}")
    app = AsyncApp(
        __name__,
        resolver=Resolver(
            {name: _answering(h, profile) for name, h in handlers.items()}.__getitem__
        ),
        security_map={"bearer": _bearer_security(tokens)},
        validator_map=validator_map(profile),
        swagger_ui_options=SwaggerUIOptions(serve_spec=False, swagger_ui_path="/docs"),
    )

    def provide(scope: Scope) -> None:
        arguments = handler_arguments(scope)
        arguments.update(profile=profile, tokens=tokens)
        if "token_info" in arguments:
            caller: Caller = arguments["token_info"]["caller"]
            arguments["sandbox"] = sandboxes.get(caller.sandbox)

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

    @functools.wraps(handler)
    async def run(**arguments: Any) -> ConnexionResponse:
        outcome = handler(**arguments)
        if isinstance(outcome, Refusal):
            return _response(refused(outcome, profile.kinds))
        return _response(succeeded(outcome))

    return run


def _response(answer: Answer) -> ConnexionResponse:
    return ConnexionResponse(
        status_code=answer.status,
        body=answer.body,
        headers={**answer.headers, "Content-Type": "application/json"},
    )


def _bearer_security(tokens: Tokens) -> type[AbstractSecurityHandler]:
    class Bearer(AbstractSecurityHandler):
        """Finds out who calls."""

        def get_fn(self, *_: Any) -> Callable[[ConnexionRequest], dict[str, Any]]:
            return lambda request: {
                "caller": tokens.caller(request.headers.getlist("authorization"))
            }

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

    async def on_bug(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
        _LOG.error("a request failed", exc_info=error)
        return _response(failed())

    app.add_error_handler(Rejection, on_rejection)
    app.add_error_handler(HTTPException, on_http_error)
    app.add_error_handler(Exception, on_bug)
