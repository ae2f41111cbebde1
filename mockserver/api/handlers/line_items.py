"""Posting line items, and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from zoneinfo import ZoneInfo

from mockserver.api.compat import Profile
from mockserver.api.strict_json import Json
from mockserver.api.wire.line_items import (
    parse_charge,
    parse_credit_offset,
    parse_post,
    render_created,
)
from mockserver.ledger.commands import Command, Reversal, ReverseCharge, ReversePayment, WaiveFee
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.sandbox import Sandbox

Handler: TypeAlias = Callable[..., Json | Refusal]

_Parse: TypeAlias = Callable[[str, Json, ZoneInfo | None], Post]


def _posting(parse: _Parse) -> Handler:
    """Give what answers a POST whose body ``parse`` reads."""

    def create(account_id: str, body: Json, sandbox: Sandbox, profile: Profile) -> Json | Refusal:
        zone = None
        if profile.reads_local_times:
            account = sandbox.account(account_id)
            zone = None if account is None else ZoneInfo(account.terms.product.time_zone)
        return _carried_out(sandbox, parse(account_id, body, zone))

    return create


def _posting_type(item_type: ItemType) -> Handler:
    return _posting(lambda account_id, body, zone: parse_post(account_id, item_type, body, zone))


def _reversing(command: Callable[[str, str], Reversal]) -> Handler:
    """Give what answers a POST that takes a line item back."""

    def reverse(account_id: str, line_item_id: str, sandbox: Sandbox) -> Json | Refusal:
        return _carried_out(sandbox, command(account_id, line_item_id))

    return reverse


def _carried_out(sandbox: Sandbox, command: Command) -> Json | Refusal:
    outcome = sandbox.apply(command)
    if isinstance(outcome, Refusal):
        return outcome
    assert outcome.line_item is not None, "a posted item is answered"
    return render_created(outcome.line_item, outcome.account.terms)


def _parse_payment_record(account_id: str, body: Json, zone: ZoneInfo | None) -> Post:
    return parse_post(account_id, ItemType.PAYMENT, body, zone)._replace(is_record=True)


create_debit_offset = _posting_type(ItemType.DEBIT_OFFSET)
create_credit_offset = _posting(parse_credit_offset)
create_charge = _posting(parse_charge)
create_payment = _posting_type(ItemType.PAYMENT)
create_payment_record = _posting(_parse_payment_record)
create_refund = _posting_type(ItemType.REFUND)
create_manual_fee = _posting_type(ItemType.MANUAL_FEE)
reverse_payment = _reversing(ReversePayment)
reverse_charge = _reversing(ReverseCharge)
waive_fee = _reversing(WaiveFee)
