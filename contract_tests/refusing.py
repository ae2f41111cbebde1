"""Sending what has to be refused, and seeing that it leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from contract_tests.bench import Bench, encoded
from contract_tests.exchange import Exchange, Request
from contract_tests.traces import Trace, trace

_TRACELESS = "refuses.nothing-recorded"


class Case(NamedTuple):
    """One thing that is wrong with a request, and the request."""

    told: str
    make: Callable[[Bench], Request]


def body_case(told: str, make: Callable[[Bench], Any], **how: Any) -> Case:
    """Give a case of a body; what is made is sent as JSON, or as the bytes it is."""
    return Case(told, lambda bench: bench.posting(make(bench), **how))


def member_cases(member: str, values: Sequence[Any]) -> list[Case]:
    """Give a case for each value of a member, with an id and without in turn."""

    def case(number: int, value: Any) -> Case:
        told = f"{member} {encoded(value).decode('utf-8', 'replace'):.60}"

        def make(bench: Bench) -> Any:
            body = bench.offset(1)
            if number % 2:
                del body["line_item_id"]
            return {**body, member: value}

        return body_case(told, make)

    return [case(number, value) for number, value in enumerate(values)]


def refused(bench: Bench, rule_id: str, cases: Sequence[Case]) -> None:
    """Send requests that each break a rule; note whether each is refused, and leaves no trace."""
    all_refused(bench, {rule_id: cases})


def all_refused(bench: Bench, cases_of: Mapping[str, Sequence[Case]]) -> None:
    """Do that for the cases of several rules at once."""
    before = trace(bench)
    rules = [rule_id for rule_id, several in cases_of.items() for _ in several]
    cases = [case for several in cases_of.values() for case in several]
    exchanges = bench.send_all([case.make(bench) for case in cases])
    for rule_id, case, exchange in zip(rules, cases, exchanges, strict=True):
        if exchange.answer is not None and exchange.status < 500:
            is_refused = 400 <= exchange.status < 500
            bench.check(rule_id, is_refused, f"a refusal (4xx) of {case.told}", exchange)
    after = trace(bench)
    if before.is_blind:
        return
    is_same = before.is_same(after)
    refusals = [case for case, of in zip(cases, exchanges, strict=True) if not of.is_ok]
    is_found = not is_same and _find_recorded(bench, refusals)
    if not is_found and len(refusals) == len(cases):  # what is accepted leaves its trace
        told, got = "refusals leave no trace", before.told(after)
        bench.check(_TRACELESS, is_same, told, got, *exchanges)


def _find_recorded(bench: Bench, cases: Sequence[Case]) -> bool:
    """Send what was refused again, one at a time, until one is recorded; tell whether one was."""
    for case in cases:
        before = trace(bench)
        exchange = bench.send(case.make(bench))
        if not exchange.is_ok and not note_traceless(bench, before, exchange, case.told):
            return True
    return False


def note_traceless(bench: Bench, before: Trace, exchange: Exchange, told: str) -> bool:
    """Note whether a refusal left no trace since ``before``; give whether that is so."""
    after = trace(bench)
    return bench.check(
        _TRACELESS,
        before.is_same(after),
        f"the refusal of {told} leaves no trace",
        f"{exchange.seen()}, and then {before.told(after)}",
        *before.among(exchange, later=after),
    )
