"""The one table from failures to statuses and error codes, and the answers made with it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple

from mockserver.api.failures import (
    BodyTooLarge,
    Conflict,
    Failure,
    HeadersTooLarge,
    InvalidClient,
    Kind,
    MalformedBody,
    MalformedRequest,
    MethodNotAllowed,
    NotAuthorized,
    NotPossible,
    NotThere,
    PathNotFound,
    Rejection,
    SandboxFull,
    SchemaViolation,
    TooManyRequests,
    TooManySandboxes,
    Unauthorized,
    UnsupportedMediaType,
    UriTooLong,
)
from mockserver.api.strict_json import Json, dumps
from mockserver.ledger.refusals import (
    AccountNotFound,
    AccountStateForbids,
    CustomerNotFound,
    EffectiveBeforeOpening,
    LineItemConflict,
    LineItemNotFound,
    LineItemStateForbids,
    OutOfReach,
    ProductNotFound,
    Refusal,
    StatementNotFound,
)

INTERNAL_ERROR = Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")

KINDS: dict[Failure, Kind] = {
    UriTooLong: Kind(HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long"),
    HeadersTooLarge: Kind(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large"),
    MalformedRequest: Kind(HTTPStatus.BAD_REQUEST, "bad_request"),
    PathNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    MethodNotAllowed: Kind(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"),
    Unauthorized: Kind(HTTPStatus.UNAUTHORIZED, "unauthorized"),
    NotAuthorized: Kind(HTTPStatus.FORBIDDEN, "not_authorized"),
    UnsupportedMediaType: Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
    BodyTooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large"),
    MalformedBody: Kind(HTTPStatus.BAD_REQUEST, "bad_request"),
    SchemaViolation: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "server_error"),
    InvalidClient: Kind(HTTPStatus.UNAUTHORIZED, "invalid_client"),
    TooManyRequests: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests"),
    SandboxFull: Kind(HTTPStatus.TOO_MANY_REQUESTS, "sandbox_full"),
    NotThere: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    Conflict: Kind(HTTPStatus.CONFLICT, "conflict"),
    NotPossible: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input"),
    TooManySandboxes: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too_many_sandboxes"),
    ProductNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    CustomerNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    AccountNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    LineItemNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    StatementNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    LineItemConflict: Kind(HTTPStatus.CONFLICT, "conflict"),
    OutOfReach: Kind(HTTPStatus.CONFLICT, "out_of_reach"),
    LineItemStateForbids: Kind(HTTPStatus.CONFLICT, "unexpected_state"),
    EffectiveBeforeOpening: Kind(HTTPStatus.CONFLICT, "before_account_opening"),
    AccountStateForbids: Kind(HTTPStatus.CONFLICT, "account_state"),
}
"""The one table of failures. A profile may differ in some (``compat``)."""

_AS_THEY_ARE: Mapping[Failure, Kind] = MappingProxyType({})


class Answer(NamedTuple):
    """A whole answer, ready to send."""

    status: HTTPStatus
    body: bytes
    headers: dict[str, str]


def succeeded(body: Json) -> Answer:
    """Give the answer to a request that was carried out."""
    return Answer(HTTPStatus.OK, dumps(body), {})


def rejected(rejection: Rejection, instead: Mapping[Failure, Kind] = _AS_THEY_ARE) -> Answer:
    """Give the answer to a request that did not reach the ledger.

    ``instead`` holds what the profile answers otherwise than :data:`KINDS` says.
    """
    failure = type(rejection)
    kind = instead.get(failure) or KINDS[failure]
    return _answer(kind, rejection.message, rejection.details, rejection.headers)


def refused(refusal: Refusal, instead: Mapping[Failure, Kind] = _AS_THEY_ARE) -> Answer:
    """Give the answer to a request the ledger did not carry out; ``instead`` as above."""
    failure = type(refusal)
    return _answer(instead.get(failure) or KINDS[failure], sentence(refusal))


def failed(message: str = "The server failed.") -> Answer:
    """Give the answer to a request in whose handling the server itself failed."""
    return _answer(INTERNAL_ERROR, message)


def sentence(refusal: Refusal) -> str:
    """Say to people why the ledger did not carry out a command."""
    match refusal:
        case EffectiveBeforeOpening(opened_at=opened_at):
            opened = opened_at.isoformat(timespec="seconds")
            return f"effective_at is before the account was opened, at {opened}."
        case AccountStateForbids(status=status, item_type=item_type):
            return f"The account is {status.value} and takes no {item_type.value}."
        case OutOfReach(field=field):
            return f"{field} is more than a hundred years from now."
    return _SENTENCES[type(refusal)]


_SENTENCES: dict[type[Refusal], str] = {
    ProductNotFound: "There is no such product.",
    CustomerNotFound: "There is no such customer.",
    AccountNotFound: "There is no such account.",
    LineItemNotFound: "The account has no such line item.",
    StatementNotFound: "The account has no such statement.",
    LineItemConflict: "The line_item_id belongs to an item of this account with other content.",
    LineItemStateForbids: (
        "The line item is in an unexpected state: there is nothing to take back."
    ),
}


def _answer(
    kind: Kind,
    message: str,
    details: list[dict[str, Json]] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    error: dict[str, Json] = {"code": kind.code, "message": message}
    if details is not None:
        error["details"] = details
    return Answer(kind.status, dumps({"error": error}), headers or {})
