"""Numbers and times for what happens in one ledger: each later, and higher, than the last."""

from __future__ import annotations

from datetime import datetime, timedelta

from mockserver.ledger.commands import Processing, Stamp
from mockserver.ledger.events import Event, numbers_used

_MICROSECOND = timedelta(microseconds=1)


class Stamper:
    """Gives each command its stamp, and keeps count of the events it led to."""

    def __init__(
        self,
        last_created_at: datetime,
        next_id: int,
        processing: Processing = Processing.AUTOMATIC,
    ) -> None:
        """Go on after a fact of ``last_created_at``, with the generated id ``next_id``."""
        self.last_created_at = last_created_at
        self.next_id = next_id
        self.processing = processing

    def stamp(self, now: datetime) -> Stamp:
        """Give the stamp for a command that is carried out at ``now``, or as soon as may be."""
        created_at = max(now, self.last_created_at + _MICROSECOND)
        return Stamp(created_at, self.next_id, self.processing)

    def passed(self, event: Event) -> None:
        """Take note that ``event`` has happened."""
        self.next_id += numbers_used(event)
        self.last_created_at = max(self.last_created_at, event.created_at)
