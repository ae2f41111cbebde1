"""Where time comes from: the machine, and the clock of a sandbox, which a test can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

_REAL = timedelta(0)


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Give the time, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return datetime.now(UTC)


class ClockBackwardsError(Exception):
    """A clock only goes forward. The message says from when to when it was to go."""


class ClockSetting(NamedTuple):
    """How a sandbox's clock differs from the machine's."""

    offset: timedelta = _REAL
    """How far it is ahead, while it runs."""
    frozen_at: datetime | None = None
    """Where it stands still; None while it runs."""

    @property
    def mode(self) -> str:
        """``real``, ``offset`` or ``frozen``."""
        if self.frozen_at is not None:
            return "frozen"
        return "offset" if self.offset else "real"

    def now(self, base: Clock) -> datetime:
        """Give the time of this setting where ``base`` is the machine's clock."""
        return base.now() + self.offset if self.frozen_at is None else self.frozen_at


class SandboxClock:
    """A clock that is real, ahead, or frozen, and never goes back but with its ledger."""

    __slots__ = ("base", "setting")

    def __init__(self, base: Clock, setting: ClockSetting) -> None:
        """Begin with ``setting`` over ``base``, the machine's clock."""
        self.base = base
        self.setting = setting

    def now(self) -> datetime:
        """Give the time, in UTC."""
        setting = self.setting
        return setting.frozen_at or self.base.now() + setting.offset

    def change(self, setting: ClockSetting) -> None:
        """Take another setting. Raises ClockBackwardsError if it is then earlier than now."""
        now, then = self.now(), setting.now(self.base)
        if then < now:
            raise ClockBackwardsError(
                f"It is {now.isoformat()}; {then.isoformat()} has passed. A clock only goes "
                "forward: reset the sandbox, or restore a snapshot."
            )
        self.setting = setting

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, now or ``at`` an instant to come. Raises ClockBackwardsError."""
        if at is None:
            self.setting = ClockSetting(frozen_at=self.now())
        else:
            self.change(ClockSetting(frozen_at=at))

    def run(self, offset: timedelta | None = None) -> None:
        """Go on from where it stands, or ``offset`` ahead. Raises ClockBackwardsError."""
        if offset is None:
            self.setting = ClockSetting(offset=self.now() - self.base.now())
        else:
            self.change(ClockSetting(offset=offset))

    def advance(self, by: timedelta) -> None:
        """Move forward, frozen or not. Raises ClockBackwardsError, OverflowError."""
        offset, frozen_at = self.setting
        if frozen_at is None:
            self.change(ClockSetting(offset + by))
        else:
            self.change(ClockSetting(offset, frozen_at + by))

    def advance_to(self, at: datetime) -> None:
        """Move forward to an instant, frozen or not. Raises ClockBackwardsError."""
        self.advance(at - self.now())
