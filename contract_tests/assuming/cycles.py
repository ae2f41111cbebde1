"""Assumptions about billing cycles: fees, interest and statements of accounts of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contract_tests.assuming.asking import (
    accepted,
    all_of,
    at,
    call,
    items_on,
    moment,
    objects,
    post,
    same,
    shown,
    total_of,
    type_of,
)
from contract_tests.assuming.opening import create_product, opened, roll
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError, path_of
from contract_tests.instants import instant

_PRINCIPAL = 10_000
_GRACE_DAYS = 1
_NEW_YORK = ZoneInfo("America/New_York")


def _statements(bench: Bench, account: str) -> list[dict[str, Any]]:
    """List statements, oldest first. Raises UntestedError, OutOfTimeError."""
    target = f"{path_of(account)}/statements/list"
    exchange = call(bench, "GET", target, "listAccountStatements")
    return objects(accepted(exchange, "the list of statements").member())


def _weekly(bench: Bench) -> str:
    """Open an account five weeks ago, in cycles of a week, with a minimum and a late fee; roll it.

    Raises UntestedError, OutOfTimeError.
    """
    product_id = create_product(
        bench,
        product_lifecycle_policies={
            "billing_cycle_policies": {
                "cycle_interval": "7 days",
                "cycle_due_interval": "2 days",
                "product_time_zone": "America/New_York",
            },
            "fee_policies": {"late_fee_cents": 3, "late_fee_grace": f"{_GRACE_DAYS} day"},
        },
        post_promotional_policies={
            "post_promo_min_pay_type": "PERCENT_PRINCIPAL",
            "post_promo_min_pay_percent": 10,
        },
    )
    body = {"initial_principal_cents": _PRINCIPAL}
    account = opened(bench, product_id, effective_at=moment(days=35), summary=body)
    account_id = str(shown(account, "account_id"))
    post(bench, bench.offset(effective_at=moment(days=34)), account_id)
    accepted(roll(bench, account_id), "a roll to now")
    return account_id


def _in_new_york(text: object) -> datetime:
    """Read an instant. Raises UntestedError."""
    read = instant(text)
    if read is None:
        raise UntestedError(f"{text!r} is shown for an instant")
    return read.astimezone(_NEW_YORK)


def _since(bench: Bench, account: str, kind: str) -> list[datetime]:
    """Give from when each item of a type counts, oldest first. Raises UntestedError."""
    items = [item for item in items_on(bench, account) if type_of(item) == kind]
    return sorted(_in_new_york(item.get("effective_at")) for item in items)


@assumption(
    "fee-anniversaries",
    wide=True,
    otherwise="It takes the first fee at the opening, or at the end of a month.",
)
def anniversaries(bench: Bench) -> Seen:
    """Opens an account with a monthly fee 45 days ago, rolls it, and lists its fees."""
    noon = f"{moment(days=45).partition('T')[0]}T17:00:00Z"
    account = opened(bench, effective_at=noon, summary={"monthly_fee_cents": 1})
    account_id = str(shown(account, "account_id"))
    accepted(roll(bench, account_id), "a roll to now")
    opened_on = _in_new_york(account.get("effective_at")).date()
    month = (opened_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    expected = month.replace(day=min(opened_on.day, last.day))
    found = [since.date() for since in _since(bench, account_id, "MONTH_FEE")]
    return same(
        f"monthly fees of an account of {opened_on}", [str(expected)], list(map(str, found))
    )


@assumption(
    "no-cycles", wide=True, otherwise="It has a default cycle, or another default of the due date."
)
def no_cycles(bench: Bench) -> Seen:
    """Opens an account without cycles 60 days ago, rolls it, and lists statements; then one whose
    cycle says nothing of when it is due.
    """
    rates = {"post_promo_default_interest_rate_percent": 10}
    plain = create_product(bench, post_promotional_policies=rates)
    principal = {"initial_principal_cents": _PRINCIPAL}
    account = opened(bench, plain, effective_at=moment(days=60), summary=principal)
    account_id = str(shown(account, "account_id"))
    accepted(roll(bench, account_id), "a roll to now")
    policies = {"billing_cycle_policies": {"cycle_interval": "1 month"}}
    monthly = opened(bench, create_product(bench, product_lifecycle_policies=policies))
    return all_of(
        same("the statements", 0, len(_statements(bench, account_id))),
        same("the total", _PRINCIPAL, total_of(bench, account_id)),
        same("cycle_due_interval", "25 days", at(monthly, "cycle_type", "cycle_due_interval")),
    )


@assumption(
    "late-fee-date", wide=True, otherwise="It charges late fees earlier, later, or more than one."
)
def late_fee(bench: Bench) -> Seen:
    """Opens an account with weekly cycles, pays nothing, rolls it, and compares its first late fee
    with the due date of its first statement.
    """
    account = _weekly(bench)
    found = _since(bench, account, "LATE_FEE")
    statements = _statements(bench, account)
    if not statements:
        raise UntestedError("the account has no statements")
    due = _in_new_york(at(statements[0], "min_pay_due", "min_pay_due_at"))
    midnight = due.replace(hour=0, minute=0, second=0) + timedelta(days=_GRACE_DAYS)
    return all_of(
        same("the first late fee", [str(midnight)], list(map(str, found[:1]))),
        same("late fees on one day", 0, len(found) - len(set(found))),
    )


@assumption(
    "statement-items",
    wide=True,
    otherwise="It shows what was left of them at the end of the cycle.",
)
def statement_items(bench: Bench) -> Seen:
    """Takes a cent off a charge within the first cycle, and reads the charge on the statement."""
    account = _weekly(bench)
    statements = _statements(bench, account)
    if not statements:
        raise UntestedError("the account has no statements")
    statement_id = shown(statements[0], "statement_id")
    target = f"{path_of(account)}/statements/{statement_id}"
    exchange = accepted(call(bench, "GET", target, "getAccountStatement"), "the statement")
    charges = [
        at(item, "line_item_summary", "balance_cents")
        for item in objects(exchange.member("line_items"))
        if type_of(item) in ("CHARGE", "LOAN")
    ]
    return same("the charge on the statement", [_PRINCIPAL], charges)
