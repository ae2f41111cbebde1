"""A plan is what scenarios and portfolios have in common: accounts, and what happened to them.

Carrying a plan out means asking the ledger for every step in the order of time. So a seed is a
ledger that could have come about, and holds whatever the ledger guarantees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from mockserver.ledger.account import Account
from mockserver.ledger.decide import ChangeStatus, Command, Open, Stamp, decide
from mockserver.ledger.line_item import Post
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus, Terms
from mockserver.sandbox.seed import Customer, Seed

FIRST_GENERATED_ID = 1_000_001
"""Generated ids count from here; ids in plans stay below."""

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Step(NamedTuple):
    """Something that was learned at an instant."""

    created_at: datetime
    command: Command


class AccountPlan(NamedTuple):
    """An account, what was posted on it, and what it may be used for in the end."""

    terms: Terms
    posts: tuple[tuple[datetime, Post], ...] = ()
    status: AccountStatus = AccountStatus.ACTIVE

    def steps(self) -> list[Step]:
        """Give the steps in the order of time."""
        opened_at = self.terms.effective_at
        steps = [Step(max(created_at, opened_at), post) for created_at, post in self.posts]
        steps.sort(key=lambda step: step.created_at)
        steps.insert(0, Step(opened_at, Open(self.terms)))
        if self.status is not AccountStatus.ACTIVE:
            last = steps[-1].created_at
            steps.append(Step(last, ChangeStatus(self.terms.account_id, self.status)))
        return steps


class PlanError(Exception):
    """The ledger refuses a step."""


class Progress(Protocol):
    """Passes on a number of things, and may show how far it got."""

    def __call__(self, things: Iterable[T], total: int, label: str, /) -> Iterable[T]:
        """Give ``things``, ``total`` of them; ``label`` says what becomes of them."""
        ...


def silently(things: Iterable[T], _total: int, _label: str) -> Iterable[T]:
    """Show nothing: the :class:`Progress` of those who do not wait."""
    return things


def carry_out(
    plans: Sequence[AccountPlan], customers: Iterable[Customer], progress: Progress = silently
) -> Seed:
    """Give the seed that ``plans`` lead to. Raises PlanError."""
    steps = [step for plan in plans for step in plan.steps()]
    steps.sort(key=lambda step: step.created_at)
    accounts: dict[str, Account] = {}
    last_created_at = _BEGINNING
    next_id = FIRST_GENERATED_ID
    for step in progress(steps, len(steps), "Posting their history"):
        command = step.command
        opens = isinstance(command, Open)
        account_id = command.terms.account_id if isinstance(command, Open) else command.account_id
        if opens and account_id in accounts:
            raise PlanError(f"the account {account_id!r} is opened twice")
        stamp = Stamp(max(step.created_at, last_created_at + _MICROSECOND), next_id)
        outcome = decide(accounts.get(account_id), command, stamp)
        if isinstance(outcome, Refusal):
            raise PlanError(f"the ledger refuses {command}: {outcome}")
        accounts[account_id] = outcome.account
        last_created_at = stamp.created_at + len(outcome.events) * _MICROSECOND
        next_id += len(outcome.events)
    ordered = {plan.terms.account_id: accounts[plan.terms.account_id] for plan in plans}
    return Seed(ordered, {c.customer_id: c for c in customers}, last_created_at, next_id)
