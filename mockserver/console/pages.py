"""What each page shows, as plain values: built from immutable accounts, tested without HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from mockserver.dollars import dollars
from mockserver.instants import format_instant
from mockserver.ledger.account import Account
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.views import summary, view
from mockserver.sandbox.sandbox import Sandbox

ACCOUNTS_PER_PAGE = 100
MAX_ITEMS = 500
"""How many items of an account its page shows, the newest."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list of accounts."""

    account_id: str
    holder: str
    product: str
    status: str
    principal: str
    interest: str
    deferred: str
    fees: str
    total: str
    in_credit: bool


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """The list of accounts in one sandbox."""

    sandbox: str
    sandboxes: Sequence[str]
    rows: Sequence[AccountRow]
    accounts: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line item."""

    line_item_id: str
    effective_at: str
    created_at: str
    type: str
    allocation: str
    description: str
    amount: str
    left: str
    reduces: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account: what it owes, and why."""

    sandbox: str
    row: AccountRow
    product_name: str
    time_zone: str
    opened_at: str
    credit_limit: str
    available_credit: str
    items: Sequence[ItemRow]
    older_items: int
    """How many items are not shown."""


def accounts_page(sandbox: Sandbox, sandboxes: Sequence[str], page: int) -> AccountsPage:
    """Build the list of accounts, in the order they were made; ``page`` counts from 1."""
    ids = sandbox.account_ids()
    pages = max(1, -(-len(ids) // ACCOUNTS_PER_PAGE))
    page = min(max(page, 1), pages)
    shown = ids[(page - 1) * ACCOUNTS_PER_PAGE :][:ACCOUNTS_PER_PAGE]
    accounts = (sandbox.peek(account_id) for account_id in shown)
    rows = [_account_row(account, sandbox) for account in accounts if account is not None]
    return AccountsPage(sandbox.name, sandboxes, rows, len(ids), page, pages)


def account_page(sandbox: Sandbox, account_id: str) -> AccountPage | None:
    """Build the page of one account, or None if there is none."""
    account = sandbox.peek(account_id)
    if account is None:
        return None
    figures = summary(account, _now(account, sandbox))
    terms = account.terms
    return AccountPage(
        sandbox=sandbox.name,
        row=_account_row(account, sandbox),
        product_name=terms.product.name,
        time_zone=terms.product.time_zone,
        opened_at=_local(terms.effective_at, ZoneInfo(terms.product.time_zone)),
        credit_limit=dollars(figures.credit_limit_cents),
        available_credit=dollars(figures.available_credit_cents),
        items=_item_rows(account, islice(account.listed.below(), MAX_ITEMS)),
        older_items=max(0, len(account.listed) - MAX_ITEMS),
    )


def _now(account: Account, sandbox: Sandbox) -> datetime:
    return max(sandbox.now(), account.standing.processed_to)


def _account_row(account: Account, sandbox: Sandbox) -> AccountRow:
    figures = summary(account, _now(account, sandbox))
    names = (f"{who.name_first} {who.name_last}" for _, who in sandbox.holders(account))
    return AccountRow(
        account_id=account.terms.account_id,
        holder=", ".join(names),
        product=account.terms.product.product_type,
        status=account.status.value,
        principal=dollars(figures.principal_cents),
        interest=dollars(figures.interest_balance_cents + figures.am_interest_balance_cents),
        deferred=dollars(
            figures.deferred_interest_balance_cents + figures.am_deferred_interest_balance_cents
        ),
        fees=dollars(figures.fees_balance_cents),
        total=dollars(figures.total_balance_cents),
        in_credit=figures.total_balance_cents < 0,
    )


def _item_rows(account: Account, items: Iterable[LineItem]) -> list[ItemRow]:
    zone = ZoneInfo(account.terms.product.time_zone)
    rows = []
    for item in items:
        shown = view(account, item)
        allocation = item.allocation
        rows.append(
            ItemRow(
                line_item_id=item.line_item_id,
                effective_at=_local(item.effective_at, zone),
                created_at=_local(item.created_at, zone),
                type=_type(item, shown.status),
                allocation="" if allocation is None else allocation.name,
                description=shown.description,
                amount=dollars(item.amount_cents),
                left=dollars(shown.balance_cents),
                reduces=item.amount_cents < 0,
            )
        )
    return rows


def _type(item: LineItem, status: str) -> str:
    """Give an item's type, and what has become of it if anything has."""
    return item.item_type.value if status == "VALID" else f"{item.item_type.value} ({status})"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant local to ``zone``, which the page names once."""
    return format_instant(instant, zone)[:19].replace("T", " ")
