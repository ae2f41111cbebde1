"""A seed: the ledger every sandbox begins with. Sandboxes share it and never change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from mockserver.ledger.account import Account
from mockserver.ledger.events import Event
from mockserver.ledger.invariants import broken_invariants
from mockserver.sandbox.digest import chained
from mockserver.sandbox.state import State


@dataclass(frozen=True)
class Seed:
    """A state, and how it came about."""

    state: State
    first_id: int
    """The number of the first id that was there to be generated."""
    genesis: Callable[[], Iterator[Event]]
    """Gives what led to it, anew each time: a large ledger's events are not kept."""

    @property
    def accounts(self) -> list[Account]:
        """The accounts, in the order in which they were planned."""
        return list(self.state.base.values())

    @cached_property
    def digest(self) -> bytes:
        """The digest of what led to it."""
        return chained(b"", self.genesis())

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """What is wrong with its accounts: nothing, unless somebody changed one."""
        return tuple(
            sentence for account in self.accounts for sentence in broken_invariants(account)
        )
