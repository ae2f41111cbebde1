"""A request on its way through: what is known of it, and what becomes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from starlette.types import Scope

from mockserver.door.body import Body
from mockserver.door.redaction import REDACTED, redacted, redacted_headers
from mockserver.door.reply import Reply, encoded, without_body
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.exchanges import Exchange, Exchanges
from mockserver.sandbox.faults import Break, Fault, FaultAnswer, Strike
from mockserver.sandbox.traffic import Subject

MINTING = "createAccessToken"
"""The operation whose bodies hold secrets."""


class Request(NamedTuple):
    """A request, as far as its head tells."""

    scope: Scope
    body: Body
    token: bytes
    """Empty where there is none."""
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

    def keep_in(self, exchanges: Exchanges) -> None:
        """Log the request, and what becomes of it."""
        request, left = self.request, self.leaving
        scope, token = request.scope, request.token
        operation, account_id = request.subject
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        hides_bodies = operation == MINTING
        asked, answered = request.body.received, b"" if left is None else left.body
        exchanges.add(
            Exchange(
                number=exchanges.next_number,
                began=request.began,
                at=request.at,
                seconds=time.perf_counter() - request.began,
                method=scope["method"],
                target=redacted(target, token).decode("latin-1"),
                operation=operation,
                account_id=account_id,
                request_headers=redacted_headers(scope["headers"]),
                request_body=REDACTED if hides_bodies else redacted(asked, token),
                status=0 if left is None else left.status,
                decided=0 if self.decided is None else self.decided.status,
                answer_headers=() if left is None else redacted_headers(left.headers),
                answer_body=REDACTED if hides_bodies else redacted(answered, token),
                fault_ids=tuple(strike.fault.fault_id for strike in self.strikes),
                client_left=self.client_left,
            )
        )


def _instead(answer: FaultAnswer, at: datetime) -> Reply:
    body = b"" if without_body(answer.status) else answer.body
    return Reply(answer.status, encoded(answer.headers), body).dated(at)
