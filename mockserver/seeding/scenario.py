"""Scenarios: named starting ledgers, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.api.wire.products import DEFAULT_TIME_ZONE
from mockserver.instants import parse_instant
from mockserver.ledger.cycle import CycleType, Interval
from mockserver.ledger.external_fields import ExternalField, ExternalFields
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import (
    AccountStatus,
    Customer,
    Fees,
    Holder,
    Product,
    ProductType,
    Terms,
)
from mockserver.resources import find
from mockserver.seeding.data_file import DataFileError, read
from mockserver.seeding.plan import AccountPlan


class Scenario(NamedTuple):
    """A named starting ledger."""

    name: str
    purpose: str
    plans: tuple[AccountPlan, ...]
    customers: tuple[Customer, ...]


def names() -> list[str]:
    """Give the names of the scenarios that come with the package."""
    return sorted(path.stem for path in find("fixtures/scenarios").glob("*.yaml"))


def load(name_or_file: str) -> Scenario:
    """Read a scenario by its name, or by the path of its file. Raises DataFileError."""
    path = Path(name_or_file)
    if name_or_file in names():
        path = find(f"fixtures/scenarios/{name_or_file}.yaml")
    elif not path.suffix and not path.exists():
        known = ", ".join(names())
        raise DataFileError(f"there is no scenario {name_or_file!r}; there are {known}")
    raw = read(path, "scenario")
    products = {p["product_id"]: _product(p) for p in raw["products"]}
    customers = tuple(Customer(**customer) for customer in raw.get("customers", ()))
    for account in raw["accounts"]:
        holders = [holder["customer_id"] for holder in account.get("holders", ())]
        _check_known(path, account, "product", [account["product_id"]], list(products))
        _check_known(path, account, "customer", holders, [c.customer_id for c in customers])
    plans = tuple(_plan(account, products) for account in raw["accounts"])
    return Scenario(raw["name"], raw["purpose"], plans, customers)


def _check_known(path: Path, account: Any, kind: str, wanted: list[str], known: list[str]) -> None:
    for name in wanted:
        if name not in known:
            where = f"{path}: account {account['account_id']!r}"
            raise DataFileError(f"{where}: there is no {kind} {name!r} in this file")


def _product(raw: Mapping[str, Any]) -> Product:
    return Product(
        product_id=raw["product_id"],
        name=raw["name"],
        product_type=ProductType(raw["product_type"]),
        time_zone=raw.get("time_zone", DEFAULT_TIME_ZONE),
        cycle_type=_cycle_type(raw),
    )


def _cycle_type(raw: Mapping[str, Any]) -> CycleType | None:
    given = {name: Interval.parse(raw[name]) for name in CycleType._fields if name in raw}
    intervals = {name: interval for name, interval in given.items() if interval is not None}
    return CycleType(**intervals) if "cycle_interval" in intervals else None


def _plan(raw: Mapping[str, Any], products: Mapping[str, Product]) -> AccountPlan:
    opened_at = parse_instant(raw["effective_at"])
    terms = Terms(
        account_id=raw["account_id"],
        product=products[raw["product_id"]],
        effective_at=opened_at,
        created_at=opened_at,
        credit_limit_cents=raw.get("credit_limit_cents", 0),
        initial_principal_cents=raw.get("initial_principal_cents", 0),
        fees=Fees(raw.get("origination_fee_cents", 0)),
        interest_rate_percent=Decimal(str(raw.get("interest_rate_percent", 0))),
        holders=tuple(Holder(h["customer_id"], h["role"]) for h in raw.get("holders", ())),
        external_fields=_external_fields(raw),
        cycle_type=products[raw["product_id"]].cycle_type,
    )
    posts = []
    for item in raw.get("line_items", ()):
        post = _post(raw["account_id"], item)
        created = item.get("created_at", item["effective_at"])
        posts.append((parse_instant(created), post))
    return AccountPlan(terms, tuple(posts), AccountStatus(raw.get("status", "ACTIVE")))


def _post(account_id: str, raw: Mapping[str, Any]) -> Post:
    return Post(
        account_id=account_id,
        item_type=ItemType(raw["type"]),
        amount_cents=raw["amount_cents"],
        line_item_id=raw.get("line_item_id"),
        effective_at=parse_instant(raw["effective_at"]),
        allocation=Bucket[raw["allocation"]] if "allocation" in raw else None,
        external_fields=_external_fields(raw),
    )


def _external_fields(raw: Mapping[str, Any]) -> ExternalFields | None:
    if "external_fields" not in raw:
        return None
    return tuple(ExternalField(f.get("key"), f.get("value")) for f in raw["external_fields"])
