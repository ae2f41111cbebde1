"""Shape: what Schemathesis makes up is answered, in the documented shape, and not with an error."""

from __future__ import annotations

from typing import Any

from contract_tests.answers import flaws
from contract_tests.bench import Bench, UntestedError
from contract_tests.documented import request_flaw
from contract_tests.exchange import Exchange, Request
from contract_tests.probe import Turn, probe
from contract_tests.rules import FIRST_OPERATION

_RULE = "shape.refuses-the-invalid"
_SHORTEST_SECONDS = 3
_LONGEST_SECONDS = 6
_SPARE_SECONDS = 4.0
"""For the start of Schemathesis, and for what comes after it."""
_SUSPECTS = 12


@probe("shape", "shape.refuses-the-invalid", turn=Turn.FULL)
def made_up(bench: Bench) -> None:
    """Requests that are made up get answers that are documented."""
    suspects = bench.suspects
    if suspects is None:
        suspects = bench.suspects = _suspects(bench)
    for request in suspects:
        exchange = bench.send(request, odd=request.operation is None)
        _note_accepted(bench, exchange)


def _suspects(bench: Bench) -> list[Request]:
    """Let Schemathesis run, and give those of its requests whose answers are not right."""
    # not at the top: a quick run needs none of it
    from contract_tests.generated import generate  # noqa: PLC0415 - as said

    seconds = min(int(bench.client.seconds_left - _SPARE_SECONDS), _LONGEST_SECONDS)
    if seconds < _SHORTEST_SECONDS:
        raise UntestedError("out of time")
    if bench.target.max_cents is not None:
        raise UntestedError("needs amounts above --max-cents")
    if bench.target.rate is not None and bench.target.rate < 1:
        raise UntestedError("needs a --rate of 1 or more")
    accounts = bench.target.accounts[1:] or bench.target.accounts
    operations = frozenset({FIRST_OPERATION}) | bench.reads
    bench.unlogged = set(accounts)
    made = generate(bench.target, accounts, operations, seconds, bench.seed)
    if not made.exchanges:
        raise UntestedError(f"Schemathesis could not run: {made.complaints}")
    bench.unlogged = set()
    found: dict[str, Request] = {}
    for exchange in made.exchanges:
        bench.client.exchanges.append(exchange)
        for rule_id, holds in _judged(bench, exchange):
            bench.checks[rule_id] += 1
            if not holds and len(found) < _SUSPECTS:
                found.setdefault(f"{rule_id} {exchange.status}", exchange.request)
    if made.complaints:
        bench.notes.append(f"Schemathesis, by its own checks: {made.complaints}")
    return list(found.values())


def _judged(bench: Bench, exchange: Exchange) -> list[tuple[str, bool]]:
    odd = exchange.request.operation is None
    seen = [(flaw.rule_id, flaw.holds) for flaw in flaws(exchange, bench.target.secrets, odd=odd)]
    return [*seen, (_RULE, not _is_wrongly_accepted(exchange))]


def _is_wrongly_accepted(exchange: Exchange) -> bool:
    request = exchange.request
    if request.operation != FIRST_OPERATION or not exchange.is_ok:
        return False
    return request_flaw(request.body or b"") is not None


def _note_accepted(bench: Bench, exchange: Exchange) -> None:
    flaw: Any = request_flaw(exchange.request.body or b"")
    if exchange.request.operation == FIRST_OPERATION and flaw is not None:
        bench.check(_RULE, not exchange.is_ok, f"a refusal, as {flaw}", exchange)
