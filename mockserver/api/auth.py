"""Tokens: who may call, in what role, and which sandbox is theirs."""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import NamedTuple

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from mockserver.api.failures import InvalidClient, NotAuthorized, Unauthorized
from mockserver.sandbox.sandboxes import DEFAULT, OWN, Sandboxes

LIFETIME_SECONDS = 3600
"""For how long a minted token is good (openapi.yaml, assumption token-lifetime)."""

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token looks like (RFC 6750)."""

_CREDENTIALS = re.compile(rf"(?i:bearer) +({TOKEN.pattern})")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_MINTED = "cmt_"
_CLAIMS = re.compile(r"[0-9]{1,15} (-?[0-9]{1,15}) (.+)", re.DOTALL)


class Role(Enum):
    """What a caller may do; openapi.yaml says per operation (``x-roles``)."""

    ADMIN = "Admin"
    SERVICING = "Servicing"
    OPERATIONS = "Operations"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who may exchange an id and a secret for a token."""

    client_id: str
    client_secret: str
    role: Role = Role.ADMIN
    sandbox: str = DEFAULT


DEMO_CLIENT = Client("demo", "demo-secret")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    role: Role
    sandbox: str


class Tokens:
    """Knows every good token: configured ones, those it minted, and ``sbx_<name>``."""

    def __init__(
        self,
        configured: Iterable[str],
        clients: Iterable[Client],
        sandboxes: Sandboxes,
        *,
        is_shared: bool = False,
    ) -> None:
        """Take ``configured`` tokens for the default sandbox, with all rights.

        A shared server knows minted tokens only.
        """
        self._configured = {_digest(token) for token in configured}
        self._clients: Mapping[str, Client] = {client.client_id: client for client in clients}
        self._sandboxes = sandboxes
        self._is_shared = is_shared

    def mint(self, client_id: str, client_secret: str) -> str:
        """Give a token for a client. Raises InvalidClient."""
        client = self._clients.get(client_id)
        known = client.client_secret if client else ""
        if not hmac.compare_digest(known.encode(), client_secret.encode()) or client is None:
            raise InvalidClient(
                "The client id and secret are not a registered pair.", headers=_CHALLENGE
            )
        sandbox = self._sandboxes.get(client.sandbox)
        sandbox.tokens_minted += 1
        issued_at = math.floor(sandbox.clock.now().timestamp())
        claims = base64_encode(f"{sandbox.tokens_minted} {issued_at} {client_id}")
        return _MINTED + _signer(client).sign(claims).decode()

    def sandbox_of(self, client_id: object) -> str | None:
        """Give the sandbox of a client's tokens, or None for one that is not registered."""
        client = self._clients.get(client_id) if isinstance(client_id, str) else None
        return None if client is None else client.sandbox

    def caller(self, authorization: list[str]) -> Caller:
        """Give who sends these ``Authorization`` headers. Raises Unauthorized, NotAuthorized."""
        match = _CREDENTIALS.fullmatch(authorization[0]) if len(authorization) == 1 else None
        if match is None:
            raise Unauthorized(
                'Send a token as "Authorization: Bearer <token>".', headers=_CHALLENGE
            )
        token = match[1]
        if token.startswith(_MINTED):
            return self._minted(token.removeprefix(_MINTED))
        if not self._is_shared and _digest(token) in self._configured:
            return Caller(Role.ADMIN, DEFAULT)
        if not self._is_shared and OWN.fullmatch(token):
            return Caller(Role.ADMIN, token)
        if token.startswith("eyJ"):
            raise NotAuthorized(
                "This looks like a token of a real service; a sandbox has no use for one. "
                "Revoke it if it was sent by mistake, and use a token of this sandbox."
            )
        raise NotAuthorized("The token is unknown or has expired.")

    def _minted(self, token: str) -> Caller:
        """Give who was given a token. It is good for its lifetime, and not before it was minted:
        a clock that went back has taken back what came later.
        """
        claims = _claims(token.rpartition(".")[0])
        client = None if claims is None else self._clients.get(claims.client_id)
        if claims is not None and client is not None and _signer(client).validate(token):
            now = self._sandboxes.look_at(client.sandbox).clock.now().timestamp()
            if claims.issued_at <= now < claims.issued_at + LIFETIME_SECONDS:
                return Caller(client.role, client.sandbox)
        raise NotAuthorized("The token is unknown or has expired.")


class _Claims(NamedTuple):
    """What a minted token says, whoever made it."""

    issued_at: int
    client_id: str


def _claims(payload: str) -> _Claims | None:
    """Read what was signed, which may be anything at all: nothing of it is verified yet."""
    try:
        match = _CLAIMS.fullmatch(base64_decode(payload).decode())
    except (BadData, UnicodeDecodeError):
        return None
    return None if match is None else _Claims(int(match[1]), match[2])


def _digest(token: str) -> bytes:
    """Hash a token, so that looking it up takes no longer the better a guess is."""
    return sha256(token.encode()).digest()


def _signer(client: Client) -> Signer:
    """Give what signs a client's tokens, the same in every process.

    Who could forge one knows the client's secret, and is given tokens anyway.
    """
    return Signer(client.client_secret, salt="canopy-mock token")
