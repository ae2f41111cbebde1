"""All sandboxes of a server. Each is made when its name is first used."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from mockserver.sandbox.clock import Clock, SandboxClock
from mockserver.sandbox.exchanges import Exchanges
from mockserver.sandbox.sandbox import Sandbox, Setup
from mockserver.store.journal import Journal

DEFAULT = "default"
"""The sandbox that configured tokens and the demo client share."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a sandbox may be called."""

OWN = re.compile(r"sbx_[A-Za-z0-9_-]{1,60}")
"""What a sandbox is called that is made by its name: the name is its token."""


class TooManySandboxesError(Exception):
    """There are as many sandboxes as there may be. The message says what to do."""

    def __init__(self, message: str, seconds: float) -> None:
        """Say also in how many seconds one of them may be forgotten."""
        super().__init__(message)
        self.seconds = seconds


class Limits(NamedTuple):
    """How much a server keeps."""

    sandboxes: int = 10_000
    idle_seconds: float = 24 * 3600.0
    """After which a sandbox that is made by its name is forgotten."""


class Sandboxes:
    """Sandboxes by name. They share the seed and the journal, and see nothing of each other."""

    def __init__(
        self,
        setup: Setup,
        journal: Journal,
        clock: Clock,
        limits: Limits = Limits(),  # noqa: B008 - a value
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the default one; all others when they are first used."""
        self.seed = setup.seed
        self._setup = setup
        self._journal = journal
        self.clock = clock
        """The machine's."""
        self.beginning = SandboxClock(clock, setup.clock)
        """What time it is where nobody has moved a clock, and for those whom nobody knows."""
        self._limits = limits
        self._uptime = uptime
        self._by_name: dict[str, Sandbox] = {}
        self._used: OrderedDict[str, float] = OrderedDict()
        """When those that can expire were last used, the longest unused first."""
        self.strangers = Exchanges()
        """The requests of those whom nobody knows."""
        self.get(DEFAULT)

    def get(self, name: str) -> Sandbox:
        """Give the sandbox called ``name``, beginning with the seed if it is new.

        Raises TooManySandboxesError.
        """
        self._expire()
        sandbox = self._by_name.get(name) or self._made(name)
        if name in self._used:
            self._used[name] = self._uptime()
            self._used.move_to_end(name)
        return sandbox

    def find(self, name: str) -> Sandbox | None:
        """Give the sandbox called ``name`` if it is in use. Safe on any thread."""
        return None if self._is_idle(name) else self._by_name.get(name)

    def look_at(self, name: str) -> Sandbox:
        """Give the sandbox called ``name``, or what it would be; it is not in use for that."""
        self._expire()
        return self.find(name) or Sandbox(name, self._setup, self._journal, self.clock)

    def names(self) -> list[str]:
        """Give the names in use, the default one first. Safe on any thread."""
        names = [name for name in list(self._by_name) if not self._is_idle(name)]
        return [DEFAULT, *sorted(set(names) - {DEFAULT})]

    def fork(self, sandbox: Sandbox, name: str) -> None:
        """Let the sandbox called ``name`` go on from what ``sandbox`` holds.

        Raises TooManySandboxesError.
        """
        other, taken = self.get(name), sandbox.snapshot()
        other.restore(taken)
        self._journal.drop(taken.stream)

    def forget(self, name: str) -> None:
        """Let go of a sandbox and all that is in it; its name may be used again."""
        self._by_name.pop(name).forget()
        self._used.pop(name, None)

    def _made(self, name: str) -> Sandbox:
        assert NAME.fullmatch(name), f"{name!r} is no name for a sandbox"
        if len(self._by_name) >= self._limits.sandboxes:
            idle = self._limits.idle_seconds
            first = next(iter(self._used.values()), self._uptime())
            raise TooManySandboxesError(
                f"There are {len(self._by_name):,} sandboxes, and no more are made: delete one, "
                "or start the server with a larger --max-sandboxes.",
                first + idle - self._uptime(),
            )
        sandbox = Sandbox(name, self._setup, self._journal, self.clock)
        self._by_name[name] = sandbox
        if OWN.fullmatch(name):
            self._used[name] = self._uptime()
        return sandbox

    def _expire(self) -> None:
        """Forget what has not been used for long."""
        while self._used and self._is_idle(first := next(iter(self._used))):
            self.forget(first)

    def _is_idle(self, name: str) -> bool:
        """Tell whether a sandbox is as good as forgotten."""
        used = self._used.get(name)
        return used is not None and used <= self._uptime() - self._limits.idle_seconds
