"""Sends what a finding shows once more, alone, as its command does when it is pasted."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import NamedTuple

from contract_tests import curl
from contract_tests.bench import RUN, Bench, Break
from contract_tests.client import OutOfTimeError
from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.findings import Finding
from contract_tests.rules import rules

_MOST = 12
"""Requests of one finding."""


class Kept(NamedTuple):
    """A broken rule, the layer it was found in, and how often it showed in how many tries."""

    found: Break
    layer: str
    seen: int
    tries: int


def finding_of(bench: Bench, kept: Kept, baseline: Collection[str]) -> Finding:
    """Give what is told of a broken rule. ``baseline`` has the ids of those that are accepted."""
    found, told = _as_shown(bench, kept.found)
    commands = curl.script(bench.target, found.exchanges, found.how)
    return Finding(
        rule=rules()[found.rule_id],
        layer=kept.layer,
        expected=found.expected,
        got=found.got,
        curl=told + commands,
        seen=kept.seen,
        tries=kept.tries,
        exchanges=found.exchanges,
        is_accepted=found.rule_id in baseline,
    )


def _as_shown(bench: Bench, found: Break) -> tuple[Break, str]:
    """Give what shows ``found``, and what is to be said of it.

    What came on a connection that others shared is shown alone if it comes so too.
    """
    if found.how != "shared":
        return found, remark(bench, found)
    alone = found._replace(exchanges=found.exchanges[-1:], how="sequence")
    told = remark(bench, alone)
    is_silence = found.exchanges[-1].answer is None
    if len(found.exchanges) > _MOST or not (told or is_silence):
        return alone, told
    whole = found._replace(how="connection")
    return whole, remark(bench, whole)


def remark(bench: Bench, found: Break) -> str:
    """Say how the commands of ``found`` are answered alone, if not as in the run; else nothing.

    What shows only sometimes, takes many requests or the time of a silence, is not sent again.
    """
    if found.how == "race" or not 0 < len(found.exchanges) <= _MOST:
        return ""
    seen = found.exchanges[-1]
    if seen.answer is None:
        return ""
    try:
        again = _again(bench, found)
    except OutOfTimeError:
        return ""
    if again.status == seen.status:
        return ""
    now = again.status or "not at all"
    return f"# answered {seen.status} in the run, {now} alone: what the run did before matters\n"


def _again(bench: Bench, found: Break) -> Exchange:
    """Send what shows ``found`` with new ids; give the last exchange. Raises OutOfTimeError."""
    now = time.time_ns()
    requests = [_of_run(exchange.request, now) for exchange in found.exchanges]
    if found.how == "connection":
        with Connection(bench.target) as connection:
            return [bench.client.send(request, connection) for request in requests][-1]
    return [bench.client.send_alone(request) for request in requests][-1]


def _of_run(request: Request, now: int) -> Request:
    """Give a request with the ids of another run."""

    def renamed(text: str) -> str:
        digits = str(now // 1_000_000)
        return RUN.sub(lambda found: digits if found[0].isdigit() else f"Ck{now:x}", text)

    body = request.body
    if body is not None:
        body = renamed(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return request._replace(target=renamed(request.target), body=body)
