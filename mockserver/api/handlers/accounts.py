"""Reading accounts."""

from __future__ import annotations

from mockserver.api.paging import cut
from mockserver.api.strict_json import Json
from mockserver.api.wire import render_account
from mockserver.ledger.refusals import AccountNotFound, Refusal
from mockserver.sandbox.sandbox import Sandbox


def get_account(account_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``getAccount``."""
    account = sandbox.account(account_id)
    if account is None:
        return AccountNotFound(account_id)
    holders = (sandbox.customer(holder.customer_id) for holder in account.terms.holders)
    return render_account(account, holders, sandbox.now())


def list_accounts(query: Json, sandbox: Sandbox) -> Json:
    """Answer ``listAccounts``."""
    page = cut(sandbox.listed(), query)
    shown = [get_account(listed.account_id, sandbox) for listed in page.results]
    return {"results": shown, "paging": page.paging}
