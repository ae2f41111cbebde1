"""What can be seen of an account, before and after something was tried on it."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from contract_tests.bench import Bench, UntestedError
from contract_tests.exchange import Exchange
from contract_tests.reading import Figures, figures, newest


class Trace(NamedTuple):
    """What an account owes, and its newest items; None is: cannot be read."""

    figures: Figures | None
    newest: list[Any] | None

    @property
    def total(self) -> int | None:
        """The total, in cents."""
        return None if self.figures is None else self.figures.total_cents

    @property
    def is_blind(self) -> bool:
        """Whether nothing can be seen."""
        return self.figures is None and self.newest is None

    def fell(self, later: Trace) -> int | None:
        """Give by how much the total fell until ``later``; None if that cannot be seen."""
        if self.total is None or later.total is None:
            return None
        return self.total - later.total

    def is_same(self, later: Trace) -> bool:
        """Tell whether nothing happened until ``later``, as far as can be seen."""
        return (self._owed, self.newest) == (later._owed, later.newest)

    @property
    def _owed(self) -> tuple[Any, ...] | None:
        return None if self.figures is None else (self.total, dict(self.figures.buckets))

    def told(self, later: Trace) -> str:
        """Say what happened until ``later``."""
        if self.figures is not None and later.figures is not None and self._owed != later._owed:
            return f"{self.figures.told()} became {later.figures.told()}"
        more = Counter(map(str, later.newest or ())) - Counter(map(str, self.newest or ()))
        return f"one item more, {next(iter(more))}" if more else "other items"

    def among(self, *exchanges: Exchange, later: Trace) -> tuple[Exchange, ...]:
        """Give ``exchanges`` between the looks at the account."""
        first = () if self.figures is None else (self.figures.exchange,)
        last = () if later.figures is None else (later.figures.exchange,)
        return (*first, *exchanges, *last)


def trace(bench: Bench, account: str | None = None) -> Trace:
    """Look at an account. Raises ProbeEndedError, OutOfTimeError."""
    owed, known = None, None
    try:
        owed = figures(bench, account)
    except UntestedError:
        owed = None
    try:
        known = newest(bench, account)
    except UntestedError:
        known = None
    return Trace(owed, known)


def total(bench: Bench, account: str | None = None) -> int | None:
    """Give the total of an account, None if it cannot be read.

    Raises ProbeEndedError, OutOfTimeError.
    """
    try:
        return figures(bench, account).total_cents
    except UntestedError:
        return None
