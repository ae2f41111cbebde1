"""JSON and what it stands for: clocks, faults, rates, exchanges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mockserver.api.failures import NotPossible
from mockserver.api.strict_json import Json, dumps
from mockserver.instants import parse_instant
from mockserver.sandbox.asserting import Assertion
from mockserver.sandbox.clock import ClockSetting, SandboxClock
from mockserver.sandbox.exchanges import Exchange, Exchanges, Headers, Match
from mockserver.sandbox.faults import Break, Delay, Fault, FaultAnswer, Stage
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandbox import Sandbox, Snapshot


def render_clock(clock: SandboxClock) -> Json:
    """Write a ``Clock``."""
    setting = clock.setting
    return {
        "now": clock.now().isoformat(),
        "mode": setting.mode,
        "offset_seconds": 0 if setting.frozen_at else setting.offset.total_seconds(),
    }


def change_clock(clock: SandboxClock, body: Json) -> None:
    """Carry out a ``ClockSetting``. Raises NotPossible, ClockError."""
    mode = body["mode"]
    for name, goes_with in (("at", "frozen"), ("offset_seconds", "offset")):
        if name in body and mode != goes_with:
            raise NotPossible(f"{name} goes with the mode {goes_with}, not with {mode}.")
    if mode == "frozen":
        clock.freeze(parse_instant(body["at"]) if "at" in body else None)
    elif mode == "real":
        clock.change(ClockSetting())
    else:
        ahead = body.get("offset_seconds")
        clock.run(None if ahead is None else timedelta(seconds=ahead))


def render_sandbox(sandbox: Sandbox) -> Json:
    """Write a ``Sandbox``."""
    traffic = sandbox.traffic
    return {
        "name": sandbox.name,
        "events": sandbox.seq,
        "accounts": len(sandbox.listed()),
        "exchanges": len(traffic.exchanges),
        "faults": len(traffic.faults.all()),
        "snapshots": list(sandbox.snapshots),
        "clock": render_clock(sandbox.clock),
    }


def render_snapshot(name: str, snapshot: Snapshot) -> Json:
    """Write a ``Snapshot``."""
    return {"name": name, "events": snapshot.seq, "clock": snapshot.clock.mode}


def parse_fault(body: Json) -> Fault:
    """Read a ``FaultToAdd``. Raises NotPossible."""
    breaks, answer = body.get("breaks"), body.get("answer")
    fault = Fault(
        fault_id=body.get("fault_id", ""),
        stage=Stage(body.get("stage", "before_validation")),
        operations=tuple(body["operations"]) if "operations" in body else None,
        account_id=body.get("account_id"),
        skip=body.get("skip", 0),
        times=body.get("times"),
        probability=body.get("probability", 1),
        seed=body.get("seed", 0),
        since=parse_instant(body["since"]) if "since" in body else None,
        until=parse_instant(body["until"]) if "until" in body else None,
        delay=_parse_delay(body["delay"]) if "delay" in body else None,
        answer=None if answer is None else _parse_answer(answer),
        breaks=None if breaks is None else Break(breaks),
        bytes_per_second=body.get("bytes_per_second"),
    )
    if problem := fault.problem:
        raise NotPossible(problem)
    return fault


def _parse_delay(body: Json) -> Delay:
    if "max_ms" in body and "sigma" in body:
        raise NotPossible("A delay has max_ms or sigma, not both.")
    if "max_ms" in body:
        if body["max_ms"] < body["ms"]:
            raise NotPossible(f"max_ms is {body['max_ms']}, which is less than ms, {body['ms']}.")
        return Delay("uniform", body["ms"], body["max_ms"])
    if "sigma" in body:
        return Delay("lognormal", body["ms"], body["sigma"])
    return Delay("fixed", body["ms"])


def _render_delay(delay: Delay) -> Json:
    further = {"fixed": None, "uniform": "max_ms", "lognormal": "sigma"}[delay.distribution]
    return {"ms": delay.low} | ({further: delay.high} if further else {})


def _parse_answer(body: Json) -> FaultAnswer:
    status, sent = body["status"], body.get("body", _ABSENT)
    if sent is _ABSENT:
        sent = {"error": {"code": "fault", "message": "A fault answers this."}}
    is_text = isinstance(sent, str)
    fields = {"Content-Type": "text/plain; charset=utf-8" if is_text else "application/json"}
    for name, value in body.get("headers", {}).items():
        if not isinstance(value, str):
            raise NotPossible(f"The header {name} is no text.")
        fields = {known: v for known, v in fields.items() if known.lower() != name.lower()}
        fields[name] = value
    return FaultAnswer(status, sent.encode() if is_text else dumps(sent), tuple(fields.items()))


_ABSENT: Any = object()


def render_fault(fault: Fault, struck: int) -> Json:
    """Write a ``Fault``."""
    shown: dict[str, Json] = {
        "fault_id": fault.fault_id,
        "stage": fault.stage.value,
        "operations": None if fault.operations is None else list(fault.operations),
        "account_id": fault.account_id,
        "skip": fault.skip,
        "times": fault.times,
        "probability": fault.probability,
        "seed": fault.seed,
        "since": None if fault.since is None else fault.since.isoformat(),
        "until": None if fault.until is None else fault.until.isoformat(),
        "delay": None if fault.delay is None else _render_delay(fault.delay),
        "answer": None if fault.answer is None else _render_answer(fault.answer),
        "breaks": None if fault.breaks is None else fault.breaks.value,
        "bytes_per_second": fault.bytes_per_second,
    }
    return {k: v for k, v in shown.items() if v is not None} | {"struck": struck}


def _render_answer(answer: FaultAnswer) -> Json:
    body = answer.body.decode("utf-8", "replace")
    return {"status": answer.status, "body": body, "headers": dict(answer.headers)}


def render_rate(rate: Rate | None) -> Json:
    """Write a ``RateLimit``."""
    return {"rate": None if rate is None else rate._asdict()}


def parse_match(values: Json) -> Match:
    """Read a ``Match``, or the parameters that say the same; methods in any case."""
    given = {name: values[name] for name in Match._fields if name in values}
    if "method" in given:
        given["method"] = given["method"].upper()
    return Match(**given)


def parse_assertion(body: Json) -> Assertion:
    """Read an ``Assertion``. Raises NotPossible."""
    if "called" in body and {"at_least", "at_most"} & body.keys():
        raise NotPossible("Say called, or at_least and at_most, not both.")
    called = body.get("called")
    low, high = body.get("at_least", called or 0), body.get("at_most", called)
    if high is not None and low > high:
        raise NotPossible(f"at_least is {low}, which is more than at_most, {high}: never.")
    return Assertion(
        match=parse_match(body.get("match", {})),
        at_least=low,
        at_most=high,
        sequence=tuple(parse_match(step) for step in body.get("sequence", ())),
    )


def render_exchanges(exchanges: Exchanges, query: Json) -> Json:
    """Write the ``Exchanges`` that a query means."""
    match = parse_match(query)
    found = list(exchanges.matching(match))
    limit = query["limit"]
    return {
        "results": [_render_exchange(exchange) for exchange in found[-limit:]],
        "complete": len(found) <= limit and exchanges.is_complete(match),
        "last_number": exchanges.next_number - 1,
    }


def _render_exchange(exchange: Exchange) -> Json:
    return {
        "number": exchange.number,
        "at": exchange.at.isoformat(),
        "seconds": round(exchange.seconds, 6),
        "method": exchange.method,
        "target": exchange.target,
        "operation": exchange.operation,
        "account_id": exchange.account_id,
        "status": exchange.status,
        "decided": exchange.decided,
        "fault_id": exchange.fault_id,
        "fault_ids": list(exchange.fault_ids),
        "client_left": exchange.client_left,
        "request": _render_message(exchange.request_headers, exchange.request_body),
        "answer": _render_message(exchange.answer_headers, exchange.answer_body),
    }


def _render_message(headers: Headers, body: bytes) -> Json:
    pairs = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
    return {"headers": pairs, "body": body.decode("utf-8", "replace")}
