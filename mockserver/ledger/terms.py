"""What an account is opened with: its product, its holders, its limit and its rate."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from mockserver.ledger.cycle import CycleType
from mockserver.ledger.external_fields import ExternalFields
from mockserver.ledger.money import Cents


class AccountStatus(Enum):
    """What an account may still be used for (ledger.md L20)."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"
    CHARGED_OFF = "CHARGED_OFF"


class ProductType(Enum):
    """The kind of credit. It decides which interest fields an account shows (ledger.md L5)."""

    INSTALLMENT = "INSTALLMENT"
    REVOLVING = "REVOLVING"
    MIXED_RATE_INSTALLMENT = "MIXED_RATE_INSTALLMENT"
    CREDIT = "CREDIT"


class Product(NamedTuple):
    """What accounts are opened from."""

    product_id: str
    name: str
    product_type: ProductType
    time_zone: str
    """An IANA name; answers show instants in this zone."""


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
    origination_fee_cents: Cents = 0
    interest_rate_percent: Decimal = Decimal(0)
    holders: tuple[Holder, ...] = ()
    external_fields: ExternalFields | None = None
    cycle_type: CycleType = CycleType()
