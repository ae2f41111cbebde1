"""A hash chained over events: equal digests mean that the same happened."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from mockserver.ledger.events import Event

_BYTES = 16


def chained(digest: bytes, events: Iterable[Event]) -> bytes:
    """Give the digest of all that ``digest`` stands for, and ``events`` after it."""
    # not at the top: it takes time to import, and many a server is never asked
    from mockserver.sandbox.codec import encoded  # noqa: PLC0415 - as said

    for event in events:
        digest = blake2b(digest + encoded(event), digest_size=_BYTES).digest()
    return digest
