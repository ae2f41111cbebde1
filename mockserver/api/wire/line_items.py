"""Line items: what a POST asks for, and what is answered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mockserver.api.strict_json import Json
from mockserver.instants import AFTER_ALL, BEFORE_ALL, format_instant, parse_instant
from mockserver.ledger.external_fields import ExternalField, ExternalFields
from mockserver.ledger.line_item import ItemType, LineItem, Merchant, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import Terms
from mockserver.ledger.views import ItemView, as_created

_CREDIT_OFFSETS = {
    None: ItemType.CREDIT_OFFSET,
    Bucket.PRINCIPAL: ItemType.CREDIT_OFFSET,
    Bucket.FEE: ItemType.CREDIT_OFFSET_FEE,
    Bucket.INTEREST: ItemType.CREDIT_OFFSET_INTEREST,
    Bucket.DEFERRED_INTEREST: ItemType.CREDIT_OFFSET_DEFERRED_INTEREST,
}


def parse_post(account_id: str, item_type: ItemType, body: Json, zone: ZoneInfo | None) -> Post:
    """Read the body of a POST of a line item. Instants without an offset are local to ``zone``."""
    allocation = body.get("allocation")
    effective_at = body.get("effective_at")
    return Post(
        account_id=account_id,
        item_type=item_type,
        amount_cents=body["original_amount_cents"],
        line_item_id=body.get("line_item_id"),
        effective_at=None if effective_at is None else parse_effective_at(effective_at, zone),
        allocation=None if allocation is None else Bucket[allocation],
        external_fields=parse_external_fields(body.get("external_fields")),
    )


def parse_credit_offset(account_id: str, body: Json, zone: ZoneInfo | None) -> Post:
    """Read a ``CreditOffsetRequest``: the allocation decides the type (ledger.md L2)."""
    post = parse_post(account_id, ItemType.CREDIT_OFFSET, body, zone)
    return post._replace(item_type=_CREDIT_OFFSETS[post.allocation])


def parse_charge(account_id: str, body: Json, zone: ZoneInfo | None) -> Post:
    """Read a ``ChargeRequest``."""
    merchant = body.get("merchant_data")
    lithic = body.get("issuer_processor_metadata", {}).get("lithic", {})
    return parse_post(account_id, ItemType.CHARGE, body, zone)._replace(
        merchant=None if merchant is None else _parse_merchant(merchant),
        last_four=lithic.get("last_four"),
        status=body.get("line_item_status"),
    )


def _parse_merchant(merchant: Json) -> Merchant:
    return Merchant(
        name=merchant.get("name"),
        merchant_id=merchant.get("id"),
        mcc_code=merchant.get("mcc_code"),
        phone_number=merchant.get("phone_number"),
    )


def parse_effective_at(text: str, zone: ZoneInfo | None) -> datetime:
    """Read an instant; one that no ``datetime`` shows is before every opening (before-opening)."""
    instant = parse_instant(text, zone)
    return BEFORE_ALL if instant is AFTER_ALL else instant


def parse_external_fields(fields: Json) -> ExternalFields | None:
    """Read ``ExternalFields``."""
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
    allocation = item.allocation
    return {
        "account_id": terms.account_id,
        "line_item_id": item.line_item_id,
        "product_id": terms.product.product_id,
        "effective_at": format_instant(item.effective_at, zone),
        "created_at": format_instant(item.created_at, zone),
        "line_item_overview": {
            "line_item_status": view.status,
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
        "merchant_data": _merchant(item),
        "issuer_processor_details": _issuer_processor_details(item),
        "external_fields": render_external_fields(item.external_fields),
    }


def _merchant(item: LineItem) -> Json:
    merchant = None if item.asked is None else item.asked.merchant
    if merchant is None:
        return None
    fields = {
        "name": merchant.name,
        "id": merchant.merchant_id,
        "mcc_code": merchant.mcc_code,
        "phone_number": merchant.phone_number,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _issuer_processor_details(item: LineItem) -> Json:
    last_four = None if item.asked is None else item.asked.last_four
    return None if last_four is None else {"lithic": {"last_four": last_four}}


def render_external_fields(fields: ExternalFields | None) -> Json:
    """Write external fields, in their order."""
    if fields is None:
        return None
    return [{k: v for k, v in field._asdict().items() if v is not None} for field in fields]
