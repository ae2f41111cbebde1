"""Model: whatever is done in whatever order, the outcome is that of a simple model."""

from __future__ import annotations

from contract_tests.bench import Bench, UntestedError
from contract_tests.probe import Turn, probe
from contract_tests.reading import READ_ACCOUNT


@probe("model", "model.sequences", turn=Turn.FULL)
def sequences(bench: Bench) -> None:
    """Totals and items are those of a simple model."""
    if READ_ACCOUNT not in bench.reads:
        raise UntestedError("the server has no GET /accounts/{account_id}")
    # not at the top: a quick run has no use for Hypothesis, which takes long to import
    from contract_tests.machine import run_sequences  # noqa: PLC0415 - as said

    run_sequences(bench)
