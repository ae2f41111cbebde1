"""Reading accounts."""

from __future__ import annotations

from mockserver.api.compat import Profile
from mockserver.api.paging import Position, cut, position
from mockserver.api.problems import Answer, refused, succeeded
from mockserver.api.strict_json import Json
from mockserver.api.wire import render_account
from mockserver.ledger.account import Account
from mockserver.ledger.refusals import AccountNotFound
from mockserver.sandbox.sandbox import Sandbox


def get_account(account_id: str, sandbox: Sandbox, profile: Profile) -> Answer:
    """Answer ``getAccount``."""
    account = sandbox.account(account_id)
    if account is None:
        return refused(AccountNotFound(account_id), profile)
    return succeeded(_render(account, sandbox))


def list_accounts(query: Json, sandbox: Sandbox) -> Answer:
    """Answer ``listAccounts``."""
    page = cut(sandbox.accounts(), _position, query)
    return succeeded(
        {"results": [_render(account, sandbox) for account in page.results], "paging": page.paging}
    )


def _position(account: Account) -> Position:
    return position(account.terms.effective_at, account.terms.created_at)


def _render(account: Account, sandbox: Sandbox) -> Json:
    holders = (sandbox.customer(holder.customer_id) for holder in account.terms.holders)
    return render_account(account, holders, sandbox.now())
