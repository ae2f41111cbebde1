"""What answers each operation of the contract, by its operationId.

A handler is a plain function. It parses, applies and renders; it takes the path's parameters,
``body``, ``query``, and what the server is made of, by name, and gives the body of a 200 or the
ledger's refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mockserver.api.handlers.accounts import get_account, list_accounts
from mockserver.api.handlers.line_items import (
    create_debit_offset,
    get_line_item,
    list_line_items,
)
from mockserver.api.handlers.tokens import create_access_token
from mockserver.api.strict_json import Json
from mockserver.ledger.refusals import Refusal

HANDLERS: Mapping[str, Callable[..., Json | Refusal]] = MappingProxyType(
    {
        "createAccessToken": create_access_token,
        "createAccountDebitOffset": create_debit_offset,
        "getAccount": get_account,
        "getAccountLineItem": get_line_item,
        "listAccountLineItems": list_line_items,
        "listAccounts": list_accounts,
    }
)
