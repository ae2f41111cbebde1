"""Lets the kit, and other tools, loose on the zoo, and writes what they found as a table.

``make zoo`` runs it: the command itself, as a user would start it. A correct server has to be kept
in every seed, a defect found. Two quick runs at once share the machine; what they miss is looked at
again alone. A full run does all that a quick one does, so it is made, alone, where the quick one
found nothing that its layer names, and on a sample of the others. That takes hours: ``--log`` keeps
each verdict in a file, and what is in it is not judged again.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from contract_tests.running import DEFAULTS
from tests.zoo.catalogue import LAYERS, Breed, breeds
from tests.zoo.guard import TOKEN
from tests.zoo.others import ACCOUNTS, Complains, others

DOCS = Path(__file__).parent.parent.parent / "docs" / "kit.md"
_MARKS = ("<!-- zoo -->\n", "<!-- /zoo -->\n")
_READY = re.compile(r"http://\S+")
_STEERED = ("--layer", "model,shape")
"""What a seed steers; the rest is the same in each."""
_BROKEN = 1
"""The exit code of a check that found something."""


class Verdict(NamedTuple):
    """What the command said of one server."""

    breed: Breed
    is_broken: bool
    rules: tuple[str, ...]
    """The broken rules, the first found first."""
    layers: frozenset[str]
    """The layers they are of, or were found in."""
    seconds: float


def options(*, quick: bool, seed: int) -> dict[str, Any]:
    """Give the options that a zoo server is checked with, as those of a run in this process."""
    named = {"token": TOKEN, "account": ACCOUNTS, "allow_writes": True}
    return {**DEFAULTS, **named, "quick": quick, "seed": seed}


@contextmanager
def served(breed: Breed) -> Iterator[str]:
    """Start a server in a process of its own; give its URL."""
    command = [sys.executable, "-m", "tests.zoo", breed.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = _READY.search(server.stdout.readline())
            assert ready is not None, f"{breed.name} did not start"
            yield ready[0]
        finally:
            server.kill()


def judged(breed: Breed, *, quick: bool, seed: int = 1) -> Verdict:
    """Check one server by the command; all of it with the first seed only."""
    named = [part for of in ACCOUNTS for part in ("--account", of)]
    how = ["--token", TOKEN, "--allow-writes", "--seed", str(seed), *(["--quick"] * quick)]
    how += _STEERED if seed > 1 else ()
    with served(breed) as url, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "check.sarif"
        command = [sys.executable, "-m", "mockserver", "check", url, *named, *how]
        began = time.monotonic()
        check = subprocess.run([*command, "--sarif", str(report)], capture_output=True, check=False)
        seconds = time.monotonic() - began
        said = check.stderr.decode()
        assert check.returncode in (0, _BROKEN), f"{breed.name}: {said}"
        results = json.loads(report.read_text(encoding="utf-8"))["runs"][0]["results"]
    found = [of for of in results if of["level"] == "error"]
    rules = tuple(str(of["ruleId"]) for of in found)
    layers = {rule.partition(".")[0] for rule in rules} | {
        str(of["properties"]["layer"]) for of in found
    }
    return Verdict(breed, check.returncode == _BROKEN, rules, frozenset(layers), seconds)


class Log:
    """The verdicts of a run, a line each, in a file; those that are in it are not made again."""

    def __init__(self, path: Path | None) -> None:
        """Read the file, if there is one. Without a path nothing is kept."""
        self._path = path
        text = path.read_text(encoding="utf-8") if path and path.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        self._known = {(of["breed"], of["quick"], of["seed"]): of for of in lines}

    def judged(self, breed: Breed, *, quick: bool, seed: int = 1) -> Verdict:
        """Give the verdict of the file, or check the server and add it."""
        known = self._known.get((breed.name, quick, seed))
        if known is not None:
            rules, layers = tuple(known["rules"]), frozenset(known["layers"])
            return Verdict(breed, known["is_broken"], rules, layers, known["seconds"])
        verdict = judged(breed, quick=quick, seed=seed)
        if self._path is not None:
            told = {**verdict._asdict(), "layers": sorted(verdict.layers)}
            told |= {"breed": breed.name, "quick": quick, "seed": seed}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")
        return verdict


class Row(NamedTuple):
    """What became of the defects of one layer."""

    layer: str
    defects: int
    found: int
    named: int
    quickly: int
    sample: int
    by_others: tuple[int, ...]


def table(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Give the rows, and their sums, as Markdown; ``names`` are those of other tools."""
    whole = Row(
        "all",
        defects=sum(row.defects for row in rows),
        found=sum(row.found for row in rows),
        named=sum(row.named for row in rows),
        quickly=sum(row.quickly for row in rows),
        sample=sum(row.sample for row in rows),
        by_others=tuple(map(sum, zip(*(row.by_others for row in rows), strict=True))),
    )
    heads = ("layer", "defects", "found", "by a rule of that layer", "`--quick`", *names)
    lines = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 1)}"]
    for row in (*rows, whole):
        told = [f"{of} of {row.sample}" if row.sample else "-" for of in row.by_others]
        figures = (row.layer, row.defects, row.found, row.named, row.quickly, *told)
        lines.append(f"| {' | '.join(map(str, figures))} |")
    return "\n".join(lines)


def _each(
    work: Callable[[Breed], Verdict], wanted: Sequence[Breed], told: str, jobs: int = 1
) -> list[Verdict]:
    """Let ``work`` judge servers, one after the other where it matters how long that takes."""
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(jobs) as pool:
        verdicts += pool.map(work, wanted)
    for verdict in verdicts:
        breed = verdict.breed
        if verdict.is_broken == (breed.kind == "correct"):
            click.echo(f"{told}: {breed.name} ({breed.sentence}) {verdict.rules}")
    return verdicts


def _quick(log: Path | None, wanted: Sequence[Breed]) -> list[Verdict]:
    """Give the verdicts of quick runs, two at once; on what they miss, those of runs alone."""
    first = _each(partial(Log(log).judged, quick=True), wanted, "missed with other work", jobs=2)
    missed = [verdict.breed for verdict in first if not verdict.is_broken]
    log_of_again = None if log is None else log.with_name(f"{log.name}.alone")
    again = _each(partial(Log(log_of_again).judged, quick=True), missed, "missed by --quick")
    by_name = {verdict.breed.name: verdict for verdict in (*first, *again)}
    return list(by_name.values())


def _complaints(
    tools: Mapping[str, Complains], wanted: Sequence[Breed]
) -> Mapping[str, tuple[bool, ...]]:
    """Give for each server which of the other tools complain about it."""
    said = {}
    for breed in wanted:
        answers = []
        for complains in tools.values():
            with served(breed) as url:  # each finds it as it was started
                answers.append(complains(url))
        said[breed.name] = tuple(answers)
    return said


@click.command()
@click.option("--every", default=1, help="Only each n-th defect.")
@click.option("--seeds", default=2, help="How often each correct server is checked.")
@click.option("--sample", default=10, help="A full run, and other tools, on each n-th of these.")
@click.option("--log", type=click.Path(path_type=Path), help="Keep the verdicts in this file.")
@click.option("--write", is_flag=True, help="Write the table to docs/kit.md.")
def main(every: int, seeds: int, sample: int, log: Path | None, *, write: bool) -> None:
    """Judge the zoo. Exit code 1: a false alarm, or a defect that was not found."""
    judge = Log(log).judged
    known = list(breeds().values())
    correct = [breed for breed in known if breed.kind == "correct"]
    defects = [breed for breed in known if breed.kind == "defect"][::every]
    quick = _quick(log, defects)
    unnamed = [of.breed for of in quick if of.breed.layer not in of.layers]
    sampled = defects[::sample]
    again = [breed for breed in defects if breed in unnamed or breed in sampled]
    whole = _each(partial(judge, quick=False), again, "missed")
    runs = [partial(judge, quick=False, seed=seed) for seed in range(1, seeds + 1)]
    runs.append(partial(judge, quick=True))
    alarms = sum(of.is_broken for run in runs for of in _each(run, correct, "false alarm", jobs=2))
    tools = others()
    said = _complaints(tools, (*sampled, *correct[::sample]))
    by_name = {verdict.breed.name: verdict for verdict in (*quick, *whole)}
    for verdict in by_name.values():
        if verdict.is_broken and verdict.breed.layer not in verdict.layers:
            click.echo(f"found by another layer: {verdict.breed.name} {verdict.rules}")
    rows = [_row(layer, quick, by_name, said, len(tools)) for layer in LAYERS]
    more = f", and what a seed steers in {seeds - 1} more" if seeds > 1 else ""
    text = (
        f"{table(rows, list(tools))}\n\n{len(correct)} correct servers, each in a quick run and a "
        f"full one{more}: {alarms} false alarms. {_alarms_of(tools, said, correct)}\n\n"
        f"{_costs('A full run', whole)} {_costs('A quick one', quick)}\n"
    )
    click.echo(text)
    if write:
        before, _, rest = DOCS.read_text(encoding="utf-8").partition(_MARKS[0])
        after = rest.partition(_MARKS[1])[2]
        DOCS.write_text(f"{before}{_MARKS[0]}{text}{_MARKS[1]}{after}", encoding="utf-8")
    sys.exit(1 if alarms or any(not verdict.is_broken for verdict in whole) else 0)


def _row(
    layer: str,
    quick: Sequence[Verdict],
    whole: Mapping[str, Verdict],
    said: Mapping[str, tuple[bool, ...]],
    tools: int,
) -> Row:
    """Give what became of a layer; ``whole`` has the last verdict on each of its defects."""
    mine = [verdict for verdict in quick if verdict.breed.layer == layer]
    last = [whole[verdict.breed.name] for verdict in mine]
    asked = [said[of.breed.name] for of in mine if of.breed.name in said]
    return Row(
        layer,
        len(mine),
        sum(of.is_broken for of in last),
        sum(layer in of.layers for of in last),
        sum(of.is_broken for of in mine),
        len(asked),
        tuple(sum(of[number] for of in asked) for number in range(tools)),
    )


def _alarms_of(
    tools: Mapping[str, Complains], said: Mapping[str, tuple[bool, ...]], correct: Sequence[Breed]
) -> str:
    asked = [said[breed.name] for breed in correct if breed.name in said]
    counts = [
        f"{name} about {sum(of[number] for of in asked)}" for number, name in enumerate(tools)
    ]
    return f"Of {len(asked)} of them that were tried, others complain: {', '.join(counts)}."


def _costs(what: str, verdicts: Sequence[Verdict]) -> str:
    seconds = sorted(verdict.seconds for verdict in verdicts)
    half, most = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
    return (
        f"{what} takes {half:.1f} s (median; {most:.1f} s for 95 % of them, {seconds[-1]:.1f} s at "
        "most)."
    )


if __name__ == "__main__":
    main()
