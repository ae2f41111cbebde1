"""Products and customers."""

from __future__ import annotations

from mockserver.api.paging import cut
from mockserver.api.strict_json import Json
from mockserver.api.wire.products import (
    parse_customer,
    parse_product,
    render_customer,
    render_product,
)
from mockserver.ledger.refusals import CustomerNotFound, Refusal
from mockserver.sandbox.sandbox import Sandbox


def create_product(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``createProduct``."""
    return render_product(sandbox.create_product(parse_product(body)))


def list_products(query: Json, sandbox: Sandbox) -> Json:
    """Answer ``listProducts``."""
    page = cut(sandbox.listed_products(), query)
    found = (sandbox.product(listed.listed_id) for listed in page.results)
    shown = [render_product(product) for product in found if product is not None]
    return {"results": shown, "paging": page.paging}


def create_customer(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``createCustomer``."""
    return render_customer(sandbox.create_customer(parse_customer(body)))


def get_customer(customer_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``getCustomer``."""
    customer = sandbox.customer(customer_id)
    return CustomerNotFound(customer_id) if customer is None else render_customer(customer)
