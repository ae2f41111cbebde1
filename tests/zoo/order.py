"""Tells how soon a quick run sees the defects of the zoo in the order that it has.

``python -m tests.zoo.order`` prints, for each probe, its requests and milliseconds, how many
defects it sees, how many of them no other one sees; then how many are seen within so long. Who
changes ``contract_tests/quick_order.py`` compares that before and after; the probes of other orders
can be given as arguments.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

import contract_tests.probes  # noqa: F401 - so that all probes are there
from contract_tests.bench import Bench
from contract_tests.client import Client
from contract_tests.plan import ORDER
from contract_tests.probe import Probe, first_of, named
from contract_tests.quick_order import QUICK_ORDER
from contract_tests.start import first_look
from contract_tests.target import Target
from tests.zoo.catalogue import Breed, breeds
from tests.zoo.guard import TOKEN
from tests.zoo.judge import served
from tests.zoo.others import ACCOUNTS

_SECONDS = 15.0
_WITHIN_MS = (200, 300, 450, 650, 900, 1200, 1500, 2000, 3000)


class Looked(NamedTuple):
    """What a probe took, and whether it saw a broken rule."""

    requests: int
    ms: float
    is_seen: bool


def seen_on(breed: Breed, probes: Sequence[Probe]) -> Mapping[str, Looked]:
    """Give for each probe what it took on a server, and whether it saw a broken rule."""
    seen = {}
    with served(breed) as url:
        target = Target(url, TOKEN, tuple(ACCOUNTS), allows_writes=True, timeout_seconds=1.0)
        client = Client(target, time.monotonic() + _SECONDS)
        bench = first_look(client, 1, is_quick=True)
        for probe in probes:
            seen[probe.name] = _looked(bench, probe)
        client.close()
    return seen


def _looked(bench: Bench, probe: Probe) -> Looked:
    known, began = len(bench.client.exchanges), time.perf_counter()
    bench.breaks.clear()
    with contextlib.suppress(Exception):  # what it could not see is no defect
        probe.look(bench)
    ms = 1000 * (time.perf_counter() - began)
    return Looked(len(bench.client.exchanges) - known, ms, bool(bench.breaks))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--every", default=7, help="Only each n-th defect.")
def main(names: tuple[str, ...], every: int) -> None:
    """Let each probe look at defects, and tell what it sees."""
    probes = [*first_of(ORDER), *named(names or QUICK_ORDER)]
    defects = [breed for breed in breeds().values() if breed.kind == "defect"][::every]
    all_seen = [seen_on(breed, probes) for breed in defects]
    by_defect = [{name for name, of in seen.items() if of.is_seen} for seen in all_seen]
    spent, when = 0.0, {}
    click.echo("requests     ms  so far  defects  seen by it only")
    for probe in probes:
        looks = [seen[probe.name] for seen in all_seen]
        requests, ms = (statistics.median(of) for of in zip(*[of[:2] for of in looks], strict=True))
        spent += ms
        when[probe.name] = spent
        mine = [by for by in by_defect if probe.name in by]
        alone = sum(len(by) == 1 for by in mine)
        told = f"{requests:8g} {ms:6.1f} {spent:7.0f} {len(mine):8} {alone:8}"
        click.echo(f"{told}  {probe.name}")
    first = [min((when[name] for name in by), default=float("inf")) for by in by_defect]
    for within in _WITHIN_MS:
        click.echo(f"{sum(at <= within for at in first)} of {len(defects)} in {within} ms")


if __name__ == "__main__":
    main()
