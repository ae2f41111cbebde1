"""Random sequences against a small reference model, which Hypothesis shrinks to a shortest one."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contract_tests.bench import Bench, UntestedError, amount_of
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Exchange
from contract_tests.reading import LIST_ITEMS, figures, found, ids_of

_RULE = "model.sequences"
_EXAMPLES = 60
_STEPS = 14
_SHARE = 0.3
"""Of the time that is left."""
_ALLOCATIONS = st.sampled_from([None, "PRINCIPAL", "FEE", "INTEREST", "DEFERRED_INTEREST"])
_CENTS = st.sampled_from([0, 1, 2, 3, 5, 10, 100]) | st.integers(0, 5000)
_FIELDS = st.sampled_from([None, [], [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]])


class _OtherwiseError(Exception):
    """The server is not as the model is."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


def run_sequences(bench: Bench) -> None:
    """Do this and that on an account, and compare it with the model after each step.

    Raises UntestedError.
    """
    started = time.monotonic()
    until = started + bench.client.seconds_left * _SHARE
    known = len(bench.breaks)
    last: list[Exchange] = []

    differences: list[_OtherwiseError] = []

    class Machine(_Machine):
        def __init__(self) -> None:
            super().__init__(bench, until, last, differences)

    options = settings(
        verbosity=Verbosity.quiet,
        max_examples=_examples(bench, until - started),
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(seed(bench.seed)(Machine), settings=options)
    except Exception:  # noqa: BLE001 - Hypothesis wraps what does not show again
        del bench.breaks[known:]
        if not differences:
            raise UntestedError("not all of it: out of time") from None
        other = differences[-1]
        bench.check(_RULE, False, other.expected, other.got, *last)  # noqa: FBT003 - it does not hold
    else:
        broken = bench.breaks[known:]
        got = "; ".join(dict.fromkeys(f"{of.rule_id}: {of.got}" for of in broken[:3]))
        bench.check(_RULE, not broken, "no broken rule on the way", got, *last)


def _examples(bench: Bench, seconds: float) -> int:
    """Give how many sequences there is time for, as long as none has to be shrunk."""
    recent = [exchange.seconds for exchange in bench.client.exchanges[-20:]]
    each = 1.5 * _STEPS * max(sum(recent) / max(len(recent), 1), 0.001)
    return max(1, min(_EXAMPLES, int(seconds / 2 / each)))


class _Machine(RuleBasedStateMachine):
    """One sequence on one account; the model is a total and the bodies by their ids."""

    def __init__(
        self,
        bench: Bench,
        until: float,
        last: list[Exchange],
        differences: list[_OtherwiseError],
    ) -> None:
        super().__init__()
        self.differences = differences
        self.bench = bench
        self.until = until
        self.last = last
        self.bodies: dict[str, dict[str, Any]] = {}
        self.total = 0

    @initialize()
    def begin(self) -> None:
        """See where the account stands."""
        self.last.clear()
        self.bench.checks[_RULE] += 1
        self.total = figures(self.bench).total_cents

    @rule(cents=_CENTS, allocation=_ALLOCATIONS, fields=_FIELDS)
    def post(self, cents: int, allocation: str | None, fields: Any) -> None:
        """Post something new."""
        more = {} if allocation is None else {"allocation": allocation}
        body = self.bench.offset(cents, external_fields=fields, **more)
        exchange = self._send(body)
        self._expect(exchange.status == 200, "200, for a valid debit offset", exchange.seen())
        shown = amount_of(exchange.member() or {})
        self._expect(shown in (None, cents), f"an amount of {cents}", exchange.seen())
        self.bodies[body["line_item_id"]] = body
        self.total -= cents
        self._compare()

    @precondition(lambda self: self.bodies)
    @rule(data=st.data(), other=st.booleans())
    def again(self, data: st.DataObject, other: bool) -> None:  # noqa: FBT001 - drawn
        """Post an id again, with the same content or with other."""
        at = data.draw(st.integers(0, len(self.bodies) - 1))
        body = list(self.bodies.values())[at]
        cents = body["original_amount_cents"] + other
        exchange = self._send({**body, "original_amount_cents": cents})
        fine = exchange.status == 200 or 400 <= exchange.status < 500
        self._expect(fine, "200 or a refusal, for a repeat", exchange.seen())
        self._compare()

    @rule(
        wrong=st.sampled_from(
            [{"allocation": "x"}, {"original_amount_cents": "1"}, {"effective_at": "x"}]
        )
    )
    def refused(self, wrong: dict[str, Any]) -> None:
        """Post something invalid."""
        exchange = self._send({**self.bench.offset(1), **wrong})
        self._expect(400 <= exchange.status < 500, f"a refusal of {wrong}", exchange.seen())
        self._compare()

    @precondition(lambda self: self.bodies)
    @rule()
    def look(self) -> None:
        """Look at the list."""
        if LIST_ITEMS not in self.bench.reads:
            return
        known = ids_of(found(self.bench, list(self.bodies)))
        for line_item_id in self.bodies:
            times = known.count(line_item_id)
            self._expect(times == 1, f"{line_item_id} once in the list", f"{times} times")

    def _send(self, body: dict[str, Any]) -> Exchange:
        if time.monotonic() > self.until:
            raise OutOfTimeError
        exchange = self.bench.post(body)
        self.last.append(exchange)
        return exchange

    def _compare(self) -> None:
        owed = figures(self.bench)
        self.last.append(owed.exchange)
        self._expect(owed.total_cents == self.total, f"a total of {self.total}", owed.told())

    def _expect(self, holds: object, expected: str, got: str) -> None:
        if not holds:
            self.differences.append(_OtherwiseError(expected, got))
            raise self.differences[-1]
