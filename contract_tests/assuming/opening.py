"""Accounts of its own, for what would change too much on the accounts that were named."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from contract_tests.assuming.asking import accepted, account_of, call, members, moment, shown
from contract_tests.bench import Bench, items_of, path_of
from contract_tests.exchange import Exchange


def open_account(bench: Bench, product_id: str | None = None, **sent: Any) -> str:
    """Open an account, of the first account's product unless told; give its id.

    Raises UntestedError, OutOfTimeError.
    """
    return str(shown(opened(bench, product_id, **sent), "account_id"))


def opened(bench: Bench, product_id: str | None = None, **sent: Any) -> dict[str, Any]:
    """Open an account; give it as it is answered. Raises UntestedError, OutOfTimeError."""
    if product_id is None:
        product_id = shown(account_of(bench), "account_product", "product_id")
    body = {"product_id": product_id, **sent}
    exchange = accepted(call(bench, "POST", "/accounts", "createAccount", body), "a new account")
    return members(exchange.member())


def create_product(bench: Bench, **sent: Any) -> str:
    """Create a product; give its id. Raises UntestedError, OutOfTimeError."""
    overview = {"product_name": f"Assumed {bench.run}", "product_type": "REVOLVING"}
    body = {"product_overview": overview, **sent}
    exchange = call(bench, "POST", "/products", "createProduct", body)
    return str(shown(accepted(exchange, "a new product").member(), "product_id"))


def add(bench: Bench, account: str, kind: str, cents: int = 1, **sent: Any) -> str:
    """Post an item of another kind, such as ``payments``; give its id.

    Raises UntestedError, OutOfTimeError.
    """
    target, operation = f"{items_of(account)}/{kind}", _OPERATIONS[kind]
    exchange = call(bench, "POST", target, operation, bench.offset(cents, **sent))
    return str(shown(accepted(exchange, f"a post to {kind}").member(), "line_item_id"))


def take_back(bench: Bench, account: str, kind: str, line_item_id: str) -> Exchange:
    """Reverse or waive an item, by ``payment_reversals`` and so on.

    Raises UntestedError, OutOfTimeError.
    """
    target = f"{items_of(account)}/{kind}/{quote(line_item_id, safe='')}"
    return call(bench, "POST", target, _OPERATIONS[kind], {})


def roll(bench: Bench, account: str, end: str | None = None) -> Exchange:
    """Roll an account to ``end``, or to now. Raises UntestedError, OutOfTimeError."""
    named = urlencode({"account_id": account, "exclusive_end": end or moment()})
    return call(bench, "PATCH", f"/admin/roll/account?{named}", "rollAccount")


def change_status(bench: Bench, account: str, **sent: Any) -> Exchange:
    """Change what an account may be used for: ``account_status="CLOSED"``.

    Raises UntestedError, OutOfTimeError.
    """
    return call(bench, "PUT", f"{path_of(account)}/status", "updateAccountStatus", sent)


_OPERATIONS = {
    "charges": "createAccountCharge",
    "credit_offsets": "createAccountCreditOffset",
    "manual_fees": "createAccountManualFee",
    "payments": "createAccountPayment",
    "payment_reversals": "reverseAccountPayment",
    "charge_reversals": "reverseAccountCharge",
    "fee_waivers": "waiveAccountFee",
}
