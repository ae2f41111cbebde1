"""Assumptions about where an offset goes, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from contract_tests.assuming.asking import (
    accepted,
    account_of,
    all_of,
    at,
    members,
    moment,
    posted,
    read,
    require,
    same,
    shown,
    total_of,
)
from contract_tests.assuming.opening import add, open_account, roll
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError, item_of
from contract_tests.reading import READ_ITEM, item_in

_BUCKETS = ("FEE", "INTEREST", "PRINCIPAL", "DEFERRED_INTEREST")
_SHOWN = {
    "FEE": ("fees_balance_cents",),
    "INTEREST": ("interest_balance_cents", "am_interest_balance_cents"),
    "PRINCIPAL": ("principal_cents",),
    "DEFERRED_INTEREST": ("deferred_interest_balance_cents", "am_deferred_interest_balance_cents"),
}


@assumption("overflow-order", wide=True, otherwise="It overflows in another order, or not at all.")
def overflow(bench: Bench) -> Seen:
    """Opens an account with a cent in every bucket, and takes two cents from the last bucket, then
    one from the first.
    """
    account = open_account(bench)
    for bucket in _BUCKETS:
        add(bench, account, "credit_offsets", allocation=bucket)
    posted(bench, 2, account, allocation="DEFERRED_INTEREST")
    first = _left(bench, account, 1)
    posted(bench, 1, account, allocation="FEE")
    second = _left(bench, account, 2)
    return all_of(
        same("two cents off DEFERRED_INTEREST leave", ["INTEREST", "PRINCIPAL"], first),
        same("one more off FEE leaves", ["PRINCIPAL"], second),
    )


def _left(bench: Bench, account: str, minutes: int) -> list[str]:
    """Give what buckets hold something in some minutes. Raises UntestedError, OutOfTimeError."""
    with suppress(UntestedError):  # where only rolls process what waits
        roll(bench, account, moment(minutes=-minutes))
    summary = members(account_of(bench, account), "summary")
    return [name for name in _BUCKETS if any(summary.get(member) for member in _SHOWN[name])]


@assumption("negative-total", wide=True, otherwise="It refuses, or takes no more than is owed.")
def negative_total(bench: Bench) -> Seen:
    """Takes a cent off a new account that owes nothing."""
    require(bench, READ_ITEM)
    account = open_account(bench)
    before = total_of(bench, account)
    posting = posted(bench, 1, account)
    summary = shown(account_of(bench, account), "summary")
    item = _read_back(bench, account, shown(posting.member(), "line_item_id"))
    return all_of(
        same("the total", before - 1, at(summary, "total_balance_cents")),
        same("principal_cents", before - 1, at(summary, "principal_cents")),
        same("balance_cents of the item", -1, at(item, "line_item_summary", "balance_cents")),
    )


@assumption("offset-sign", otherwise="It answers the amount as it was sent, or shares it out.")
def sign(bench: Bench) -> Seen:
    """Posts a cent for FEE, and looks at the figures of the answer."""
    summary = shown(posted(bench, allocation="FEE").member(), "line_item_summary")
    figures = ("original_amount_cents", "principal_cents")
    looks = [same(name, -1, at(summary, name)) for name in figures if at(summary, name) is not None]
    if not looks:
        raise UntestedError("the answer shows no amount")
    return all_of(*looks)


@assumption("offset-as-created", otherwise="It answers what is left, or never shows what is left.")
def as_created(bench: Bench) -> Seen:
    """Posts a cent, and compares balance_cents and principal_cents of the answer and of a read."""
    require(bench, READ_ITEM)
    account = next((of for of in bench.target.accounts if total_of(bench, of) > 0), None)
    if account is None:
        raise UntestedError("no account owes anything that could be taken off")
    posting = posted(bench, 1, account)
    item = _read_back(bench, account, shown(posting.member(), "line_item_id"))
    answered = shown(posting.member(), "line_item_summary")
    read_back = shown(item, "line_item_summary")
    figures = ("balance_cents", "principal_cents")
    first, then = ([at(of, name) for name in figures] for of in (answered, read_back))
    if then == [-1, 0]:
        raise UntestedError("the item waits to be poured")
    return all_of(
        same("answered balance and principal", [-1, -1], first),
        same("balance and principal read back", [0, 0], then),
    )


def _read_back(bench: Bench, account: str, line_item_id: str) -> Mapping[str, Any]:
    """Read an item. Raises UntestedError, OutOfTimeError."""
    exchange = accepted(read(bench, item_of(account, line_item_id), READ_ITEM), "reading the item")
    item = item_in(exchange, line_item_id)
    if item is None:
        raise UntestedError("the item is not in the answer")
    return item


@assumption("allocation-echoed", otherwise="It shows no allocation, or the one it chose.")
def allocation(bench: Bench) -> Seen:
    """Posts with and without an allocation, and looks for it in the answers."""
    looks = []
    for sent in ("PRINCIPAL", None):
        asked: dict[str, Any] = {} if sent is None else {"allocation": sent}
        overview = members(posted(bench, **asked).member(), "line_item_overview")
        is_echoed = "allocation" in overview and overview["allocation"] == sent
        told = overview.get("allocation", "nothing")
        looks.append(Seen(is_echoed, f"the allocation {sent!r} is shown as {told!r}"))
    return all_of(*looks)
