"""Every way a request can fail.

* Rejection: the request itself is at fault
  - UriTooLong, HeadersTooLarge, MalformedRequest
  - PathNotFound, MethodNotAllowed
  - Unauthorized, NotAuthorized
  - UnsupportedMediaType, BodyTooLarge, MalformedBody, SchemaViolation
  - InvalidClient
  - TooManyRequests, SandboxFull, TooManySandboxes
  - in the control API: NotThere, Conflict, NotPossible
* Refusal (``mockserver.ledger.refusals``): the request is valid, the ledger says no

Rejections are raised, because they end a request anywhere on its way in; refusals are returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple, TypeAlias

from mockserver.api.strict_json import Json
from mockserver.ledger.refusals import Refusal


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

    @classmethod
    def taking(cls, names: Iterable[str]) -> MethodNotAllowed:
        """Give the rejection by a path that takes the methods ``names``."""
        allowed = ", ".join(sorted(names))
        return cls(f"This path takes {allowed}.", headers={"Allow": allowed})


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


def retry_after(seconds: float) -> dict[str, str]:
    """Give the field that says in how many seconds to try again."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


class TooManyRequests(Rejection):
    """The token has sent as many requests as it may for now; ``headers`` say when to go on."""

    @classmethod
    def until(cls, seconds: int) -> TooManyRequests:
        """Give the rejection that ends in ``seconds``."""
        told = "1 second" if seconds == 1 else f"{seconds} seconds"
        return cls(f"Too many requests; try again in {told}.", headers=retry_after(seconds))


class SandboxFull(Rejection):
    """The sandbox takes no more; ``headers`` say when to ask whether somebody has reset it."""


class TooManySandboxes(Rejection):
    """The server makes no more sandboxes; ``headers`` say when one may be forgotten."""


class NotThere(Rejection):
    """A sandbox has nothing that is called so."""


class Conflict(Rejection):
    """What is asked for does not go with what there is."""


class NotPossible(Rejection):
    """What is asked for makes no sense, though no schema says so."""


Failure: TypeAlias = type[Rejection | Refusal]
"""A kind of failure."""


class Kind(NamedTuple):
    """How a kind of failure is answered."""

    status: HTTPStatus
    code: str
