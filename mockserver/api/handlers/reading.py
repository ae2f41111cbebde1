"""Reading line items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from mockserver.api.paging import cut, paging
from mockserver.api.strict_json import Json
from mockserver.api.wire.line_items import render_line_item
from mockserver.instants import AFTER_ALL, BEFORE_ALL, parse_instant
from mockserver.ledger.account import Account
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.refusals import AccountNotFound, LineItemNotFound, Refusal
from mockserver.ledger.views import children, view
from mockserver.sandbox.sandbox import Sandbox


def list_line_items(account_id: str, query: Json, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``listAccountLineItems``."""
    account = sandbox.account(account_id)
    if account is None:
        return AccountNotFound(account_id)
    return render_page(account, query)


def render_page(account: Account, query: Json) -> Json:
    """Write the page of an account's line items that ``query`` asks for."""
    page = cut(account.listed, query, _keeper(account, query))
    return _envelope(account, page.results, page.paging)


def get_line_item(account_id: str, line_item_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``getAccountLineItem``."""
    account = sandbox.account(account_id)
    if account is None:
        return AccountNotFound(account_id)
    item = account.items.get(line_item_id)
    if item is None:
        return LineItemNotFound(account_id, line_item_id)
    shown = [*children(account, item), item]
    return _envelope(account, shown, paging(shown, has_more=False))


def _zone(account: Account) -> ZoneInfo:
    return ZoneInfo(account.terms.product.time_zone)


def _keeper(account: Account, query: Json) -> Callable[[LineItem], bool]:
    """Give what tells whether an item passes all filters of ``query``."""
    filters = list(_filters(account, query))
    return lambda item: all(passes(item) for passes in filters)


def _filters(account: Account, query: Json) -> Iterator[Callable[[LineItem], bool]]:
    """Give the filters of ``query``.

    Bounds are inclusive. Answers show whole seconds, so what is shown as the second of an upper
    bound is not after it.
    """
    if "line_item_status" in query:
        statuses = frozenset(query["line_item_status"])
        yield lambda item: view(account, item).status in statuses
    if "line_item_type" in query:
        types = frozenset(query["line_item_type"])
        yield lambda item: item.item_type.value in types
    if {"effective_at_after", "effective_at_before"} & query.keys():
        first, last = _bounds(account, query, "effective_at")
        yield lambda item: _lies_between(first, item.effective_at, last)
    if {"updated_at_after", "updated_at_before"} & query.keys():
        since, until = _bounds(account, query, "updated_at")
        yield lambda item: _lies_between(since, view(account, item).updated_at, until)


def _lies_between(first: datetime, instant: datetime, last: datetime) -> bool:
    return first <= instant and instant.replace(microsecond=0) <= last


def _bounds(account: Account, query: Json, name: str) -> tuple[datetime, datetime]:
    def bound(side: str, default: datetime) -> datetime:
        text = query.get(f"{name}_{side}")
        return default if text is None else parse_instant(text, _zone(account))

    return bound("after", BEFORE_ALL), bound("before", AFTER_ALL)


def _envelope(account: Account, items: Sequence[LineItem], paging_: Json) -> Json:
    shown = [render_line_item(view(account, item), account.terms) for item in items]
    return {"results": shown, "paging": paging_}
