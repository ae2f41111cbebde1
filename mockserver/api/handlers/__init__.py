"""What answers each operation of the contract, by its operationId.

A handler is a plain function. It parses, applies and renders; it takes the path's parameters,
``body``, ``query``, and what the server is made of, by name, and gives the body of a 200 or the
ledger's refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.api.auth import Tokens
from mockserver.api.compat import Profile
from mockserver.api.handlers import accounts, line_items, products, reading, tokens
from mockserver.api.strict_json import Json
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.sandboxes import Sandboxes


def token_info(tokens: Tokens, authorization: list[str]) -> dict[str, Any]:
    """Give who calls an operation of the contract. Raises Unauthorized, NotAuthorized."""
    return {"caller": tokens.caller(authorization)}


def arguments(
    tokens: Tokens, sandboxes: Sandboxes, profile: Profile, info: dict[str, Any], _method: str
) -> dict[str, Any]:
    """Give what the handlers of the contract may ask for."""
    if "caller" not in info:
        return {"profile": profile, "tokens": tokens}
    return {"profile": profile, "tokens": tokens, "sandbox": sandboxes.get(info["caller"].sandbox)}


HANDLERS: Mapping[str, Callable[..., Json | Refusal]] = MappingProxyType(
    {
        "createAccessToken": tokens.create_access_token,
        "createAccount": accounts.create_account,
        "createAccountCharge": line_items.create_charge,
        "createAccountCreditOffset": line_items.create_credit_offset,
        "createAccountDebitOffset": line_items.create_debit_offset,
        "createAccountManualFee": line_items.create_manual_fee,
        "createAccountPayment": line_items.create_payment,
        "createAccountPaymentRecord": line_items.create_payment_record,
        "createAccountRefund": line_items.create_refund,
        "createCustomer": products.create_customer,
        "createProduct": products.create_product,
        "getAccount": accounts.get_account,
        "getAccountLineItem": reading.get_line_item,
        "getAccountStatement": accounts.get_statement,
        "getCustomer": products.get_customer,
        "listAccountLineItems": reading.list_line_items,
        "listAccountStatements": accounts.list_statements,
        "listAccounts": accounts.list_accounts,
        "listProducts": products.list_products,
        "reverseAccountCharge": line_items.reverse_charge,
        "reverseAccountPayment": line_items.reverse_payment,
        "rollAccount": accounts.roll_account,
        "updateAccountStatus": accounts.update_account_status,
        "waiveAccountFee": line_items.waive_fee,
        "waiveAccountFeeOnce": line_items.waive_fee,
    }
)
