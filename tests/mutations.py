"""Breaks the ledger on purpose, one rule at a time, and tells whether a test notices.

Each mutation is a piece of code and what stands there instead. Run it with ``make mutations``; it
works on a copy, and fails if a mutation survives or no longer applies.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).parent.parent


class Mutation(NamedTuple):
    """A rule that is broken: in which module, and how."""

    rule: str
    module: str
    old: str
    new: str


MUTATIONS = (
    Mutation(
        "available credit counts CREDIT_OFFSET",
        "lots",
        "if item_type is ItemType.CHARGE:",
        "if item_type in (ItemType.CHARGE, ItemType.CREDIT_OFFSET):",
    ),
    Mutation(
        "available credit counts PAYMENT_REVERSAL",
        "views",
        "account.figures.loans_cents + more_cents",
        "account.figures.loans_cents + account.figures.reversals_cents + more_cents",
    ),
    Mutation(
        "available credit has no lower clamp",
        "views",
        "return max(0, min(limit_cents, limit_cents - used_cents))",
        "return min(limit_cents, limit_cents - used_cents)",
    ),
    Mutation(
        "available credit uses the total balance",
        "views",
        "used_cents = account.figures.charges_cents + account.figures.loans_cents + more_cents",
        "used_cents = account.figures.owed.total_cents + more_cents",
    ),
    Mutation(
        "a debit offset ignores its allocation",
        "due",
        "first = Bucket.PRINCIPAL if allocation is None else allocation",
        "first = Bucket.PRINCIPAL",
    ),
    Mutation(
        "everything pours to principal",
        "due",
        "return pour(-amount_cents, account.figures.owed, DEFAULT_ORDER)",
        "return pour(-amount_cents, account.figures.owed, ORDER_BY_ALLOCATION[Bucket.PRINCIPAL])",
    ),
    Mutation(
        "an unallocated debit offset pours fees first",
        "due",
        "first = Bucket.PRINCIPAL if allocation is None else allocation",
        "first = Bucket.FEE if allocation is None else allocation",
    ),
    Mutation(
        "interest rounds half up",
        "interest",
        "return principal_cents * numerator // denominator",
        "return (2 * principal_cents * numerator + denominator) // (2 * denominator)",
    ),
    Mutation("a year has 360 days", "interest", "_DAYS_PER_YEAR = 365", "_DAYS_PER_YEAR = 360"),
    Mutation(
        "interest compounds",
        "closing",
        "interest_cents(terms, principal_cents, is_first=False)",
        "interest_cents(terms, owed.total_cents - figures.surplus_cents, is_first=False)",
    ),
    Mutation(
        "lists are ascending",
        "ordered",
        "for chunk in reversed(chunks[:at]):\n            yield from reversed(chunk)",
        "for chunk in chunks[:at]:\n            yield from chunk",
    ),
    Mutation(
        "the statement's principal includes PAYMENT_REVERSAL",
        "lots",
        "return 2 if item_type is ItemType.PAYMENT_REVERSAL else 3",
        "return 3",
    ),
    Mutation(
        "a cycle ends a day early",
        "calendar",
        "return date_after(local_date(opened_at, zone), interval) + _DAY",
        "return date_after(local_date(opened_at, zone), interval)",
    ),
    Mutation(
        "midnights are those of UTC",
        "calendar",
        "return local.replace(tzinfo=UTC) - offset",
        "return local.replace(tzinfo=UTC)",
    ),
    Mutation(
        "dates are those of UTC",
        "calendar",
        "return instant.astimezone(zone).date()",
        "return instant.astimezone(UTC).date()",
    ),
    Mutation(
        "a roll excludes the cycle that ends with it",
        "due",
        "if draft.account.standing.schedule.cycle_end <= end:",
        "if draft.account.standing.schedule.cycle_end < end:",
    ),
    Mutation(
        "a cycle is closed past what comes before its end",
        "closing",
        "schedule.next_beside_cycles(),",
        "LAST,",
    ),
    Mutation(
        "a cancellation is on statements of cycles before it",
        "evolve",
        "if event.item.effective_at >= standing.schedule.cycle_end:",
        "if False:",
    ),
    Mutation(
        "overflow is lost",
        "lots",
        "left_cents += surplus_cents",
        "left_cents += 0 * surplus_cents",
    ),
    Mutation(
        "the newest lot is paid first",
        "lots",
        "lot = lots.head\n",
        "lot = next(lots.below(), None)\n",
    ),
    Mutation(
        "a reversal gives everything back as principal",
        "reversing",
        "(ItemType.PAYMENT_REVERSAL_FEE, taken.fee_cents),",
        "(ItemType.PAYMENT_REVERSAL, taken.fee_cents),",
    ),
    Mutation(
        "a reversed payment stays in the sum of payments",
        "evolve",
        "paid_cents=figures.paid_cents + payment.amount_cents,",
        "paid_cents=figures.paid_cents,",
    ),
    Mutation(
        "taking back lets time pass",
        "reversing",
        "carry_out_to(draft, min(item.effective_at, draft.now))",
        "carry_out_to(draft, item.effective_at)",
    ),
    Mutation(
        "a reversal is answered with its last item",
        "reversing",
        "return draft.accepted(items[0])",
        "return draft.accepted(items[-1])",
    ),
    Mutation(
        "an early reversal pays the charge, not the loan",
        "reversing",
        "if draft.account.standing.schedule.loan_at <= draft.now:",
        "if draft is None:",
    ),
    Mutation(
        "future offsets count at once",
        "views",
        "if item.effective_at <= now or not item.item_type.rule.waits_for_effect:",
        "if item is not None:",
    ),
    Mutation(
        "a statement counts what waits for later",
        "closing",
        "credit_left_cents(account, charges_cents)",
        "credit_left_cents(account, sum(i.amount_cents for i in account.waiting))",
    ),
    Mutation(
        "the status that an account has is set again",
        "decide",
        "if command.status is not draft.account.status:",
        "if draft is not None:",
    ),
    Mutation(
        "a change of status leaves what is due undone",
        "decide",
        "    draft = Draft(account, stamp)\n    _work_off(draft)\n    if isinstance",
        "    draft = Draft(account, stamp)\n    if isinstance",
    ),
    Mutation(
        "monthly fees begin on the opening",
        "schedule",
        "calendar.anniversary(opened_at, 1, zone)",
        "calendar.anniversary(opened_at, 0, zone)",
    ),
    Mutation(
        "a late fee does not look at payments",
        "due",
        "if paid < day.min_pay_cents:",
        "if day.min_pay_cents:",
    ),
    Mutation(
        "an offset may count from before the opening",
        "decide",
        "command.effective_at < opened_at",
        "command.effective_at.year < opened_at.year",
    ),
)


def survives(mutation: Mutation, copy: Path) -> bool:
    """Tell whether all tests of the ledger pass although ``mutation`` is made in ``copy``."""
    module = copy / f"mockserver/ledger/{mutation.module}.py"
    sound = module.read_text(encoding="utf-8")
    assert sound.count(mutation.old) == 1, f"{mutation.rule}: {mutation.old!r} is not there once"
    module.write_text(sound.replace(mutation.old, mutation.new), encoding="utf-8")
    survived = _passes(copy)
    module.write_text(sound, encoding="utf-8")
    return survived


def _passes(copy: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "tests/ledger"], cwd=copy, capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    """Make every mutation, one after the other, and print what became of it."""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        ignored = shutil.ignore_patterns(".git", ".venv*", ".hypothesis", "*cache*")
        shutil.copytree(ROOT, copy, ignore=ignored)
        assert _passes(copy), "the tests fail on the sound ledger too"
        for mutation in MUTATIONS:
            survived = survives(mutation, copy)
            survivors += survived
            click.echo(f"{'SURVIVED' if survived else 'caught  '}  {mutation.rule}")
    click.echo(f"{len(MUTATIONS)} mutations, {survivors} survived")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
