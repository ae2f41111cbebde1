"""Opening, reading, rolling and closing accounts, and reading their statements."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mockserver.api.compat import Profile
from mockserver.api.paging import cut
from mockserver.api.strict_json import Json
from mockserver.api.wire.accounts import parse_account, render_account
from mockserver.api.wire.statements import render_statement, render_summary
from mockserver.instants import is_date, midnight, parse_instant
from mockserver.ledger.account import Account
from mockserver.ledger.commands import ChangeStatus, Command, Open, Roll
from mockserver.ledger.refusals import (
    AccountNotFound,
    CustomerNotFound,
    ProductNotFound,
    Refusal,
    StatementNotFound,
)
from mockserver.ledger.terms import AccountStatus
from mockserver.sandbox.sandbox import Sandbox


def create_account(body: Json, sandbox: Sandbox, profile: Profile) -> Json | Refusal:
    """Answer ``createAccount``."""
    product = sandbox.product(body["product_id"])
    if product is None:
        return ProductNotFound(body["product_id"])
    for who in body.get("assign_customers", ()):
        if sandbox.customer(who["customer_id"]) is None:
            return CustomerNotFound(who["customer_id"])
    zone = ZoneInfo(product.time_zone) if profile.reads_local_times else None
    return _applied(Open(parse_account(body, product, sandbox.now(), zone)), sandbox)


def get_account(account_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``getAccount``."""
    account = sandbox.account(account_id)
    return AccountNotFound(account_id) if account is None else render(account, sandbox)


def list_accounts(query: Json, sandbox: Sandbox) -> Json:
    """Answer ``listAccounts``."""
    page = cut(sandbox.listed(), query)
    shown = [get_account(listed.listed_id, sandbox) for listed in page.results]
    return {"results": shown, "paging": page.paging}


def roll_account(query: Json, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``rollAccount``."""
    account = sandbox.account(query["account_id"])
    if account is None:
        return AccountNotFound(query["account_id"])
    zone = ZoneInfo(account.terms.product.time_zone)
    text = query["exclusive_end"]
    end = midnight(text, zone) if is_date(text) else parse_instant(text, zone)
    return _applied(Roll(account.terms.account_id, end), sandbox)


def update_account_status(account_id: str, body: Json, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``updateAccountStatus``."""
    status = AccountStatus(body["account_status"])
    return _applied(ChangeStatus(account_id, status), sandbox)


def list_statements(account_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``listAccountStatements``."""
    account = sandbox.account(account_id)
    if account is None:
        return AccountNotFound(account_id)
    return [render_summary(s, account.terms) for s in account.standing.statements]


def get_statement(account_id: str, statement_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``getAccountStatement``."""
    account = sandbox.account(account_id)
    if account is None:
        return AccountNotFound(account_id)
    statement = account.standing.statements.get(statement_id)
    if statement is None:
        return StatementNotFound(account_id, statement_id)
    return render_statement(account, statement)


def _applied(command: Command, sandbox: Sandbox) -> Json | Refusal:
    outcome = sandbox.apply(command)
    return outcome if isinstance(outcome, Refusal) else render(outcome.account, sandbox)


def render(account: Account, sandbox: Sandbox) -> Json:
    """Write an account as it is now in a sandbox."""
    now = max(sandbox.now(), account.standing.processed_to)
    return render_account(account, sandbox.holders(account), now)
