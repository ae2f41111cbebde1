"""How long billing cycles are."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

_TEXT = re.compile(r"([0-9]{1,4}) (day|week|month)s?")


class Unit(Enum):
    """What intervals are counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Interval(NamedTuple):
    """A span of the calendar: so many days, weeks or months."""

    number: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Interval | None:
        """Read ``7 days``, ``1 month`` and the like; None for anything else."""
        match = _TEXT.fullmatch(text)
        return cls(int(match[1]), Unit(match[2])) if match else None

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.number} {self.unit.value}{'' if self.number == 1 else 's'}"


class CycleType(NamedTuple):
    """The intervals of an account's billing cycles."""

    cycle_interval: Interval = Interval(1, Unit.MONTH)
    cycle_due_interval: Interval = Interval(25, Unit.DAY)
    """From the end of a cycle to the day its payment is due."""
    first_cycle_interval: Interval | None = None
    """That of the first cycle, where it differs."""
    late_fee_grace: Interval | None = None
    """From the day a payment is due to the day a fee is charged for its absence."""
