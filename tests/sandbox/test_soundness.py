"""What a ledger brought about, it brings about again: any export that nobody changed is taken."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from mockserver.ledger.account import Account
from mockserver.ledger.commands import (
    Processing,
    Reversal,
    ReverseCharge,
    ReversePayment,
    Roll,
    WaiveFee,
)
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket
from mockserver.sandbox.export import exported, import_into
from mockserver.sandbox.sandbox import Sandbox, Setup
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.verify import broken
from mockserver.seeding.plan import carry_out
from mockserver.seeding.scenario import load
from mockserver.store.memory import MemoryJournal
from tests.building import NOW
from tests.conftest import TestClock

POSTED = (
    *(ItemType.CHARGE, ItemType.PAYMENT, ItemType.DEBIT_OFFSET, ItemType.MANUAL_FEE),
    *(ItemType.CREDIT_OFFSET, ItemType.CREDIT_OFFSET_INTEREST, ItemType.REFUND),
)
STEPS = 250


def live(sandbox: Sandbox, clock: TestClock, dice: random.Random, step: int) -> None:
    """Let something happen to an account."""
    account = sandbox.state.find(dice.choice(sandbox.account_ids()))
    assert isinstance(account, Account)
    account_id = account.terms.account_id
    far = timedelta(microseconds=dice.choice([0, 1, 2, 10**6]), days=dice.randrange(-400, 90))
    match dice.randrange(10):
        case 0 | 1 if len(account.items):
            back = account_id, dice.choice([item.line_item_id for item in account.items])
            reversals: list[Reversal] = [
                ReversePayment(*back),
                ReverseCharge(*back),
                WaiveFee(*back),
            ]
            sandbox.apply(dice.choice(reversals))
        case 2:
            sandbox.apply(Roll(account_id, clock.now() + timedelta(days=dice.randrange(-40, 60))))
        case 3:
            clock.advance(seconds=dice.choice([0, 1, 86_400 * dice.randrange(40)]))
            sandbox.account(account_id)
        case _:
            line_item_id = dice.choice([None, f"li_{step}"])
            at = dice.choice([None, clock.now() + far])
            bucket = dice.choice([None, *Bucket])
            cents = dice.randrange(90_000)
            post = Post(account_id, dice.choice(POSTED), cents, line_item_id, at, bucket)
            sandbox.apply(post)


@pytest.mark.parametrize("processing", Processing)
@pytest.mark.parametrize("name", ["sample", "overdue", "in_credit", "one_dollar_each"])
def test_whatever_happened_can_be_imported(
    clock: TestClock, name: str, processing: Processing
) -> None:
    scenario, dice = load(name), random.Random(name)
    clock.time = NOW
    seed = carry_out(scenario.plans, scenario.customers, NOW)
    sandboxes = Sandboxes(Setup(seed, processing), MemoryJournal(), clock)
    one, two = sandboxes.get("one"), sandboxes.get("two")
    for step in range(STEPS):
        live(one, clock, dice, step)

    import_into(two, json.loads(exported(one.held())))
    assert two.seq > STEPS / 3
    assert two.digest() == one.digest()
    assert broken(two.held()) == []
