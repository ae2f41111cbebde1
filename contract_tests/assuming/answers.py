"""Assumptions about what an answer shows."""

from __future__ import annotations

from typing import Any

from contract_tests.assuming.asking import account_of, all_of, at, members, posted, same, shown
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError
from contract_tests.rules import document

_DESCRIPTION = "Debit offset against the account"
_FEES = ("origination", "monthly", "annual", "late", "payment_reversal")


@assumption("offset-description", otherwise="It describes the item in words of its own.")
def description(bench: Bench) -> Seen:
    """Posts, and reads the description in the answer."""
    answer = posted(bench).member()
    return same("the description", _DESCRIPTION, shown(answer, "line_item_overview", "description"))


@assumption(
    "every-member", otherwise="It leaves members out, as it may where they are not required."
)
def every_member(bench: Bench) -> Seen:
    """Posts, and looks for every member that the contract knows."""
    answer = posted(bench).member()
    missing = list(_missing(document()["components"]["schemas"]["LineItem"], answer))
    return Seen(not missing, f"the answer leaves out {', '.join(missing)}")


def _missing(schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """Give the places of all members of an object's schema that are not there."""
    found = []
    for name, member in schema.get("properties", {}).items():
        if not isinstance(value, dict) or name not in value:
            found.append(f"{where}{name}")
        elif "properties" in member and value[name] is not None:
            found += _missing(member, value[name], f"{where}{name}.")
    return found


@assumption("fields-null", otherwise="It leaves them out, or answers [] and null alike.")
def no_fields(bench: Bench) -> Seen:
    """Posts without external fields, with null, and with an empty array."""
    looks = []
    cases: tuple[tuple[dict[str, Any], Any], ...] = (
        ({}, None),
        ({"external_fields": None}, None),
        ({"external_fields": []}, []),
    )
    for sent, expected in cases:
        answer = posted(bench, **sent).member()
        if not isinstance(answer, dict) or "external_fields" not in answer:
            raise UntestedError("the answer shows no external_fields")
        looks.append(same(f"external_fields after {sent}", expected, answer["external_fields"]))
    return all_of(*looks)


@assumption("paid-is-negative", posts=False, otherwise="It shows what was paid without a sign.")
def paid(bench: Bench) -> Seen:
    """Reads the accounts, and looks at the sums of payments of the first that has any."""
    for account in bench.target.accounts:
        cents = shown(account_of(bench, account), "summary", "total_paid_to_date_cents")
        if isinstance(cents, int) and cents:
            return Seen(cents < 0, f"total_paid_to_date_cents is {cents}")
    raise UntestedError("nothing was paid on the accounts that were named")


@assumption("product-shown", posts=False, otherwise="It shows the product's id only.")
def product(bench: Bench) -> Seen:
    """Reads an account, and looks for name, type, time zone and fees of its product."""
    told = members(account_of(bench), "account_product")
    wanted = ("product_name", "product_type", "product_time_zone")
    missing = [name for name in wanted if name not in told]
    lifecycle = at(told, "product_lifecycle")
    fees = [f"{name}_fee_impl_cents" for name in _FEES]
    missing += [name for name in fees if at(lifecycle, name) is None]
    return Seen(not missing, f"the account leaves out {', '.join(missing)}")
