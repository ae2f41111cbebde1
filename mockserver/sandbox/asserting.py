"""What should have been asked of a sandbox, and whether it was: yes, no, or nobody can tell."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from mockserver.sandbox.exchanges import Exchange, Match
from mockserver.sandbox.traffic import Traffic

_SHOWN = 20


class Verdict(Enum):
    """Whether an assertion holds."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """What was evicted, or is not answered yet, could change it."""


class Assertion(NamedTuple):
    """How many exchanges of a kind there should be, and which should follow on which."""

    match: Match = Match()
    at_least: int = 0
    at_most: int | None = None
    sequence: tuple[Match, ...] = ()
    """Their requests come in this order, whichever is answered first; others may come between."""


class Outcome(NamedTuple):
    """What was found."""

    verdict: Verdict
    message: str
    matching: tuple[Exchange, ...]

    @property
    def lines(self) -> list[str]:
        """Give a line for each of the newest exchanges that are meant."""
        return [line(exchange) for exchange in self.matching[-_SHOWN:]]


def line(exchange: Exchange) -> str:
    """Give an exchange in one line."""
    left = exchange.status or "no answer"
    why = [f"fault {', '.join(exchange.fault_ids)}"] if exchange.fault_ids else []
    why += ["the client had left"] if exchange.client_left else []
    told = f" ({'; '.join(why)})" if why else ""
    return f"{exchange.number}: {exchange.method} {exchange.target} -> {left}{told}"


def judge(assertion: Assertion, traffic: Traffic) -> Outcome:
    """Tell whether ``assertion`` holds now."""
    matching = tuple(traffic.exchanges.matching(assertion.match))
    counted = _count(assertion, traffic, len(matching))
    ordered = _order(assertion, traffic)
    worst = max((counted, ordered), key=lambda found: _GRAVITY.index(found[0]))
    return Outcome(*worst, matching)


async def wait(assertion: Assertion, traffic: Callable[[], Traffic], seconds: float) -> Outcome:
    """Wait until ``assertion`` holds or can hold no more; give what is so after ``seconds``.

    One that only says how many there may be at most is watched for the whole time. What ``traffic``
    gives changes with a reset.
    """
    until = time.monotonic() + seconds
    while True:
        outcome = judge(assertion, traffic())
        left = until - time.monotonic()
        if _is_settled(assertion, outcome) or left <= 0:
            return outcome
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(traffic().exchanges.changed(), left)


_GRAVITY = (Verdict.PASSED, Verdict.INCONCLUSIVE, Verdict.FAILED)


def _count(assertion: Assertion, traffic: Traffic, found: int) -> tuple[Verdict, str]:
    low, high = assertion.at_least, assertion.at_most
    told = f"expected {_wanted(low, high)}, found {found}"
    if high is not None and found > high:
        return Verdict.FAILED, told
    unknown = list(_unknown(assertion.match, traffic))
    can_be_more = bool(unknown)
    if found >= low and (high is None or not can_be_more):
        return Verdict.PASSED, told
    if not can_be_more:
        return Verdict.FAILED, told
    return Verdict.INCONCLUSIVE, f"{told}; {' and '.join(unknown)}"


def _order(assertion: Assertion, traffic: Traffic) -> tuple[Verdict, str]:
    kept = traffic.exchanges.as_they_came()
    for at, match in enumerate(assertion.sequence):
        if not any(match.meets(exchange) for exchange in kept):
            told = f"step {at + 1} of the sequence, {_told(match)}, did not come after the others"
            unknown = [why for step in assertion.sequence for why in _unknown(step, traffic)]
            if unknown:
                return Verdict.INCONCLUSIVE, f"{told}; {unknown[0]}"
            return Verdict.FAILED, told
    return Verdict.PASSED, "the sequence came"


def _unknown(match: Match, traffic: Traffic) -> Iterator[str]:
    """Tell what is not known of exchanges that could be meant."""
    if not traffic.exchanges.is_complete(match):
        yield "some were evicted"
    if pending := traffic.pending(match):
        yield f"{pending} not answered yet"


def _is_settled(assertion: Assertion, outcome: Outcome) -> bool:
    """Tell whether nothing to come matters: it holds, or cannot hold any more."""
    low, high = assertion.at_least, assertion.at_most
    if high is not None and len(outcome.matching) > high:
        return True
    is_watched = high is not None and not low
    return outcome.verdict is Verdict.PASSED and not is_watched


def _wanted(low: int, high: int | None) -> str:
    if high is None:
        return f"{low} or more"
    return str(low) if low == high else f"{low} to {high}"


def _told(match: Match) -> str:
    given = match._asdict().items()
    return " ".join(f"{name}={value}" for name, value in given if value) or "any request"
