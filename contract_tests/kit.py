"""A run: what there is on a server, layer by layer, and again where something is broken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from contract_tests.assuming.register import examine
from contract_tests.bench import Bench
from contract_tests.ending import StoppableClient, taking_back
from contract_tests.findings import (
    AssumptionResult,
    AssumptionState,
    Report,
)
from contract_tests.layers import Progress, Run
from contract_tests.pace import (
    FULL_SECONDS,
    QUICK_SECONDS,
    QUICK_TIMEOUT,
    UNDO_GRACE_SECONDS,
    for_undoing,
    quick_timeout,
)
from contract_tests.plan import Plan
from contract_tests.rules import LAYERS, assumptions
from contract_tests.start import first_look
from contract_tests.target import Target
from contract_tests.undo import undo


def check(
    target: Target, plan: Plan, version: str, progress: Progress, since: float | None = None
) -> Report:
    """Check a server. Raises TargetError, StoppedError.

    ``since`` is the instant of ``time.monotonic`` from which the budget counts, if it is not now.
    """
    start = time.monotonic() if since is None else since
    began = datetime.now(UTC)
    end = start + (plan.budget_seconds or (QUICK_SECONDS if plan.is_quick else FULL_SECONDS))
    if plan.is_quick:
        target = target._replace(timeout_seconds=min(target.timeout_seconds, QUICK_TIMEOUT))
    client = StoppableClient(target, end)
    try:
        bench = first_look(client, plan.seed, is_quick=plan.is_quick)
        client.deadline -= for_undoing(client)
        if plan.is_quick:
            bench.wait_no_longer_than(quick_timeout(client))
        run = Run(bench, plan, end)
        with taking_back(bench):
            layers = list(run.layers(progress))
            findings = run.findings()
            assumed = _assumed(bench, plan)
            until = max(end, time.monotonic() + for_undoing(client))
            client.deadline = until + UNDO_GRACE_SECONDS
            left_behind = undo(bench)
    finally:
        client.close()
    return Report(
        url=target.url,
        version=version,
        seed=plan.seed,
        is_quick=plan.is_quick,
        is_strict=plan.is_strict,
        began=began,
        seconds=time.monotonic() - start,
        layers=layers,
        rules=run.results(),
        findings=findings,
        assumptions=assumed,
        coverage=Counter((e.request.operation or "", e.status) for e in client.exchanges),
        exchanges=client.exchanges,
        left_behind=left_behind,
        notes=[*run.notes, *bench.notes],
    )


def _assumed(bench: Bench, plan: Plan) -> Sequence[AssumptionResult]:
    """Ask what the server does where nobody documents what is right."""
    if not plan.is_quick and set(plan.layers) == set(LAYERS):
        return examine(bench, everything=plan.everything)
    why = "not in a quick run" if plan.is_quick else "not in a run of some layers"
    untested = AssumptionState.UNTESTED
    return [AssumptionResult(of, untested, why) for of in assumptions().values()]
