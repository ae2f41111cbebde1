"""A bench on a server of the zoo, for tests of one probe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contract_tests.bench import Bench
from contract_tests.client import Client
from contract_tests.probe import Look
from contract_tests.start import first_look
from contract_tests.target import Target
from tests.zoo.api import Zoo
from tests.zoo.catalogue import breeds
from tests.zoo.guard import TOKEN
from tests.zoo.server import running

A = "can_101"


@contextmanager
def looking(zoo: Zoo, *accounts: str, is_quick: bool = True, **how: Any) -> Iterator[Bench]:
    """Give a bench on a server, after the first look, which posts a cent to each account."""
    with running(zoo) as url:
        target = Target(url, TOKEN, accounts or (A,), allows_writes=True)._replace(**how)
        client = Client(target, time.monotonic() + 30)
        try:
            yield first_look(client, 1, is_quick=is_quick)
        finally:
            client.close()


def broken(look: Look, name: str, *accounts: str, looks: int = 1) -> list[str]:
    """Give the rules that a server of the zoo breaks, in one of so many looks.

    Chance has its part in a race: one look in fifty is in vain.
    """
    with looking(breeds()[name].made(), *accounts) as bench:
        bench.breaks.clear()  # what the first look saw
        for _ in range(looks):
            if not bench.breaks:
                look(bench)
        return [of.rule_id for of in bench.breaks]
