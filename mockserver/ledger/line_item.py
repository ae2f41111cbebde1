"""Line items: the immutable facts that balances are folded from, and the table of their types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from mockserver.ledger.external_fields import ExternalFields
from mockserver.ledger.money import Bucket, Cents
from mockserver.ledger.terms import AccountStatus


class ItemType(Enum):
    """Every type of line item the ledger knows (ledger.md L1, L2)."""

    CHARGE = "CHARGE"
    LOAN = "LOAN"
    ORIG_FEE = "ORIG_FEE"
    LATE_FEE = "LATE_FEE"
    MANUAL_FEE = "MANUAL_FEE"
    INTEREST = "INTEREST"
    DEFERRED_INTEREST = "DEFERRED_INTEREST"
    CREDIT_OFFSET = "CREDIT_OFFSET"
    CREDIT_OFFSET_FEE = "CREDIT_OFFSET_FEE"
    CREDIT_OFFSET_INTEREST = "CREDIT_OFFSET_INTEREST"
    CREDIT_OFFSET_DEFERRED_INTEREST = "CREDIT_OFFSET_DEFERRED_INTEREST"
    DEBIT_OFFSET = "DEBIT_OFFSET"
    PAYMENT = "PAYMENT"


class ItemStatus(Enum):
    """What has become of an item, as far as the ledger knows so far (ledger.md L2)."""

    VALID = "VALID"


class ItemRule(NamedTuple):
    """How the items of one type behave."""

    description: str
    bucket: Bucket | None
    """The bucket the item adds to; None for an item that takes from the buckets."""
    uses_credit: bool = False
    """Whether what is left of it reduces the available credit (ledger.md L15)."""
    waits_for_effect: bool = False
    """Whether it counts in no balance before its ``effective_at`` (ledger.md L10, L19)."""
    refused_by: frozenset[AccountStatus] = frozenset()
    """The account statuses that take no such item (ledger.md L20)."""

    @property
    def sign(self) -> int:
        """+1 for what raises the balance, -1 for what reduces it (ledger.md L1)."""
        return -1 if self.bucket is None else 1


_CLOSED = frozenset({AccountStatus.CLOSED})
_NOT_ACTIVE = frozenset(AccountStatus) - {AccountStatus.ACTIVE}


def _adds(description: str, bucket: Bucket) -> ItemRule:
    return ItemRule(description, bucket)


def _credit_offset(bucket: Bucket) -> ItemRule:
    return ItemRule(
        "Credit offset against the account", bucket, waits_for_effect=True, refused_by=_CLOSED
    )


def _takes(description: str) -> ItemRule:
    return ItemRule(description, None, waits_for_effect=True, refused_by=_CLOSED)


RULES: dict[ItemType, ItemRule] = {
    ItemType.CHARGE: ItemRule("Charge", Bucket.PRINCIPAL, uses_credit=True, refused_by=_NOT_ACTIVE),
    ItemType.LOAN: ItemRule("Loan", Bucket.PRINCIPAL, uses_credit=True),
    ItemType.ORIG_FEE: _adds("Origination fee", Bucket.FEE),
    ItemType.LATE_FEE: _adds("Late fee", Bucket.FEE),
    ItemType.MANUAL_FEE: _adds("Manual fee", Bucket.FEE),
    ItemType.INTEREST: _adds("Interest", Bucket.INTEREST),
    ItemType.DEFERRED_INTEREST: _adds("Deferred interest", Bucket.DEFERRED_INTEREST),
    ItemType.CREDIT_OFFSET: _credit_offset(Bucket.PRINCIPAL),
    ItemType.CREDIT_OFFSET_FEE: _credit_offset(Bucket.FEE),
    ItemType.CREDIT_OFFSET_INTEREST: _credit_offset(Bucket.INTEREST),
    ItemType.CREDIT_OFFSET_DEFERRED_INTEREST: _credit_offset(Bucket.DEFERRED_INTEREST),
    ItemType.DEBIT_OFFSET: _takes("Debit offset against the account"),
    ItemType.PAYMENT: _takes("Payment"),
}


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
    asked: Post
    """The command it answers."""
