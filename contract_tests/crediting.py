"""Posting credit offsets, where a server has them."""

from __future__ import annotations

from typing import Any

from contract_tests.bench import JSON, Bench, items_of
from contract_tests.exchange import Exchange, Request

CREDIT = "createAccountCreditOffset"


def credit(bench: Bench, body: Any, account: str | None = None) -> Exchange:
    """Post a credit offset. Raises UntestedError, OutOfTimeError."""
    return bench.send(crediting(bench, body, account), odd=True)


def crediting(bench: Bench, body: Any, account: str | None = None) -> Request:
    """Make a request that posts a credit offset. Raises UntestedError."""
    target = f"{items_of(bench.account if account is None else account)}/credit_offsets"
    request = bench.posting(body, target=target, headers=bench.headers(JSON))
    return request._replace(operation=CREDIT)
