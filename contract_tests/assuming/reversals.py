"""Assumptions about charges, payments and fees, and about taking them back."""

from __future__ import annotations

from contract_tests.assuming.asking import (
    accepted,
    all_of,
    call,
    items_on,
    posted,
    refused,
    same,
    shown,
    taken,
    total_of,
    type_of,
)
from contract_tests.assuming.opening import add, open_account, take_back
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, items_of


@assumption(
    "reversal-of-nothing", wide=True, otherwise="It reverses anything, or the same thing twice."
)
def nothing_to_reverse(bench: Bench) -> Seen:
    """Reverses a debit offset as a payment, and a charge of a new account twice."""
    account = open_account(bench)
    charge = add(bench, account, "charges")
    once = take_back(bench, account, "charge_reversals", charge)
    twice = take_back(bench, account, "charge_reversals", charge)
    offset = shown(posted(bench, 1, account).member(), "line_item_id")
    other = take_back(bench, account, "payment_reversals", offset)
    return all_of(
        taken(once, "the reversal of a charge"),
        refused(twice, "a second reversal of a charge", 409),
        refused(other, "the reversal of a debit offset as a payment", 409),
    )


@assumption("reversal-of-deferred", wide=True, otherwise="It comes back as another type of item.")
def deferred(bench: Bench) -> Seen:
    """Pays a cent of deferred interest on a new account, reverses the payment, and lists."""
    account = open_account(bench)
    add(bench, account, "credit_offsets", allocation="DEFERRED_INTEREST")
    payment = add(bench, account, "payments")
    accepted(take_back(bench, account, "payment_reversals", payment), "the reversal")
    found = [
        str(kind) for kind in map(type_of, items_on(bench, account)) if "REVERSAL" in str(kind)
    ]
    expected = "PAYMENT_REVERSAL_DEFERRED_INTEREST"
    return Seen(expected in found, f"it comes back as {', '.join(found) or 'nothing'}")


@assumption(
    "charge-status", wide=True, otherwise="It refuses the member, or a pending charge counts later."
)
def charge_status(bench: Bench) -> Seen:
    """Charges a new account with a cent that is PENDING."""
    account = open_account(bench)
    before = total_of(bench, account)
    body = bench.offset(line_item_status="PENDING")
    target = f"{items_of(account)}/charges"
    exchange = call(bench, "POST", target, "createAccountCharge", body)
    if not exchange.is_ok:
        return taken(exchange, "a charge that is PENDING")
    status = shown(exchange.member(), "line_item_overview", "line_item_status")
    return all_of(
        same("the status", "PENDING", status),
        same("the total", before + 1, total_of(bench, account)),
    )
