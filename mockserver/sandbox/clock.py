"""Where time comes from: the machine, and the clock of a sandbox, which a test can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from mockserver.ledger.calendar import LAST
from mockserver.ledger.decide import REACH

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


class ClockError(Exception):
    """A clock does not go there. The message says why not, and where it may go."""


class ClockBackwardsError(ClockError):
    """A clock only goes forward."""


class ClockTooFarError(ClockError):
    """A clock goes no further than accounts can be reckoned, at a bearable cost."""


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
        if self.frozen_at is not None:
            return self.frozen_at
        try:
            return base.now() + self.offset
        except OverflowError:
            return LAST


class SandboxClock:
    """A clock that is real, ahead, or frozen, and never goes back but with its ledger.

    It goes :data:`REACH` further than it would be if nobody had moved it.
    """

    __slots__ = ("_beginning", "base", "setting")

    def __init__(self, base: Clock, setting: ClockSetting) -> None:
        """Begin with ``setting`` over ``base``, the machine's clock."""
        self.base = base
        self.setting = self._beginning = setting

    def now(self) -> datetime:
        """Give the time, in UTC."""
        setting = self.setting
        return setting.frozen_at or self.base.now() + setting.offset

    def change(self, setting: ClockSetting) -> None:
        """Take another setting, not too far ahead nor earlier than now. Raises ClockError."""
        self.check(setting)
        now, then = self.now(), setting.now(self.base)
        if then < now:
            raise ClockBackwardsError(
                f"It is {now.isoformat()}; {then.isoformat()} has passed. A clock only goes "
                "forward: reset the sandbox, or restore a snapshot."
            )
        self.setting = setting

    @property
    def latest(self) -> datetime:
        """How far it goes."""
        return self._beginning.now(self.base) + REACH

    def check(self, setting: ClockSetting) -> None:
        """Make sure that a setting is not too far ahead. Raises ClockTooFarError."""
        latest, then = self.latest, setting.now(self.base)
        if then > latest:
            raise ClockTooFarError(
                f"A clock goes no further than a hundred years ahead, here to "
                f"{latest.isoformat(timespec='seconds')}; {then.isoformat()} is beyond that."
            )

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, now or ``at`` an instant to come. Raises ClockError."""
        if at is None:
            self.setting = ClockSetting(frozen_at=self.now())
        else:
            self.change(ClockSetting(frozen_at=at))

    def run(self, offset: timedelta | None = None) -> None:
        """Go on from where it stands, or ``offset`` ahead. Raises ClockError."""
        if offset is None:
            self.setting = ClockSetting(offset=self.now() - self.base.now())
        else:
            self.change(ClockSetting(offset=offset))

    def advance(self, by: timedelta) -> None:
        """Move forward, frozen or not. Raises ClockError."""
        offset, frozen_at = self.setting
        if frozen_at is None:
            self.change(ClockSetting(offset + by))
        else:
            self.change(ClockSetting(offset, frozen_at + by))

    def advance_to(self, at: datetime) -> None:
        """Move forward to an instant, frozen or not. Raises ClockError."""
        offset, frozen_at = self.setting
        if frozen_at is None:
            self.change(ClockSetting(offset + (at - self.now())))
        else:
            self.change(ClockSetting(offset, at))
