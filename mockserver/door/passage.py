"""A request on its way through: what is known of it, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from starlette.types import Scope

from mockserver.door.body import Body
from mockserver.door.redaction import REDACTED, Redaction
from mockserver.door.reply import Reply, encoded, without_body
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.exchanges import Exchange, Exchanges, Headers
from mockserver.sandbox.faults import Break, Fault, FaultAnswer, Strike
from mockserver.sandbox.packing import Packer
from mockserver.sandbox.traffic import Subject

T = TypeVar("T")

MINTING = "createAccessToken"
"""The operation whose bodies hold secrets."""


class Request(NamedTuple):
    """A request, as far as its head tells."""

    scope: Scope
    body: Body
    sender: bytes
    """Whose requests are counted together: those with a token, or those of a client for one."""
    subject: Subject
    clock: Clock
    at: datetime
    began: float


@dataclass(slots=True)
class Passage:
    """What becomes of a request, as far as it has come."""

    request: Request
    at: datetime
    """When what leaves was made."""
    secrets: Sequence[bytes] = ()
    """What the server knows as secret: it is in no exchange."""
    decided: Reply | None = None
    """What the contract answers; None where a fault came before it."""
    strikes: list[Strike] = field(default_factory=list)
    """The faults that struck it, in their order."""
    client_left: bool = False
    """Whether the client had gone before anything could leave."""

    @property
    def last_fault(self) -> Fault | None:
        """The fault that decides: none comes after one that answers or breaks."""
        return self.strikes[-1].fault if self.strikes else None

    @property
    def breaks(self) -> Break | None:
        """What becomes of the connection, or of the answer."""
        return None if self.last_fault is None else self.last_fault.breaks

    @property
    def bytes_per_second(self) -> float | None:
        """How fast the body leaves: as the slowest of the faults says."""
        said = (strike.fault.bytes_per_second for strike in self.strikes)
        return min((speed for speed in said if speed is not None), default=None)

    @property
    def leaving(self) -> Reply | None:
        """What leaves; None is nothing."""
        fault = self.last_fault
        reply = None if self.client_left else self.decided
        if fault is not None and fault.answer is not None and not self.client_left:
            reply = _instead(fault.answer, self.at)
        match reply, self.breaks:
            case None, _:
                return None
            case _, None:
                return reply
            case _, Break.TRUNCATE:
                return reply.truncated()
            case _, Break.MALFORMED:
                return reply.half()
        return None

    def keep_in(self, exchanges: Exchanges, packer: Packer) -> None:
        """Log the request, and what becomes of it."""
        request, left = self.request, self.leaving
        scope = request.scope
        operation, account_id = request.subject
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        asked, answered = request.body.received, b"" if left is None else left.body
        if operation == MINTING:
            asked = answered = REDACTED
        headers, fields = scope["headers"], () if left is None else left.headers
        redaction = Redaction(self.secrets, headers, fields, (target, asked, answered))
        target, asked, answered = map(redaction.of, (target, asked, answered))
        status = 0 if left is None else left.status
        sent, sent_bytes = _fields(redaction.of_fields(headers))
        got, got_bytes = _fields(redaction.of_fields(fields))
        account = account_id and redaction.of(account_id.encode()).decode()
        exchanges.add(
            Exchange(
                number=exchanges.next_number,
                began=request.began,
                at=request.at,
                seconds=time.perf_counter() - request.began,
                method=scope["method"],
                target=_text(target.decode("latin-1")),
                operation=operation,
                account_id=None if account is None else _text(account),
                request_headers=sent,
                request_body=asked,
                status=status,
                decided=0 if self.decided is None else self.decided.status,
                answer_headers=got,
                answer=packer.packed((operation, status), answered),
                size=len(target) + sent_bytes + len(asked) + got_bytes + len(answered),
                fault_ids=tuple(strike.fault.fault_id for strike in self.strikes),
                client_left=self.client_left,
            )
        )


# What exchanges have in common they share: most requests of a client are much alike.

_LONG_BYTES = 1_024
"""What is longer is not kept to be shared."""


def _fields(fields: Headers) -> tuple[Headers, int]:
    """Give fields, and how many bytes are in them."""
    size = sum(len(name) + len(value) for name, value in fields)
    return (_shared(tuple(fields)) if size <= _LONG_BYTES else fields), size


def _text(text: str) -> str:
    return _shared(text) if len(text) <= _LONG_BYTES else text


def _shared(value: T) -> T:
    """Give the one value that equals this one."""
    one: T = _one(value)
    return one


@lru_cache(maxsize=4_096)
def _one(value: Any) -> Any:
    return value


def _instead(answer: FaultAnswer, at: datetime) -> Reply:
    body = b"" if without_body(answer.status) else answer.body
    return Reply(answer.status, encoded(answer.headers), body).dated(at)
