"""Assumptions about what an account may be used for: new accounts, whose status is changed."""

from __future__ import annotations

from contract_tests.assuming.asking import (
    accepted,
    account_of,
    all_of,
    at,
    items_on,
    moment,
    post,
    refused,
    same,
    shown,
    taken,
    type_of,
)
from contract_tests.assuming.opening import (
    add,
    change_status,
    open_account,
    opened,
    roll,
    take_back,
)
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError


def _put(bench: Bench, account: str, status: str) -> None:
    """Give an account a status, and see that it has it. Raises UntestedError, OutOfTimeError."""
    accepted(change_status(bench, account, account_status=status), f"a change to {status}")
    if (found := _status_of(bench, account)) != status:
        raise UntestedError(f"a change to {status} leaves the account {found}")


def _status_of(bench: Bench, account: str) -> str:
    """Read what an account may be used for. Raises UntestedError, OutOfTimeError."""
    return str(shown(account_of(bench, account), "account_overview", "account_status"))


@assumption(
    "closed-takes-nothing",
    wide=True,
    otherwise="It takes offsets on CLOSED accounts, or on no others.",
)
def closed(bench: Bench) -> Seen:
    """Posts a cent to a new account that is SUSPENDED, then CHARGED_OFF, then CLOSED."""
    account = open_account(bench)
    looks = []
    for status in ("SUSPENDED", "CHARGED_OFF"):
        _put(bench, account, status)
        exchange = post(bench, bench.offset(), account)
        looks.append(taken(exchange, f"an offset on a {status} account"))
    _put(bench, account, "CLOSED")
    exchange = post(bench, bench.offset(), account)
    return all_of(*looks, refused(exchange, "an offset on a CLOSED account", 409))


@assumption("closed-reversal", wide=True, otherwise="It reverses payments of CLOSED accounts.")
def closed_reversal(bench: Bench) -> Seen:
    """Pays a cent on a new account, closes it, and reverses the payment."""
    account = open_account(bench)
    payment = add(bench, account, "payments")
    _put(bench, account, "CLOSED")
    exchange = take_back(bench, account, "payment_reversals", payment)
    return refused(exchange, "the reversal of a payment of a CLOSED account", 409)


@assumption(
    "status-body", wide=True, otherwise="It calls the status otherwise, or answers with a message."
)
def status_body(bench: Bench) -> Seen:
    """Suspends a new account, looks for it in the answer, and sends a change without a status."""
    account = open_account(bench)
    exchange = change_status(bench, account, account_status="SUSPENDED")
    answer = exchange.member()
    status = at(answer, "account_overview", "account_status")
    return all_of(
        taken(exchange, "account_status SUSPENDED"),
        same("account_id in the answer", account, at(answer, "account_id")),
        same("account_status in the answer", "SUSPENDED", status),
        refused(change_status(bench, account), "a change without account_status"),
    )


@assumption(
    "any-status-change",
    wide=True,
    otherwise="It lets nobody open what was closed, say, or refuses a status twice.",
)
def any_change(bench: Bench) -> Seen:
    """Suspends a new account twice, closes it twice, charges it off, and makes it ACTIVE again from
    there and from CLOSED.
    """
    account = open_account(bench)
    before, looks = "ACTIVE", []
    for status in (
        *("SUSPENDED", "SUSPENDED", "CLOSED", "CLOSED", "CHARGED_OFF", "ACTIVE"),
        *("CLOSED", "ACTIVE"),
    ):
        exchange = change_status(bench, account, account_status=status)
        looks.append(taken(exchange, f"a change from {before} to {status}"))
        before = status
    return all_of(*looks, same("the status in the end", before, _status_of(bench, account)))


@assumption("due-at-any-status", wide=True, otherwise="It charges nothing on CLOSED accounts.")
def due(bench: Bench) -> Seen:
    """Opens an account with a monthly fee, closes it, rolls it 40 days on, and counts its fees."""
    account = str(shown(opened(bench, summary={"monthly_fee_cents": 1}), "account_id"))
    _put(bench, account, "CLOSED")
    before = _monthly_fees(bench, account)
    accepted(roll(bench, account, moment(days=-40)), "a roll to a later day")
    after = _monthly_fees(bench, account)
    told = f"a CLOSED account has {after} monthly fees after 40 days, and {before} before"
    return Seen(after > before, told)


def _monthly_fees(bench: Bench, account: str) -> int:
    """Count an account's monthly fees. Raises UntestedError, OutOfTimeError."""
    return sum(type_of(item) == "MONTH_FEE" for item in items_on(bench, account))
