"""JSON to ledger types and back. Bodies are valid by the contract before they come here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mockserver.api.strict_json import Json
from mockserver.instants import AFTER_ALL, BEFORE_ALL, format_instant, parse_instant
from mockserver.ledger.account import Account
from mockserver.ledger.external_fields import ExternalField, ExternalFields
from mockserver.ledger.line_item import ItemType, LineItem, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import Terms
from mockserver.ledger.views import ItemView, as_created, summary
from mockserver.sandbox.seed import Customer


def parse_debit_offset(account_id: str, body: Json, zone: ZoneInfo | None) -> Post:
    """Read a ``DebitOffsetRequest``. Instants without an offset are local to ``zone``."""
    allocation = body.get("allocation")
    effective_at = body.get("effective_at")
    return Post(
        account_id=account_id,
        item_type=ItemType.DEBIT_OFFSET,
        amount_cents=body["original_amount_cents"],
        line_item_id=body.get("line_item_id"),
        effective_at=None if effective_at is None else _parse_effective_at(effective_at, zone),
        allocation=None if allocation is None else Bucket[allocation],
        external_fields=_parse_external_fields(body.get("external_fields")),
    )


def _parse_effective_at(text: str, zone: ZoneInfo | None) -> datetime:
    """Read an instant; one that no ``datetime`` shows is before every opening (before-opening)."""
    instant = parse_instant(text, zone)
    return BEFORE_ALL if instant is AFTER_ALL else instant


def _parse_external_fields(fields: Json) -> ExternalFields | None:
    if fields is None:
        return None
    return tuple(ExternalField(field.get("key"), field.get("value")) for field in fields)


def render_created(item: LineItem, terms: Terms) -> Json:
    """Write an item as a POST answers it: as created, before pouring (ledger.md L17)."""
    return render_line_item(as_created(item), terms)


def render_line_item(view: ItemView, terms: Terms) -> Json:
    """Write an item as it is read back."""
    item = view.item
    zone = ZoneInfo(terms.product.time_zone)
    allocation = item.asked.allocation
    return {
        "account_id": terms.account_id,
        "line_item_id": item.line_item_id,
        "product_id": terms.product.product_id,
        "effective_at": format_instant(item.effective_at, zone),
        "created_at": format_instant(item.created_at, zone),
        "line_item_overview": {
            "line_item_status": view.status.value,
            "line_item_type": item.item_type.value,
            "description": view.description,
            "allocation": None if allocation is None else allocation.name,
        },
        "line_item_summary": {
            "original_amount_cents": item.amount_cents,
            "balance_cents": view.balance_cents,
            "principal_cents": view.principal_cents,
            "interest_balance_cents": 0,
            "am_interest_balance_cents": 0,
            "deferred_interest_balance_cents": 0,
            "am_deferred_interest_balance_cents": 0,
            "total_interest_paid_to_date_cents": 0,
        },
        "merchant_data": None,
        "issuer_processor_details": None,
        "external_fields": _external_fields(item.asked.external_fields),
    }


def _external_fields(fields: ExternalFields | None) -> Json:
    if fields is None:
        return None
    return [{k: v for k, v in field._asdict().items() if v is not None} for field in fields]


def render_account(account: Account, customers: Iterable[Customer], now: datetime) -> Json:
    """Write an account with its summary at ``now``; ``customers`` are those its holders name."""
    terms = account.terms
    zone = ZoneInfo(terms.product.time_zone)
    figures = summary(account, now)._asdict()
    return {
        "account_id": terms.account_id,
        "effective_at": format_instant(terms.effective_at, zone),
        "created_at": format_instant(terms.created_at, zone),
        "account_overview": {"account_status": account.status.value},
        "account_product": {
            "product_id": terms.product.product_id,
            "product_name": terms.product.name,
            "product_type": terms.product.product_type.value,
            "product_time_zone": terms.product.time_zone,
            "product_lifecycle": {"origination_fee_impl_cents": terms.origination_fee_cents},
        },
        "summary": {**figures, "interest_rate_percent": _number(terms.interest_rate_percent)},
        "customers": [
            {
                "customer_id": customer.customer_id,
                "customer_account_role": holder.role,
                **{k: v for k, v in customer._asdict().items() if k != "customer_id"},
            }
            for holder, customer in zip(terms.holders, customers, strict=True)
        ],
        "cycle_type": {
            name: None if interval is None else str(interval)
            for name, interval in terms.cycle_type._asdict().items()
        },
        "external_fields": _external_fields(terms.external_fields),
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
