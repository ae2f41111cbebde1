"""Faults: what goes wrong on purpose, when, and how often."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from itertools import starmap
from typing import NamedTuple

MAX_DELAY_SECONDS = 60.0

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]{0,1024}")
_MIN_HALVED_BYTES = 2
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
"""The statuses of answers without a body (RFC 9110, 6.4.1)."""
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "date"})


class Stage(Enum):
    """When a fault strikes."""

    BEFORE_VALIDATION = "before_validation"
    """Nothing has been looked at."""
    IN_FLIGHT = "in_flight"
    """As before, while an earlier request of the same operation and account is being answered,
    until its answer has left.
    """
    AFTER_COMMIT = "after_commit"
    """The request was carried out, and its answer is about to leave."""


class Break(Enum):
    """What becomes of the connection, or of the answer on it."""

    RESET = "reset"
    """The connection is reset; there is no answer."""
    EMPTY = "empty"
    """The connection is closed; there is no answer."""
    HANG = "hang"
    """Nothing comes until the client gives up, or a minute has passed."""
    TRUNCATE = "truncate"
    """The connection is closed in the middle of the answer's body."""
    MALFORMED = "malformed"
    """The answer is whole, but half of its JSON is missing."""
    GARBAGE = "garbage"
    """What comes is no HTTP."""


class Delay(NamedTuple):
    """How long a fault waits, in milliseconds of the machine's clock."""

    distribution: str = "fixed"
    """``fixed``, ``uniform`` or ``lognormal``."""
    low: float = 0.0
    """The delay, the least one, or the median."""
    high: float = 0.0
    """The greatest delay, or the sigma of the logarithm."""

    def seconds(self, dice: random.Random) -> float:
        """Draw a delay."""
        milliseconds = self.low
        if self.distribution == "uniform":
            milliseconds = dice.uniform(self.low, self.high)
        if self.distribution == "lognormal":
            milliseconds *= dice.lognormvariate(0, self.high)
        return min(milliseconds / 1000, MAX_DELAY_SECONDS)


class FaultAnswer(NamedTuple):
    """What is answered instead."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Fault(NamedTuple):
    """One thing that goes wrong, and which requests it meets. What is None meets all."""

    fault_id: str = ""
    stage: Stage = Stage.BEFORE_VALIDATION
    operations: tuple[str, ...] | None = None
    account_id: str | None = None
    skip: int = 0
    """How many that match are spared first."""
    times: int | None = None
    """How many are struck then."""
    probability: float = 1.0
    """Of those that are not spared."""
    seed: int = 0
    """What chance is drawn from: probability and delay."""
    since: datetime | None = None
    """By the sandbox's clock, inclusive."""
    until: datetime | None = None
    """By the sandbox's clock, exclusive."""
    delay: Delay | None = None
    answer: FaultAnswer | None = None
    breaks: Break | None = None
    bytes_per_second: float | None = None
    """How fast the answer's body is sent."""

    @property
    def problem(self) -> str:
        """Say why it makes no sense; nothing if it does."""
        return next(self._problems(), "")

    def _problems(self) -> Iterator[str]:
        answer, breaks = self.answer, self.breaks
        needs_answer = breaks in (Break.TRUNCATE, Break.MALFORMED)
        if all(part is None for part in (self.delay, answer, breaks, self.bytes_per_second)):
            yield "It does nothing: say delay, answer, breaks or bytes_per_second."
        if self.since is not None and self.until is not None and self.until <= self.since:
            yield "until is not later than since: it would strike nothing."
        if needs_answer and answer is None and self.stage is not Stage.AFTER_COMMIT:
            yield "truncate and malformed need an answer, or the stage after_commit."
        if breaks is not None and self.bytes_per_second is not None:
            yield "bytes_per_second does not go with breaks."
        if answer is not None and breaks is not None:
            if not needs_answer:
                yield f"answer does not go with {breaks.value}: there is none."
            yield from _half_problems(answer, breaks)
        if answer is not None:
            yield from filter(None, starmap(_field_problem, answer.headers))

    @property
    def is_final(self) -> bool:
        """Tell whether nothing comes after it: it answers, or breaks what would."""
        return self.answer is not None or self.breaks is not None

    def meets(self, stage: Stage, operation: str | None, account_id: str | None) -> bool:
        """Tell whether it is about such requests."""
        return (
            self.stage is stage
            and (self.operations is None or operation in self.operations)
            and (self.account_id is None or self.account_id == account_id)
        )


def _half_problems(answer: FaultAnswer, breaks: Break) -> Iterator[str]:
    """Say why half of an answer would be no broken one."""
    if answer.status in WITHOUT_BODY or not answer.body:
        yield f"{breaks.value} needs an answer with a body, and this one has none."
    if breaks is Break.MALFORMED and len(answer.body) < _MIN_HALVED_BYTES:
        yield "malformed needs a body of two bytes at least: half of it is sent."


def _field_problem(name: str, value: str) -> str:
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
        return f"{name!r}: {value!r} is no field of a head."
    if name.lower() in _FRAMING:
        return f"{name} is the server's own to say."
    return ""


class Strike(NamedTuple):
    """A fault that strikes a request."""

    fault: Fault
    seconds: float
    """How long it waits before."""


class _Active:
    """A fault, and how often it was met."""

    __slots__ = ("dice", "fault", "met", "struck")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.dice = random.Random(fault.seed)  # noqa: S311 - to be repeated, not to be secret
        self.met = 0
        self.struck = 0

    def strikes(self, now: datetime) -> bool:
        """Count a request that it meets; tell whether it is struck."""
        fault = self.fault
        if (fault.since and now < fault.since) or (fault.until and now >= fault.until):
            return False
        self.met += 1
        if self.met <= fault.skip or (fault.times is not None and self.struck >= fault.times):
            return False
        if fault.probability < 1 and self.dice.random() >= fault.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults of a sandbox in their order: at each stage, the first that can strike does."""

    __slots__ = ("_active", "_added")

    def __init__(self) -> None:
        """Begin with none."""
        self._active: dict[str, _Active] = {}
        self._added = 0

    def add(self, fault: Fault) -> Fault:
        """Add a fault, under an id of its own if it has none; one with its id is replaced."""
        self._added += 1
        fault = fault if fault.fault_id else fault._replace(fault_id=f"fault_{self._added}")
        self._active[fault.fault_id] = _Active(fault)
        return fault

    def remove(self, fault_id: str) -> bool:
        """Take a fault away; tell whether there was one."""
        return self._active.pop(fault_id, None) is not None

    def clear(self) -> None:
        """Take all faults away."""
        self._active.clear()

    def all(self) -> Sequence[tuple[Fault, int]]:
        """Give the faults, and how many requests each has struck."""
        return [(active.fault, active.struck) for active in self._active.values()]

    def strike(
        self,
        stage: Stage,
        operation: str | None,
        account_id: str | None,
        now: datetime,
    ) -> Strike | None:
        """Give the fault that strikes a request at ``stage``, or None."""
        for active in self._active.values():
            if active.fault.meets(stage, operation, account_id) and active.strikes(now):
                delay = active.fault.delay
                return Strike(active.fault, delay.seconds(active.dice) if delay else 0.0)
        return None

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._active)
