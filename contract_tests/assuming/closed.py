"""Assumptions about accounts that are closed: looked for among all accounts of the server."""

from __future__ import annotations

from collections.abc import Mapping

from contract_tests.assuming.asking import (
    accepted,
    all_of,
    at,
    call,
    items_on,
    objects,
    post,
    refused,
    shown,
    taken,
    type_of,
)
from contract_tests.assuming.opening import take_back
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError


def _accounts(bench: Bench) -> Mapping[str, str]:
    """Give an account of each status, a CLOSED one among them.

    Raises UntestedError, OutOfTimeError.
    """
    exchange = call(bench, "GET", "/accounts?limit=1000", "listAccounts")
    found: dict[str, str] = {}
    for account in objects(accepted(exchange, "the list of accounts").member("results")):
        status = at(account, "account_overview", "account_status")
        found.setdefault(str(status), str(at(account, "account_id")))
    if "CLOSED" not in found:
        raise UntestedError("the server lists no CLOSED account")
    return found


@assumption(
    "closed-takes-nothing",
    wide=True,
    otherwise="It takes offsets on CLOSED accounts, or on no others.",
)
def closed(bench: Bench) -> Seen:
    """Posts nothing, 0 cents, to the first account of each status that GET /accounts lists."""
    known = _accounts(bench)
    exchange = post(bench, bench.offset(0), known["CLOSED"])
    looks = [refused(exchange, "an offset on a CLOSED account", 409)]
    for status in ("SUSPENDED", "CHARGED_OFF"):
        if status in known:
            exchange = post(bench, bench.offset(0), known[status])
            looks.append(taken(exchange, f"an offset on a {status} account"))
    return all_of(*looks)


@assumption("closed-reversal", wide=True, otherwise="It reverses payments of CLOSED accounts.")
def closed_reversal(bench: Bench) -> Seen:
    """Reverses a payment of a CLOSED account."""
    account = _accounts(bench)["CLOSED"]
    payments = [item for item in items_on(bench, account) if type_of(item) == "PAYMENT"]
    if not payments:
        raise UntestedError("the CLOSED account has no payment")
    payment = str(shown(payments[0], "line_item_id"))
    exchange = take_back(bench, account, "payment_reversals", payment)
    return refused(exchange, "the reversal of a payment of a CLOSED account", 409)
