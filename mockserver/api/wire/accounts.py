"""Accounts: what opens one, and what one owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mockserver.api.strict_json import Json
from mockserver.api.wire.line_items import (
    parse_effective_at,
    parse_external_fields,
    render_external_fields,
)
from mockserver.instants import format_instant
from mockserver.ledger.account import Account
from mockserver.ledger.cycle import CycleType, Interval
from mockserver.ledger.terms import (
    Customer,
    Fees,
    Holder,
    Product,
    Terms,
    cycle_type_of,
    rate_percent,
)
from mockserver.ledger.views import summary


def parse_account(body: Json, product: Product, now: datetime, zone: ZoneInfo | None) -> Terms:
    """Read an ``AccountRequest``; what it leaves out comes from ``product``."""
    own = body.get("summary", {})
    promo = _rate(body.get("promo_overview", {}), "promo_impl_interest_rate_percent")
    post_promo = _rate(body.get("post_promo_overview", {}), "post_promo_impl_interest_rate_percent")
    effective_at = body.get("effective_at")
    return Terms(
        account_id="",
        product=product,
        effective_at=now if effective_at is None else parse_effective_at(effective_at, zone),
        created_at=now,
        credit_limit_cents=own.get("credit_limit_cents", product.credit_limit_cents),
        initial_principal_cents=own.get("initial_principal_cents", 0),
        fees=parse_fees(own, product.fees),
        interest_rate_percent=rate_percent(product, promo, post_promo),
        promo_rate_percent=promo,
        post_promo_rate_percent=post_promo,
        holders=tuple(
            Holder(who["customer_id"], who.get("customer_account_role", "PRIMARY"))
            for who in body.get("assign_customers", ())
        ),
        external_fields=parse_external_fields(body.get("external_fields")),
        cycle_type=cycle_type_of(product, parse_intervals(body.get("cycle_type", {}))),
    )


def parse_fees(body: Json, otherwise: Fees) -> Fees:
    """Read the fees that are given; ``otherwise`` has those that are not."""
    return Fees(
        origination_cents=body.get("origination_fee_cents", otherwise.origination_cents),
        month_cents=body.get("monthly_fee_cents", otherwise.month_cents),
        year_cents=body.get("annual_fee_cents", otherwise.year_cents),
        late_cents=body.get("late_fee_cents", otherwise.late_cents),
        payment_reversal_cents=body.get(
            "payment_reversal_fee_cents", otherwise.payment_reversal_cents
        ),
    )


def parse_intervals(body: Json) -> dict[str, Interval]:
    """Read those intervals of a ``CycleType`` that are given."""
    given = {name: Interval.parse(body[name]) for name in CycleType._fields if name in body}
    return {name: interval for name, interval in given.items() if interval is not None}


def _rate(body: Json, name: str) -> Decimal | None:
    return Decimal(str(body[name])) if name in body else None


def render_account(
    account: Account, holders: Iterable[tuple[Holder, Customer]], now: datetime
) -> Json:
    """Write an account with its summary at ``now``."""
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
            "product_type": terms.product.product_type,
            "product_time_zone": terms.product.time_zone,
            "product_lifecycle": _lifecycle(terms.fees),
        },
        "summary": {**figures, "interest_rate_percent": number(terms.interest_rate_percent)},
        "cycle_type": _cycle_type(terms.cycle_type),
        "customers": [
            {
                "customer_id": customer.customer_id,
                "customer_account_role": holder.role,
                **{k: v for k, v in customer._asdict().items() if k != "customer_id"},
            }
            for holder, customer in holders
        ],
        "external_fields": render_external_fields(terms.external_fields),
    }


def _lifecycle(fees: Fees) -> Json:
    return {
        "origination_fee_impl_cents": fees.origination_cents,
        "monthly_fee_impl_cents": fees.month_cents,
        "annual_fee_impl_cents": fees.year_cents,
        "late_fee_impl_cents": fees.late_cents,
        "payment_reversal_fee_impl_cents": fees.payment_reversal_cents,
    }


def _cycle_type(cycle_type: CycleType | None) -> Json:
    if cycle_type is None:
        return None
    intervals = cycle_type._asdict().items()
    return {name: None if interval is None else str(interval) for name, interval in intervals}


def number(value: Decimal) -> int | float:
    """Write a rate as the number it is."""
    return int(value) if value == value.to_integral_value() else float(value)
