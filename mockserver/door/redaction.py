"""What of an exchange is not kept: tokens, secrets and cookies."""

from __future__ import annotations

import functools

from mockserver.sandbox.exchanges import Headers

REDACTED = b"***"

_SECRET_FIELDS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"x-canopy-control"}
)
_LONG_BYTES = 256
_MIN_TOKEN_BYTES = 5
"""A shorter token is looked for in no text: it may stand there by chance."""


def redacted_headers(headers: Headers) -> Headers:
    """Give fields without the values that are secret."""
    return tuple(
        _field(name, REDACTED if name in _SECRET_FIELDS else value) for name, value in headers
    )


def _field(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    return (name, value) if len(value) > _LONG_BYTES else _shared(name, value)


@functools.lru_cache(maxsize=4_096)
def _shared(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Give the one field of this value: most requests of a client have the same ones."""
    return name, value


def redacted(text: bytes, token: bytes) -> bytes:
    """Give a target or a body without the token, wherever it stands."""
    return text.replace(token, REDACTED) if len(token) >= _MIN_TOKEN_BYTES else text
