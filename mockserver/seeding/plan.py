"""A plan is what scenarios and portfolios have in common: accounts, and what happened to them.

Carrying a plan out means asking the ledger for every step in the order of time. So a seed is a
ledger that could have come about, and holds whatever the ledger guarantees.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from mockserver.api.problems import sentence
from mockserver.ledger.commands import ChangeStatus, Command, Open, Processing
from mockserver.ledger.decide import decide, process
from mockserver.ledger.draft import Accepted
from mockserver.ledger.due import is_due
from mockserver.ledger.events import CustomerCreated, Event, ProductCreated
from mockserver.ledger.line_item import Post
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus, Customer, Terms
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.state import BEGINNING, State

FIRST_GENERATED_ID = 1_000_001
"""Generated ids count from here, or from above the highest such id in a plan."""

T = TypeVar("T")

_GENERATED = re.compile(r"can_([0-9]{1,15})")
_MINUTE = timedelta(minutes=1)


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
    planting = _Planting(plans, customers, now)
    deque(planting.events(progress), maxlen=0)
    return Seed(
        state=planting.state.as_base(plan.terms.account_id for plan in plans),
        first_id=planting.first_id,
        genesis=lambda: _Planting(plans, customers, now).events(silently),
    )


class _Planting:
    """Carries out plans; what happened and what came of it is the same each time."""

    def __init__(
        self, plans: Sequence[AccountPlan], customers: Sequence[Customer], now: datetime
    ) -> None:
        self._plans = plans
        self._customers = customers
        self._now = now
        self.first_id = _next_id(plans, customers)
        self.state = State(next_id=self.first_id)

    def events(self, progress: Progress) -> Iterator[Event]:
        """Give what happens, while it does. Raises PlanError."""
        yield from self._products_and_customers()
        steps = [step for plan in self._plans for step in plan.steps()]
        steps.sort(key=lambda step: step.created_at)
        for step in progress(steps, len(steps), "Posting their history"):
            yield from self._step(step)
        yield from self._settle()

    def _products_and_customers(self) -> Iterator[Event]:
        for product in dict.fromkeys(plan.terms.product for plan in self._plans):
            yield self._happened(ProductCreated(product, self._first_instant()))
        for customer in self._customers:
            yield self._happened(CustomerCreated(customer, self._first_instant()))

    def _first_instant(self) -> datetime:
        return self.state.stamp(BEGINNING, Processing.AUTOMATIC).created_at

    def _happened(self, event: Event) -> Event:
        self.state = self.state.after(event)
        return event

    def _step(self, step: Step) -> Iterator[Event]:
        account_id = step.command.account_id
        account = self.state.find(account_id)
        if isinstance(step.command, Open) and account is not None:
            raise PlanError(f"the account {account_id!r} is opened twice")
        if step.created_at > self._now:
            raise PlanError(
                f"the account {account_id!r} has a history in the future, at {step.created_at}; "
                "an item with a future effective_at needs a created_at in the past"
            )
        stamp = self.state.stamp(step.created_at, Processing.AUTOMATIC)
        outcome = decide(account, step.command, stamp)
        if isinstance(outcome, Refusal):
            raise PlanError(f"the ledger refuses {_told(step.command)}: {sentence(outcome)}")
        if not outcome.events:
            raise PlanError(f"{_told(step.command)} is there twice")
        yield from self._accepted(outcome, is_new=account is None)

    def _settle(self) -> Iterator[Event]:
        """Carry out what is due by now, so that no sandbox has to do it again."""
        now = self._now - _MINUTE
        for plan in self._plans:
            account = self.state.find(plan.terms.account_id)
            if account is not None and is_due(account, now):
                yield from self._accepted(
                    process(account, self.state.stamp(now, Processing.AUTOMATIC)), is_new=False
                )

    def _accepted(self, outcome: Accepted, *, is_new: bool) -> Iterator[Event]:
        self.state = self.state.having(outcome.events, outcome.account, is_new=is_new)
        yield from outcome.events


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
