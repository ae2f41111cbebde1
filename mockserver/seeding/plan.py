"""A plan is what scenarios and portfolios have in common: accounts, and what happened to them.

Carrying a plan out means asking the ledger for every step in the order of time. So a seed is a
ledger that could have come about, and holds whatever the ledger guarantees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from mockserver.api.problems import sentence
from mockserver.ledger.account import Account
from mockserver.ledger.commands import ChangeStatus, Command, Open
from mockserver.ledger.decide import decide, process
from mockserver.ledger.due import is_due
from mockserver.ledger.line_item import Post
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus, Customer, Terms
from mockserver.sandbox.seed import Listed, Seed
from mockserver.sandbox.stamper import Stamper

FIRST_GENERATED_ID = 1_000_001
"""Generated ids count from here, or from above the highest such id in a plan."""

T = TypeVar("T")

_GENERATED = re.compile(r"can_([0-9]{1,15})")
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
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
    plans: Sequence[AccountPlan],
    customers: Sequence[Customer],
    now: datetime,
    progress: Progress = silently,
) -> Seed:
    """Give the seed that ``plans`` lead to.

    Raises PlanError for a step that the ledger refuses, and for one later than ``now``.
    """
    steps = [step for plan in plans for step in plan.steps()]
    steps.sort(key=lambda step: step.created_at)
    accounts: dict[str, Account] = {}
    stamper = Stamper(_BEGINNING, _next_id(plans, customers))
    for step in progress(steps, len(steps), "Posting their history"):
        account_id = step.command.account_id
        if isinstance(step.command, Open) and account_id in accounts:
            raise PlanError(f"the account {account_id!r} is opened twice")
        if step.created_at > now:
            raise PlanError(
                f"the account {account_id!r} has a history in the future, at {step.created_at}; "
                "an item with a future effective_at needs a created_at in the past"
            )
        outcome = decide(accounts.get(account_id), step.command, stamper.stamp(step.created_at))
        if isinstance(outcome, Refusal):
            raise PlanError(f"the ledger refuses {_told(step.command)}: {sentence(outcome)}")
        if not outcome.events:
            raise PlanError(f"{_told(step.command)} is there twice")
        accounts[account_id] = outcome.account
        for event in outcome.events:
            stamper.passed(event)
    _settle(accounts, stamper, now - _MINUTE)
    products = list(dict.fromkeys(plan.terms.product for plan in plans))
    ordered = {plan.terms.account_id: accounts[plan.terms.account_id].sealed() for plan in plans}
    return Seed(
        accounts=ordered,
        listed=Ordered(Listed.of(account.terms) for account in ordered.values()),
        products={product.product_id: product for product in products},
        listed_products=Ordered(
            Listed(_BEGINNING, _BEGINNING + number * _MICROSECOND, product.product_id)
            for number, product in enumerate(products)
        ),
        customers={customer.customer_id: customer for customer in customers},
        last_created_at=stamper.last_created_at,
        next_id=stamper.next_id,
    )


def _settle(accounts: dict[str, Account], stamper: Stamper, now: datetime) -> None:
    """Carry out what is due by ``now``, so that no sandbox has to do it again."""
    for account_id, account in accounts.items():
        if is_due(account, now):
            outcome = process(account, stamper.stamp(now))
            accounts[account_id] = outcome.account
            for event in outcome.events:
                stamper.passed(event)


def _told(command: Command) -> str:
    if isinstance(command, Post):
        item = f"{command.item_type.value} {command.line_item_id or ''}".strip()
        return f"the {item} on the account {command.account_id!r}"
    return f"the account {command.account_id!r}"


def _next_id(plans: Iterable[AccountPlan], customers: Iterable[Customer]) -> int:
    """Give the first number to generate ids from: above every id of that form there is."""
    ids = [customer.customer_id for customer in customers]
    for plan in plans:
        ids += [plan.terms.account_id, plan.terms.product.product_id]
        ids += [post.line_item_id for _, post in plan.posts if post.line_item_id is not None]
    numbers = [int(match[1]) for match in map(_GENERATED.fullmatch, ids) if match]
    return max([FIRST_GENERATED_ID, *(number + 1 for number in numbers)])
