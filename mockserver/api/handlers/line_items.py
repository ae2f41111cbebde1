"""Posting and reading line items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from mockserver.api.compat import Profile
from mockserver.api.instants import parse_instant
from mockserver.api.paging import Position, cut, position
from mockserver.api.problems import Answer, LineItemNotFound, refused, succeeded
from mockserver.api.strict_json import Json
from mockserver.api.wire import STATUS, parse_debit_offset, render_created, render_line_item
from mockserver.ledger.account import Account
from mockserver.ledger.refusals import AccountNotFound, Refusal
from mockserver.ledger.views import ItemView, newest_first, view
from mockserver.sandbox.sandbox import Sandbox


def create_debit_offset(account_id: str, body: Json, sandbox: Sandbox, profile: Profile) -> Answer:
    """Answer ``createAccountDebitOffset``."""
    zone = _zone(sandbox.account(account_id)) if profile.reads_local_times else None
    outcome = sandbox.apply(parse_debit_offset(account_id, body, zone))
    if isinstance(outcome, Refusal):
        return refused(outcome, profile)
    assert outcome.line_item is not None, "a posted item is answered"
    return succeeded(render_created(outcome.line_item, outcome.account.terms))


def list_line_items(account_id: str, query: Json, sandbox: Sandbox, profile: Profile) -> Answer:
    """Answer ``listAccountLineItems``."""
    account = sandbox.account(account_id)
    if account is None:
        return refused(AccountNotFound(account_id), profile)
    zone = _zone(account)
    views = [view(account, item) for item in newest_first(account)]
    page = cut([v for v in views if all(_filters(v, query, zone))], _position, query)
    return _envelope(account, page.results, page.paging)


def get_line_item(account_id: str, line_item_id: str, sandbox: Sandbox, profile: Profile) -> Answer:
    """Answer ``getAccountLineItem``. Raises LineItemNotFound."""
    account = sandbox.account(account_id)
    if account is None:
        return refused(AccountNotFound(account_id), profile)
    item = account.items.get(line_item_id)
    if item is None:
        raise LineItemNotFound("The account has no such line item.")
    page = cut([view(account, item)], _position, {"limit": 1})
    return _envelope(account, page.results, page.paging)


def _zone(account: Account | None) -> ZoneInfo | None:
    return None if account is None else ZoneInfo(account.terms.product.time_zone)


def _position(shown: ItemView) -> Position:
    return position(shown.item.effective_at, shown.item.created_at)


def _filters(shown: ItemView, query: Json, zone: ZoneInfo | None) -> Iterator[bool]:
    """Say for each filter of ``query`` whether the item passes.

    Bounds are inclusive, and compared to the whole seconds that answers show.
    """
    if "line_item_status" in query:
        yield STATUS in query["line_item_status"]
    if "line_item_type" in query:
        yield shown.item.item_type.value in query["line_item_type"]
    for name, instant in (
        ("effective_at", shown.item.effective_at),
        ("updated_at", shown.updated_at),
    ):
        at = instant.replace(microsecond=0)
        if f"{name}_after" in query:
            yield at >= parse_instant(query[f"{name}_after"], zone)
        if f"{name}_before" in query:
            yield at <= parse_instant(query[f"{name}_before"], zone)


def _envelope(account: Account, results: Sequence[ItemView], paging: Json) -> Answer:
    terms = account.terms
    return succeeded(
        {"results": [render_line_item(shown, terms) for shown in results], "paging": paging}
    )
