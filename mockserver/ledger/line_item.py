"""Line items: the immutable facts that balances are folded from, and the table of their types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from mockserver.ledger.external_fields import ExternalFields
from mockserver.ledger.money import Bucket, Cents
from mockserver.ledger.pouring import Poured
from mockserver.ledger.terms import AccountStatus


class ItemType(Enum):
    """Every type of line item the ledger knows (ledger.md L1, L2, L11, L22, L23)."""

    CHARGE = "CHARGE"
    LOAN = "LOAN"
    ORIG_FEE = "ORIG_FEE"
    MONTH_FEE = "MONTH_FEE"
    YEAR_FEE = "YEAR_FEE"
    LATE_FEE = "LATE_FEE"
    MANUAL_FEE = "MANUAL_FEE"
    RETURN_CHECK_FEE = "RETURN_CHECK_FEE"
    INTEREST = "INTEREST"
    DEFERRED_INTEREST = "DEFERRED_INTEREST"
    CREDIT_OFFSET = "CREDIT_OFFSET"
    CREDIT_OFFSET_FEE = "CREDIT_OFFSET_FEE"
    CREDIT_OFFSET_INTEREST = "CREDIT_OFFSET_INTEREST"
    CREDIT_OFFSET_DEFERRED_INTEREST = "CREDIT_OFFSET_DEFERRED_INTEREST"
    DEBIT_OFFSET = "DEBIT_OFFSET"
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    PAYMENT_REVERSAL = "PAYMENT_REVERSAL"
    PAYMENT_REVERSAL_FEE = "PAYMENT_REVERSAL_FEE"
    PAYMENT_REVERSAL_INTEREST = "PAYMENT_REVERSAL_INTEREST"
    PAYMENT_REVERSAL_DEFERRED_INTEREST = "PAYMENT_REVERSAL_DEFERRED_INTEREST"
    CHARGE_REVERSAL = "CHARGE_REVERSAL"
    FEE_REVERSAL = "FEE_REVERSAL"

    rule: ItemRule
    """How its items behave: what :data:`RULES` says of it."""


class ItemRule(NamedTuple):
    """How the items of one type behave."""

    description: str
    bucket: Bucket | None
    """The bucket the item adds to; None for an item that takes from the buckets."""
    waits_for_effect: bool = False
    """Whether it counts in no balance before its ``effective_at`` (ledger.md L10, L19)."""
    refused_by: tuple[AccountStatus, ...] = ()
    """The account statuses that take no such item (ledger.md L20)."""


_CLOSED = (AccountStatus.CLOSED,)
_NOT_ACTIVE = tuple(status for status in AccountStatus if status is not AccountStatus.ACTIVE)


def _credit_offset(bucket: Bucket) -> ItemRule:
    return ItemRule(
        "Credit offset against the account", bucket, waits_for_effect=True, refused_by=_CLOSED
    )


def _takes(description: str) -> ItemRule:
    return ItemRule(description, None, waits_for_effect=True, refused_by=_CLOSED)


RULES: dict[ItemType, ItemRule] = {
    ItemType.CHARGE: ItemRule("Charge", Bucket.PRINCIPAL, refused_by=_NOT_ACTIVE),
    ItemType.LOAN: ItemRule("Loan", Bucket.PRINCIPAL),
    ItemType.ORIG_FEE: ItemRule("Origination fee", Bucket.FEE),
    ItemType.MONTH_FEE: ItemRule("Monthly fee", Bucket.FEE),
    ItemType.YEAR_FEE: ItemRule("Annual fee", Bucket.FEE),
    ItemType.LATE_FEE: ItemRule("Late fee", Bucket.FEE),
    ItemType.MANUAL_FEE: ItemRule("Manual fee", Bucket.FEE, refused_by=_CLOSED),
    ItemType.RETURN_CHECK_FEE: ItemRule("Payment reversal fee", Bucket.FEE),
    ItemType.INTEREST: ItemRule("Interest", Bucket.INTEREST),
    ItemType.DEFERRED_INTEREST: ItemRule("Deferred interest", Bucket.DEFERRED_INTEREST),
    ItemType.CREDIT_OFFSET: _credit_offset(Bucket.PRINCIPAL),
    ItemType.CREDIT_OFFSET_FEE: _credit_offset(Bucket.FEE),
    ItemType.CREDIT_OFFSET_INTEREST: _credit_offset(Bucket.INTEREST),
    ItemType.CREDIT_OFFSET_DEFERRED_INTEREST: _credit_offset(Bucket.DEFERRED_INTEREST),
    ItemType.DEBIT_OFFSET: _takes("Debit offset against the account"),
    ItemType.PAYMENT: _takes("Payment"),
    ItemType.REFUND: _takes("Refund"),
    ItemType.PAYMENT_REVERSAL: ItemRule("Payment reversal", Bucket.PRINCIPAL),
    ItemType.PAYMENT_REVERSAL_FEE: ItemRule("Payment reversal", Bucket.FEE),
    ItemType.PAYMENT_REVERSAL_INTEREST: ItemRule("Payment reversal", Bucket.INTEREST),
    ItemType.PAYMENT_REVERSAL_DEFERRED_INTEREST: ItemRule(
        "Payment reversal", Bucket.DEFERRED_INTEREST
    ),
    ItemType.CHARGE_REVERSAL: ItemRule("Charge reversal", None),
    ItemType.FEE_REVERSAL: ItemRule("Fee waiver", None),
}

for _item_type, _rule in RULES.items():
    _item_type.rule = _rule  # hashing an enum member takes longer than all that is looked up here

FEES = frozenset(
    {
        ItemType.ORIG_FEE,
        ItemType.MONTH_FEE,
        ItemType.YEAR_FEE,
        ItemType.LATE_FEE,
        ItemType.MANUAL_FEE,
        ItemType.RETURN_CHECK_FEE,
    }
)
"""The types that a fee waiver takes back."""


class Merchant(NamedTuple):
    """Where a charge was made. None is: not given."""

    name: str | None = None
    merchant_id: str | None = None
    mcc_code: str | int | float | None = None
    phone_number: str | None = None


class Post(NamedTuple):
    """The command to post one line item, as it was asked for.

    Two commands are the same request when they are equal: what was left to the ledger (an absent
    id or ``effective_at``) stays None here (openapi.yaml, "Repeat of the same line_item_id").
    """

    account_id: str
    item_type: ItemType
    amount_cents: Cents
    """Without sign: zero or more."""
    line_item_id: str | None = None
    effective_at: datetime | None = None
    allocation: Bucket | None = None
    external_fields: ExternalFields | None = None
    merchant: Merchant | None = None
    last_four: str | None = None
    """Of the card that was charged."""
    status: str | None = None
    """The status a charge was sent with; it is shown, and means nothing to the ledger."""
    is_record: bool = False
    """Whether a payment was made elsewhere and is only recorded."""


class LineItem(NamedTuple):
    """One fact on an account. Nothing of it ever changes (ledger.md L21)."""

    effective_at: datetime
    created_at: datetime
    """Later than that of any item before it; the two instants are its place among the items."""
    line_item_id: str
    item_type: ItemType
    amount_cents: Cents
    """Signed: positive is owed."""
    description: str
    asked: Post | None = None
    """The command it answers; None for what the ledger posts by itself."""
    poured: Poured | None = None
    """How it poured, where that happened when it was posted."""

    @property
    def allocation(self) -> Bucket | None:
        """The bucket that was asked for."""
        return None if self.asked is None else self.asked.allocation

    @property
    def external_fields(self) -> ExternalFields | None:
        """The external fields that were sent."""
        return None if self.asked is None else self.asked.external_fields
