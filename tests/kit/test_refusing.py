"""What is refused, or repeated, and counts all the same, is found one by one, or else together."""

from __future__ import annotations

import itertools

from contract_tests.probes.records_repeats import repeats_of_odd_ids
from contract_tests.probes.refuses import allocations, amounts
from tests.kit.looking import looking
from tests.zoo.api import Zoo
from tests.zoo.ledger import Bucket
from tests.zoo.messages import Answer, Request


class TakesNow(Zoo):
    """Takes a cent for one request, the one with this number, whatever it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.count = itertools.count(1)

    def handle(self, request: Request) -> Answer:
        if next(self.count) == self.number:
            self.accounts["can_101"].owed_cents[Bucket.PRINCIPAL] -= 1
        return super().handle(request)

    def take_in(self, requests: int) -> None:
        """Let it be so many requests from now."""
        self.number = next(self.count) + requests


class TakesRefused(Zoo):
    """Takes a cent for an amount that it refuses."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if answer.status == 422 and b'"0x2"' in request.body:
            self.accounts["can_101"].owed_cents[Bucket.PRINCIPAL] -= 1
        return answer


def test_what_is_recorded_alone_is_told_alone() -> None:
    with looking(TakesRefused()) as bench:
        amounts(bench)

    found = bench.breaks[0]
    assert found.rule_id == "refuses.nothing-recorded"
    assert found.expected == 'the refusal of original_amount_cents "0x2" leaves no trace'
    assert len(found.exchanges) == 3


def test_what_is_recorded_together_only_is_told_together() -> None:
    zoo = TakesNow()
    with looking(zoo) as bench:
        zoo.take_in(10)
        allocations(bench)

    found = bench.breaks[0]
    assert (found.rule_id, found.expected) == (
        "refuses.nothing-recorded",
        "refusals leave no trace",
    )
    assert "became total" in found.got
    assert len(found.exchanges) > 20


def test_a_repeat_that_posts_together_only_is_told_together() -> None:
    zoo = TakesNow()
    with looking(zoo) as bench:
        zoo.take_in(14)
        repeats_of_odd_ids(bench)

    found = bench.breaks[0]
    assert (found.rule_id, found.expected) == (
        "records.repeat",
        "nothing posted by repeats of these ids",
    )
    assert len(found.exchanges) == 18
