"""Accounts that owe what a test needs, and stay so."""

from __future__ import annotations

from mockserver.api.strict_json import Json
from mockserver.instants import parse_instant
from mockserver.ledger.account import Account
from mockserver.ledger.commands import ChangeStatus, Command, Open
from mockserver.ledger.draft import Accepted
from mockserver.ledger.line_item import ItemType, Post
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
_MAX_EVENTS = 3 + len(_ITEMS)


def build_account(sandbox: Sandbox, body: Json) -> Account:
    """Open the account that an ``AccountToBuild`` means. Raises SandboxFullError."""
    sandbox.check_room_for(_MAX_EVENTS)
    opened_at = parse_instant(body.get("effective_at", _OPENED))
    terms = Terms(
        account_id="",
        product=_product(sandbox),
        effective_at=opened_at,
        created_at=sandbox.now(),
        credit_limit_cents=body.get("credit_limit_cents", 0),
    )
    account = _applied(sandbox, Open(terms))
    account_id = account.terms.account_id
    for name, item_type in _ITEMS.items():
        if cents := body.get(name, 0):
            post = Post(account_id, item_type, cents, effective_at=opened_at)
            account = _applied(sandbox, post)
    status = AccountStatus(body.get("status", "ACTIVE"))
    if status is not AccountStatus.ACTIVE:
        account = _applied(sandbox, ChangeStatus(account_id, status))
    return account


def _product(sandbox: Sandbox) -> Product:
    """Give the product of built accounts, the same for all of a sandbox."""
    for product in sandbox.state.products.values():
        if product._replace(product_id="") == _PRODUCT:
            return product
    return sandbox.create_product(_PRODUCT)


def _applied(sandbox: Sandbox, command: Command) -> Account:
    outcome = sandbox.apply(command)
    assert isinstance(outcome, Accepted), f"the ledger refuses {command}: {outcome}"
    return outcome.account
