"""Products and customers: what they are created with, and answered with."""

from __future__ import annotations

from decimal import Decimal

from mockserver.api.strict_json import Json, dumps, loads
from mockserver.api.wire.accounts import number, parse_fees, parse_intervals
from mockserver.ledger.cycle import CycleType
from mockserver.ledger.terms import Customer, Fees, MinPay, Product, ProductType

DEFAULT_TIME_ZONE = "America/New_York"


def parse_product(body: Json) -> Product:
    """Read a ``ProductRequest``. The whole of it is kept, to be answered as it was sent."""
    overview = body.get("product_overview", {})
    policies = body.get("product_lifecycle_policies", {})
    cycles = policies.get("billing_cycle_policies", {})
    promo = body.get("promotional_policies", {})
    post = body.get("post_promotional_policies", {})
    fees = policies.get("fee_policies", {})
    intervals = parse_intervals({**cycles, **fees})
    return Product(
        product_id="",
        name=overview.get("product_name", ""),
        product_type=overview.get("product_type", ProductType.REVOLVING.value),
        time_zone=cycles.get("product_time_zone", DEFAULT_TIME_ZONE),
        cycle_type=CycleType(**intervals) if "cycle_interval" in intervals else None,
        has_promo=promo.get("promo_len", 0) > 0,
        promo_rate_percent=_decimal(promo, "promo_default_interest_rate_percent"),
        post_promo_rate_percent=_decimal(post, "post_promo_default_interest_rate_percent"),
        defers_interest=promo.get("promo_interest_deferred", False),
        min_pay=_min_pay(promo, post),
        credit_limit_cents=policies.get("default_attributes", {}).get(
            "default_credit_limit_cents", 0
        ),
        fees=parse_fees(fees, Fees()),
        document=dumps(body).decode(),
    )


def _min_pay(promo: Json, post: Json) -> MinPay:
    """Give the minimum payment of the promotion, or of the time after it (promo-is-a-switch)."""
    policies, prefix = (promo, "promo") if promo.get("promo_len", 0) > 0 else (post, "post_promo")
    if policies.get(f"{prefix}_min_pay_type") != "PERCENT_PRINCIPAL":
        return MinPay()
    return MinPay(_decimal(policies, f"{prefix}_min_pay_percent"))


def _decimal(body: Json, name: str) -> Decimal:
    return Decimal(str(body.get(name, 0)))


def render_product(product: Product) -> Json:
    """Write a ``Product``: what was sent, under its id."""
    if not product.document:
        return _from_seed(product)
    return {**loads(product.document.encode()), "product_id": product.product_id}


def _from_seed(product: Product) -> Json:
    """Write a product that nobody sent."""
    cycles: Json = {"product_time_zone": product.time_zone}
    if product.cycle_type is not None:
        intervals = product.cycle_type._asdict().items()
        cycles |= {name: str(interval) for name, interval in intervals if interval is not None}
    rate = number(product.promo_rate_percent)
    return {
        "product_id": product.product_id,
        "product_overview": {
            "product_name": product.name,
            "product_type": product.product_type,
        },
        "product_lifecycle_policies": {"billing_cycle_policies": cycles},
        "promotional_policies": {"promo_len": 0, "promo_default_interest_rate_percent": rate},
    }


def parse_customer(body: Json) -> Customer:
    """Read a ``CustomerRequest``."""
    fields = (name for name in Customer._fields if name != "customer_id")
    return Customer(customer_id="", **{name: body[name] for name in fields})


def render_customer(customer: Customer) -> Json:
    """Write a ``Customer``."""
    return customer._asdict()
