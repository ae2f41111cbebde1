"""Every way a request can fail, and the one table of statuses and error codes.

* Rejection: the request itself is at fault
  - UriTooLong, HeadersTooLarge, MalformedRequest
  - PathNotFound, MethodNotAllowed
  - Unauthorized, NotAuthorized
  - UnsupportedMediaType, BodyTooLarge, MalformedBody, SchemaViolation
  - InvalidClient
  - LineItemNotFound
* Refusal (``mockserver.ledger.refusals``): the request is valid, the ledger says no

Rejections are raised, because they end a request anywhere on its way in; refusals are returned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from mockserver.api.compat import Profile
from mockserver.api.strict_json import Json, dumps
from mockserver.ledger.refusals import (
    AccountNotFound,
    AccountStateForbids,
    EffectiveBeforeOpening,
    LineItemConflict,
    Refusal,
)


@dataclass(eq=False)
class Rejection(Exception):  # noqa: N818 - a reserved word of ours, not only an error
    """A request that does not reach the ledger. The message is for people."""

    message: str
    details: list[dict[str, Json]] | None = None
    headers: dict[str, str] = field(default_factory=dict)


class UriTooLong(Rejection):
    """The request target exceeds its limit."""


class HeadersTooLarge(Rejection):
    """The head exceeds one of its limits."""


class MalformedRequest(Rejection):
    """The bytes are not HTTP."""


class PathNotFound(Rejection):
    """No path of the contract matches."""


class MethodNotAllowed(Rejection):
    """The path has other methods; ``headers`` lists them."""


class Unauthorized(Rejection):
    """There is no well-formed bearer token."""


class NotAuthorized(Rejection):
    """The token is not good, or not good for this."""


class UnsupportedMediaType(Rejection):
    """The body is not declared as plain JSON."""


class BodyTooLarge(Rejection):
    """The body exceeds its limit."""


class MalformedBody(Rejection):
    """The body is not JSON."""


class SchemaViolation(Rejection):
    """The request breaks rules of the contract; ``details`` lists them all."""


class InvalidClient(Rejection):
    """The credentials are not those of a client."""


class LineItemNotFound(Rejection):
    """The account has no such item."""


class Kind(NamedTuple):
    """How a kind of failure is answered."""

    status: HTTPStatus
    code: str


INTERNAL_ERROR = Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")

KINDS: dict[type[Rejection | Refusal], Kind] = {
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
    LineItemNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    AccountNotFound: Kind(HTTPStatus.NOT_FOUND, "not_found"),
    LineItemConflict: Kind(HTTPStatus.CONFLICT, "conflict"),
    EffectiveBeforeOpening: Kind(HTTPStatus.CONFLICT, "before_account_opening"),
    AccountStateForbids: Kind(HTTPStatus.CONFLICT, "account_state"),
}
"""The one table of failures. :func:`kind_of` adds what the profile changes."""


class Answer(NamedTuple):
    """A whole answer, ready to send."""

    status: HTTPStatus
    body: bytes
    headers: dict[str, str]


def succeeded(body: Json) -> Answer:
    """Give the answer to a request that was carried out."""
    return Answer(HTTPStatus.OK, dumps(body), {})


def kind_of(failure: type[Rejection | Refusal], profile: Profile) -> Kind:
    """Give how a failure is answered in ``profile``."""
    kind = KINDS[failure]
    if failure is SchemaViolation:
        return kind._replace(status=profile.schema_violation_status)
    if failure is EffectiveBeforeOpening:
        return Kind(*profile.before_opening)
    return kind


def rejected(rejection: Rejection, profile: Profile) -> Answer:
    """Give the answer to a request that did not reach the ledger."""
    kind = kind_of(type(rejection), profile)
    return _answer(kind, rejection.message, rejection.details, rejection.headers)


def refused(refusal: Refusal, profile: Profile) -> Answer:
    """Give the answer to a request the ledger did not carry out."""
    return _answer(kind_of(type(refusal), profile), _sentence(refusal))


def failed(message: str = "The server failed.") -> Answer:
    """Give the answer to a request in whose handling the server itself failed."""
    return _answer(INTERNAL_ERROR, message)


def _sentence(refusal: Refusal) -> str:
    match refusal:
        case AccountNotFound():
            return "There is no such account."
        case LineItemConflict():
            return "The line_item_id belongs to an item of this account with other content."
        case EffectiveBeforeOpening(opened_at=opened_at):
            opened = opened_at.isoformat(timespec="seconds")
            return f"effective_at is before the account was opened, at {opened}."
        case AccountStateForbids(status=status, item_type=item_type):
            return f"The account is {status.value} and takes no {item_type.value}."
    raise NotImplementedError(refusal)


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
