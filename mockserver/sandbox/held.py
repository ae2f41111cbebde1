"""What a sandbox holds at one moment: values that any thread may read for as long as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from mockserver.ledger.events import Event
from mockserver.sandbox.clock import ClockSetting
from mockserver.sandbox.digest import chained
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.state import State


class Held(NamedTuple):
    """All there is in a ledger, and how it came about."""

    seed: Seed
    state: State
    seq: int
    events: Sequence[Event]
    """What happened since the seed."""
    clock: ClockSetting
    stream: str
    digested: tuple[int, bytes] | None
    """The digest after some of the events, if it was asked for already."""

    @property
    def facts(self) -> int:
        """How many items and statements it is about: what it costs to go through."""
        return self.state.next_id - self.seed.first_id + len(self.state.base)

    def digest(self) -> bytes:
        """Give the digest of all that happened, the seed included."""
        seq, digest = self.digested or (0, self.seed.digest)
        return chained(digest, islice(self.events, seq, None))
