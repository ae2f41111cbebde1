"""Accounts that owe what a test needs, and stay so."""

from __future__ import annotations

from mockserver.api.strict_json import Json
from mockserver.instants import parse_instant
from mockserver.ledger.account import Account
from mockserver.ledger.commands import ChangeStatus, Command, Open, Stamp
from mockserver.ledger.decide import decide
from mockserver.ledger.events import Event, ProductCreated
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus, Product, ProductType, Terms
from mockserver.sandbox.sandbox import Sandbox

_PRODUCT = Product("", "Built for a test", ProductType.REVOLVING, "UTC")
"""No cycles: nothing becomes due."""

_OPENED = "2020-01-01T00:00:00Z"

_ITEMS = {
    "principal_cents": ItemType.CHARGE,
    "interest_cents": ItemType.INTEREST,
    "deferred_interest_cents": ItemType.DEFERRED_INTEREST,
    "fees_cents": ItemType.LATE_FEE,
}


def build_account(sandbox: Sandbox, body: Json) -> Account | Refusal:
    """Open the account that an ``AccountToBuild`` means, or give why not and change nothing.

    Raises SandboxFullError.
    """
    while True:
        draft = _Draft(sandbox)
        outcome = _drafted(draft, body)
        if isinstance(outcome, Refusal) or sandbox.happen(*draft.events):
            return outcome


def _drafted(draft: _Draft, body: Json) -> Account | Refusal:
    opened_at = parse_instant(body.get("effective_at", _OPENED))
    terms = Terms(
        account_id="",
        product=draft.product(),
        effective_at=opened_at,
        created_at=draft.now,
        credit_limit_cents=body.get("credit_limit_cents", 0),
    )
    outcome = draft.apply(Open(terms))
    if isinstance(outcome, Refusal):
        return outcome
    account_id = outcome.terms.account_id
    commands: list[Command] = [
        Post(account_id, item_type, body[name], effective_at=opened_at)
        for name, item_type in _ITEMS.items()
        if body.get(name)
    ]
    status = AccountStatus(body.get("status", "ACTIVE"))
    for command in (*commands, ChangeStatus(account_id, status)):
        outcome = draft.apply(command)
        assert isinstance(outcome, Account), f"the ledger refuses {command}: {outcome}"
    return outcome


class _Draft:
    """What would happen in a sandbox, all at the same time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.now = sandbox.clock.now()
        self.events: list[Event] = []
        self._processing = sandbox.processing
        self._state = sandbox.state

    def product(self) -> Product:
        """Give the product of built accounts, the same for all of a sandbox."""
        for product in self._state.products.values():
            if product._replace(product_id="") == _PRODUCT:
                return product
        stamp = self._stamp()
        product = _PRODUCT._replace(product_id=f"can_{stamp.id_number}")
        self._add(ProductCreated(product, stamp.created_at))
        return product

    def apply(self, command: Command) -> Account | Refusal:
        """Carry out a command."""
        outcome = decide(self._state.find(command.account_id), command, self._stamp())
        if isinstance(outcome, Refusal):
            return outcome
        self._add(*outcome.events)
        return outcome.account

    def _add(self, *events: Event) -> None:
        self._state = self._state.after_all(events)
        self.events += events

    def _stamp(self) -> Stamp:
        return self._state.stamp(self.now, self._processing)
