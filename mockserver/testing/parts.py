"""The parts of a sandbox that a test has to do with: its clock, its faults, its exchanges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mockserver.testing.control import Control

_SHOWN = 300
"""How many characters of a body a report shows."""


class InconclusiveError(AssertionError):
    """Nobody can tell: something that matters was evicted, or is not answered yet."""


class Clock:
    """What time it is in a sandbox. It only goes forward."""

    def __init__(self, control: Control) -> None:
        """Move the clock of the sandbox of ``control``."""
        self._control = control

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return datetime.fromisoformat(self._control("GET", "clock")["now"])

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Let it stand still, now or ``at`` an instant to come; give that. Raises ControlError."""
        body = {"mode": "frozen"} | ({} if at is None else {"at": _instant(at)})
        return datetime.fromisoformat(self._control("PUT", "clock", body)["now"])

    def run(self) -> datetime:
        """Let it go on from where it stands; give that."""
        return datetime.fromisoformat(self._control("PUT", "clock", {"mode": "offset"})["now"])

    def advance(self, by: timedelta | float = 0, **units: float) -> datetime:
        """Let time pass, ``advance(days=30)`` or so many seconds; give what time it is then.

        Raises ControlError.
        """
        first = by if isinstance(by, timedelta) else timedelta(seconds=by)
        seconds = (first + timedelta(**units)).total_seconds()
        answer = self._control("POST", "clock/advance", {"seconds": seconds})
        return datetime.fromisoformat(answer["now"])

    def advance_to(self, at: datetime | str) -> datetime:
        """Let time pass until an instant; give it. Raises ControlError."""
        answer = self._control("POST", "clock/advance", {"to": _instant(at)})
        return datetime.fromisoformat(answer["now"])


class Faults:
    """What goes wrong in a sandbox on purpose."""

    def __init__(self, control: Control) -> None:
        """Add to the faults of the sandbox of ``control``."""
        self._control = control

    def add(self, **fault: Any) -> str:
        """Add a fault, as ``FaultToAdd`` of the control API has it; give its id.

        Instants may be datetimes. Raises ControlError.
        """
        sent = {k: _instant(v) if isinstance(v, datetime) else v for k, v in fault.items()}
        fault_id: str = self._control("POST", "faults", sent)["fault_id"]
        return fault_id

    def struck(self, fault_id: str) -> int:
        """Give how many requests a fault has struck. Raises KeyError if there is none."""
        known = self._control("GET", "faults")["results"]
        struck: dict[str, int] = {fault["fault_id"]: fault["struck"] for fault in known}
        return struck[fault_id]

    def remove(self, fault_id: str) -> None:
        """Take a fault away. Raises ControlError if there is none."""
        self._control("DELETE", f"faults/{fault_id}")

    def clear(self) -> None:
        """Take all faults away."""
        self._control("DELETE", "faults")

    def limit_rate(self, requests: int | None, seconds: float = 1.0) -> None:
        """Let each token send so many requests in a window of the sandbox's clock; None is any."""
        if requests is None:
            self._control("DELETE", "rate_limit")
        else:
            self._control("PUT", "rate_limit", {"requests": requests, "seconds": seconds})


class Exchange(NamedTuple):
    """A request, and its answer."""

    number: int
    method: str
    target: str
    operation: str | None
    account_id: str | None
    status: int
    """What left; 0 where nothing did: a fault was in the way, or the client had left."""
    decided: int
    """What would have left without a fault."""
    fault_id: str | None
    """The last fault that struck it, which decided what left."""
    fault_ids: list[str]
    """All that struck it, in their order."""
    client_left: bool
    """Whether the client had gone before anything could leave."""
    request_headers: dict[str, str]
    request_body: str
    answer_headers: dict[str, str]
    answer_body: str

    def request_json(self) -> Any:
        """Read what was sent. Raises ValueError."""
        return json.loads(self.request_body)

    def answer_json(self) -> Any:
        """Read what was answered. Raises ValueError."""
        return json.loads(self.answer_body)


class Exchanges:
    """What was asked of a sandbox, and answered."""

    def __init__(self, control: Control) -> None:
        """Read the exchanges of the sandbox of ``control``."""
        self._control = control

    def all(self, **match: Any) -> list[Exchange]:
        """Give the newest 1 000 that meet ``match``, oldest first.

        ``match`` is what ``Match`` of the control API has: operation, account_id, method, status,
        fault_id, after.
        """
        found = self._control("GET", "exchanges", query={**match, "limit": 1_000})["results"]
        return [_exchange(exchange) for exchange in found]

    def last(self, **match: Any) -> Exchange:
        """Give the newest that meets ``match``. Raises AssertionError if there is none."""
        found = self.all(**match)
        assert found, f"no exchange has {_told(match)}"
        return found[-1]

    def assert_called(
        self,
        times: int | None = None,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        wait_seconds: float = 0.0,
        **match: Any,
    ) -> None:
        """Make sure that so many requests meet ``match``; by default at least one.

        Waits until that is so; where it only says how many at most, 0 say, watches all the time.
        Raises AssertionError; InconclusiveError where nobody can tell.
        """
        __tracebackhide__ = True
        if times is None and at_least is None and at_most is None:
            at_least = 1
        counts = {"called": times, "at_least": at_least, "at_most": at_most}
        wanted = {name: count for name, count in counts.items() if count is not None}
        self._assert({"match": match, **wanted, "wait_seconds": wait_seconds}, _told(match))

    def assert_sequence(self, *matches: dict[str, Any], wait_seconds: float = 0.0) -> None:
        """Make sure that requests came in this order; others may have come between.

        Raises AssertionError; InconclusiveError where nobody can tell.
        """
        __tracebackhide__ = True
        told = ", then ".join(map(_told, matches))
        self._assert({"sequence": matches, "wait_seconds": wait_seconds}, told)

    def har(self) -> Any:
        """Give all as an HTTP Archive."""
        return self._control("GET", "exchanges/har", query={"limit": 1_000})

    def clear(self) -> None:
        """Forget all."""
        self._control("DELETE", "exchanges")

    def lines(self) -> Sequence[str]:
        """Give the newest in a line each."""
        lines: list[str] = self._control("POST", "exchanges/assert", {})["exchanges"]
        return lines

    def report(self) -> str:
        """Give the newest in a line each, and below each what was sent and what was answered."""
        lines = self.lines()
        kept = self.all()[-len(lines) :] if lines else []
        return "\n".join(map(_reported, lines, kept))

    def _assert(self, assertion: dict[str, Any], told: str) -> None:
        __tracebackhide__ = True
        outcome = self._control("POST", "exchanges/assert", assertion)
        if outcome["outcome"] == "passed":
            return
        message = f"{told}: {outcome['message']}"
        seen = outcome["exchanges"] or self.lines()
        text = "\n  ".join([message, *seen])
        raise (InconclusiveError if outcome["outcome"] == "inconclusive" else AssertionError)(text)


def _reported(line: str, exchange: Exchange) -> str:
    bodies = (("sent", exchange.request_body), ("answered", exchange.answer_body))
    told = [f"   {what} {_cut(' '.join(body.split()))}" for what, body in bodies if body]
    return "\n".join([line, *told])


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _told(match: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in match.items()) or "requests"


def _instant(at: datetime | str) -> str:
    """Write an instant; a naive one is local to nobody, and an error. Raises ValueError.

    What is text already is read by the server, which tells what is wrong with it.
    """
    if isinstance(at, str):
        return at
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC).isoformat()


def _exchange(found: dict[str, Any]) -> Exchange:
    request, answer = found["request"], found["answer"]
    return Exchange(
        **{name: found[name] for name in Exchange._fields[:10]},
        request_headers=dict(request["headers"]),
        request_body=request["body"],
        answer_headers=dict(answer["headers"]),
        answer_body=answer["body"],
    )
