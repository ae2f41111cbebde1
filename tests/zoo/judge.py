"""Lets the kit, and plain Schemathesis, loose on the zoo, and writes what they found as a table.

``make zoo`` runs it. A correct server has to be kept in every seed, a defect found by a run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import click

from contract_tests.running import DEFAULTS, check_quietly
from mockserver.resources import find
from tests.zoo.catalogue import LAYERS, Breed, breeds
from tests.zoo.guard import TOKEN

DOCS = Path(__file__).parent.parent.parent / "docs" / "kit.md"
_MARKS = ("<!-- zoo -->\n", "<!-- /zoo -->\n")
ACCOUNTS = ("can_101", "can_102", "can_103")
_OPERATIONS = (
    "createAccountDebitOffset",
    "getAccount",
    "listAccountLineItems",
    "getAccountLineItem",
)
_JOBS = 2
_READY = re.compile(r"http://\S+")


class Verdict(NamedTuple):
    """What was found on one server."""

    breed: Breed
    rules: tuple[str, ...]
    """The broken rules, the first found first."""
    layers: frozenset[str]
    seconds: float


def options(*, quick: bool, seed: int) -> dict[str, Any]:
    """Give the options that a zoo server is checked with."""
    named = {"token": TOKEN, "account": ACCOUNTS, "allow_writes": True}
    return {**DEFAULTS, **named, "quick": quick, "seed": seed}


def judged(breed: Breed, *, quick: bool, seed: int) -> Verdict:
    """Check one server, in a process of its own."""
    command = [sys.executable, "-m", "tests.zoo", breed.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = _READY.search(server.stdout.readline())
            assert ready is not None, f"{breed.name} did not start"
            began = time.monotonic()
            report = check_quietly(ready[0], options(quick=quick, seed=seed))
            seconds = time.monotonic() - began
        finally:
            server.kill()
    found = [finding for finding in report.findings if not finding.is_accepted]
    layers = {finding.layer for finding in found} | {finding.rule.layer for finding in found}
    return Verdict(breed, tuple(of.rule.rule_id for of in found), frozenset(layers), seconds)


def seen_by_schemathesis(breed: Breed) -> bool:
    """Tell whether plain Schemathesis, with every check and known accounts, complains."""
    command = [sys.executable, "-m", "tests.zoo", breed.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = _READY.search(server.stdout.readline())
            assert ready is not None, f"{breed.name} did not start"
            with tempfile.TemporaryDirectory() as folder:
                return _schemathesis(ready[0], Path(folder)) != 0
        finally:
            server.kill()


def _schemathesis(url: str, folder: Path) -> int:
    config = folder / "schemathesis.toml"
    config.write_text(
        f"""\
headers = {{ Authorization = "Bearer {TOKEN}" }}
[generation]
allow-x00 = false
[dictionaries.accounts]
values = {list(ACCOUNTS)}
[parameters]
"path.account_id" = {{ dictionary = "accounts", probability = 0.95 }}
""",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    wanted = [part for of in _OPERATIONS for part in ("--include-operation-id", of)]
    options = ["--url", url, "--seed", "1", "--no-color", "--max-time", "20", *wanted]
    done = subprocess.run(
        [*command, str(find("openapi.yaml")), *options],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode


class Row(NamedTuple):
    """What became of the defects of one layer."""

    layer: str
    defects: int
    found: int
    named: int
    quickly: int
    sample: int
    by_schemathesis: int


def table(rows: Sequence[Row]) -> str:
    """Give the rows, and their sums, as Markdown."""
    total = Row("all", *(sum(of) for of in zip(*(row[1:] for row in rows), strict=True)))
    lines = [
        "| layer | defects | found | by a rule of that layer | `--quick` | plain Schemathesis |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in (*rows, total):
        others = f"{row.by_schemathesis} of {row.sample}" if row.sample else "-"
        figures = (row.layer, row.defects, row.found, row.named, row.quickly, others)
        lines.append(f"| {' | '.join(map(str, figures))} |")
    return "\n".join(lines)


def _each(work: Callable[[Breed], Verdict], wanted: Sequence[Breed], told: str) -> list[Verdict]:
    with ThreadPoolExecutor(_JOBS) as pool:
        verdicts = []
        for verdict in pool.map(work, wanted):
            verdicts.append(verdict)
            is_wrong = bool(verdict.rules) == (verdict.breed.kind == "correct")
            if is_wrong:
                click.echo(
                    f"{told}: {verdict.breed.name} ({verdict.breed.sentence}) {verdict.rules}"
                )
    return verdicts


def _alarms(correct: Sequence[Breed], seed: int) -> int:
    """Give how many correct servers a run calls broken."""
    verdicts = _each(lambda breed: judged(breed, quick=False, seed=seed), correct, "false alarm")
    return sum(bool(verdict.rules) for verdict in verdicts)


@click.command()
@click.option("--every", default=1, help="Only each n-th defect.")
@click.option("--seeds", default=2, help="How often each correct server is checked.")
@click.option("--others", default=10, help="Let Schemathesis see each n-th of these; 0 is none.")
@click.option("--write", is_flag=True, help="Write the table to docs/kit.md.")
def main(every: int, seeds: int, others: int, *, write: bool) -> None:
    """Judge the zoo. Exit code 1: a false alarm, or a defect that was not found."""
    known = list(breeds().values())
    correct = [breed for breed in known if breed.kind == "correct"]
    defects = [breed for breed in known if breed.kind == "defect"][::every]
    alarms = sum(_alarms(correct, seed) for seed in range(seeds))
    whole = _each(lambda breed: judged(breed, quick=False, seed=1), defects, "missed")
    quick = _each(lambda breed: judged(breed, quick=True, seed=1), defects, "missed by --quick")
    sample = {of.name: seen_by_schemathesis(of) for of in (defects[::others] if others else ())}
    rows = [_row(layer, whole, quick, sample) for layer in LAYERS]
    seconds = sorted(verdict.seconds for verdict in whole)
    times = sorted(verdict.seconds for verdict in quick)
    text = (
        f"{table(rows)}\n\n{len(correct)} correct servers, each in {seeds} seeds: {alarms} false "
        f"alarms. Seconds per server, median and longest: {seconds[len(seconds) // 2]:.1f} and "
        f"{seconds[-1]:.1f}; with `--quick` {times[len(times) // 2]:.1f} and {times[-1]:.1f}.\n"
    )
    click.echo(text)
    if write:
        before, _, rest = DOCS.read_text(encoding="utf-8").partition(_MARKS[0])
        after = rest.partition(_MARKS[1])[2]
        DOCS.write_text(f"{before}{_MARKS[0]}{text}{_MARKS[1]}{after}", encoding="utf-8")
    sys.exit(1 if alarms or any(not verdict.rules for verdict in whole) else 0)


def _row(
    layer: str, whole: Sequence[Verdict], quick: Sequence[Verdict], sample: dict[str, bool]
) -> Row:
    mine = [verdict for verdict in whole if verdict.breed.layer == layer]
    asked = [sample[of.breed.name] for of in mine if of.breed.name in sample]
    return Row(
        layer,
        len(mine),
        sum(bool(of.rules) for of in mine),
        sum(layer in of.layers for of in mine),
        sum(bool(of.rules) for of in quick if of.breed.layer == layer),
        len(asked),
        sum(asked),
    )


if __name__ == "__main__":
    main()
