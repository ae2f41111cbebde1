"""Tokens: who may call, in what role, and which sandbox is theirs."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from mockserver.api.failures import InvalidClient, NotAuthorized, Unauthorized
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandboxes import DEFAULT

LIFETIME_SECONDS = 3600
"""For how long a minted token is good (openapi.yaml, assumption token-lifetime)."""

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token looks like (RFC 6750)."""

_CREDENTIALS = re.compile(rf"(?i:bearer) +({TOKEN.pattern})")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_MINTED = "cmt_"
_OWN_SANDBOX = re.compile(r"sbx_[A-Za-z0-9_-]{1,60}")


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

    def __init__(self, configured: Iterable[str], clients: Iterable[Client], clock: Clock) -> None:
        """Take ``configured`` tokens for the default sandbox, with all rights."""
        self._configured = {_digest(token) for token in configured}
        self._clients: Mapping[str, Client] = {client.client_id: client for client in clients}
        self._minter = URLSafeTimedSerializer(
            secrets.token_bytes(32), signer=_signer(clock), salt="token"
        )

    def mint(self, client_id: str, client_secret: str) -> str:
        """Give a token for a client. Raises InvalidClient."""
        client = self._clients.get(client_id)
        known = client.client_secret if client else ""
        if not hmac.compare_digest(known.encode(), client_secret.encode()) or client is None:
            raise InvalidClient(
                "The client id and secret are not a registered pair.", headers=_CHALLENGE
            )
        token = self._minter.dumps([client_id, secrets.token_hex(8)])
        return f"{_MINTED}{token if isinstance(token, str) else token.decode()}"

    def caller(self, authorization: list[str]) -> Caller:
        """Give who sends these ``Authorization`` headers. Raises Unauthorized, NotAuthorized."""
        match = _CREDENTIALS.fullmatch(authorization[0]) if len(authorization) == 1 else None
        if match is None:
            raise Unauthorized(
                'Send a token as "Authorization: Bearer <token>".', headers=_CHALLENGE
            )
        token = match[1]
        if _digest(token) in self._configured:
            return Caller(Role.ADMIN, DEFAULT)
        if token.startswith(_MINTED):
            return self._minted(token.removeprefix(_MINTED))
        if _OWN_SANDBOX.fullmatch(token):
            return Caller(Role.ADMIN, token)
        if token.startswith("eyJ"):
            raise NotAuthorized(
                "This looks like a token of a real service; a sandbox has no use for one. "
                "Revoke it if it was sent by mistake, and use a token of this sandbox."
            )
        raise NotAuthorized("The token is unknown or has expired.")

    def _minted(self, token: str) -> Caller:
        try:
            client_id, _ = self._minter.loads(token, max_age=LIFETIME_SECONDS - 1)
        except BadData:
            raise NotAuthorized("The token is unknown or has expired.") from None
        client = self._clients[client_id]
        return Caller(client.role, client.sandbox)


def _digest(token: str) -> bytes:
    """Hash a token, so that looking it up takes no longer the better a guess is."""
    return sha256(token.encode()).digest()


def _signer(clock: Clock) -> type[TimestampSigner]:
    class _ClockSigner(TimestampSigner):
        """Signs with the time of ``clock`` instead of the machine's."""

        def get_timestamp(self) -> int:
            return int(clock.now().timestamp())

        def timestamp_to_datetime(self, ts: int) -> datetime:
            return datetime.fromtimestamp(ts, tz=UTC)

    return _ClockSigner
