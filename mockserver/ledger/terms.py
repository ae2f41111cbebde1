"""What an account is opened with: its product, its holders, its limit, its fees and its rate."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import NamedTuple

from mockserver.ledger.cycle import CycleType, Interval
from mockserver.ledger.external_fields import ExternalFields
from mockserver.ledger.money import Cents


class AccountStatus(Enum):
    """What an account may still be used for (ledger.md L20)."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"
    CHARGED_OFF = "CHARGED_OFF"


class ProductType(StrEnum):
    """Kinds of credit with a name of their own; others behave as REVOLVING (ledger.md L12)."""

    INSTALLMENT = "INSTALLMENT"
    REVOLVING = "REVOLVING"
    MIXED_RATE_INSTALLMENT = "MIXED_RATE_INSTALLMENT"
    CREDIT = "CREDIT"


class MinPay(NamedTuple):
    """What has to be paid of a statement: interest, fees and a part of the principal."""

    percent: Decimal | None = None
    """Of the principal; None is: nothing has to be paid (ledger.md L23)."""


class Fees(NamedTuple):
    """What an account is charged, in cents; 0 for what it is not."""

    origination_cents: Cents = 0
    month_cents: Cents = 0
    year_cents: Cents = 0
    late_cents: Cents = 0
    payment_reversal_cents: Cents = 0


class Product(NamedTuple):
    """What accounts are opened from."""

    product_id: str
    name: str
    product_type: str
    """Mostly a :class:`ProductType`. INSTALLMENT shows interest as amortised (ledger.md L5)."""
    time_zone: str
    """An IANA name; answers show instants in this zone."""
    cycle_type: CycleType | None = None
    """None: accounts have no billing cycles, so no interest and no statements."""
    has_promo: bool = False
    """Whether promo rates apply, rather than those after the promotion (ledger.md L12)."""
    promo_rate_percent: Decimal = Decimal(0)
    post_promo_rate_percent: Decimal = Decimal(0)
    defers_interest: bool = False
    min_pay: MinPay = MinPay()
    credit_limit_cents: Cents = 0
    fees: Fees = Fees()
    document: str = ""
    """What it was created with, as the text that was sent; the ledger does not read it."""


class Customer(NamedTuple):
    """A person. The ledger only knows that there is one."""

    customer_id: str
    name_first: str
    name_last: str
    phone_number: str
    email: str
    date_of_birth: str
    address_line_one: str
    address_city: str
    address_state: str
    address_zip: str


class Holder(NamedTuple):
    """Somebody who owes what the account says."""

    customer_id: str
    role: str
    """PRIMARY or SECONDARY."""


class Terms(NamedTuple):
    """What an account was opened with. Never changes."""

    account_id: str
    product: Product
    effective_at: datetime
    created_at: datetime
    credit_limit_cents: Cents = 0
    initial_principal_cents: Cents = 0
    fees: Fees = Fees()
    interest_rate_percent: Decimal = Decimal(0)
    """The rate that applies (ledger.md L12)."""
    promo_rate_percent: Decimal | None = None
    """The account's own, where it has one; so for the next."""
    post_promo_rate_percent: Decimal | None = None
    holders: tuple[Holder, ...] = ()
    external_fields: ExternalFields | None = None
    cycle_type: CycleType | None = None

    @property
    def lends(self) -> bool:
        """Whether the initial charge becomes a loan (ledger.md L4)."""
        is_installment = self.product.product_type == ProductType.INSTALLMENT
        return is_installment and self.initial_principal_cents > 0


def rate_percent(product: Product, promo: Decimal | None, post_promo: Decimal | None) -> Decimal:
    """Give the yearly rate of an account that was opened with these rates of its own."""
    if product.has_promo:
        return product.promo_rate_percent if promo is None else promo
    return product.post_promo_rate_percent if post_promo is None else post_promo


def cycle_type_of(product: Product, own: dict[str, Interval]) -> CycleType | None:
    """Give the cycles of an account: its own intervals, else its product's."""
    if "cycle_interval" not in own and product.cycle_type is None:
        return None
    return (product.cycle_type or CycleType())._replace(**own)
