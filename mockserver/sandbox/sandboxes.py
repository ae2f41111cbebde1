"""All sandboxes of a server. Each is made when its name is first used."""

from __future__ import annotations

import re

from mockserver.ledger.commands import Processing
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.seed import Seed
from mockserver.store.journal import Journal

DEFAULT = "default"
"""The sandbox that configured tokens and the demo client share."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a sandbox may be called."""


class Sandboxes:
    """Sandboxes by name. They share the seed and the journal, and see nothing of each other."""

    def __init__(
        self,
        seed: Seed,
        journal: Journal,
        clock: Clock,
        processing: Processing = Processing.AUTOMATIC,
    ) -> None:
        """Make the default one; all others when they are first used."""
        self.seed = seed
        self._journal = journal
        self._clock = clock
        self._processing = processing
        self._by_name: dict[str, Sandbox] = {}
        self.get(DEFAULT)

    def get(self, name: str) -> Sandbox:
        """Give the sandbox called ``name``, beginning with the seed if it is new."""
        sandbox = self._by_name.get(name)
        if sandbox is None:
            assert NAME.fullmatch(name), f"{name!r} is no name for a sandbox"
            sandbox = Sandbox(name, self.seed, self._journal, self._clock, self._processing)
            self._by_name[name] = sandbox
        return sandbox

    def find(self, name: str) -> Sandbox | None:
        """Give the sandbox called ``name`` if it is in use. Safe on any thread."""
        return self._by_name.get(name)

    def names(self) -> list[str]:
        """Give the names in use, the default one first."""
        return [DEFAULT, *sorted(self._by_name.keys() - {DEFAULT})]
