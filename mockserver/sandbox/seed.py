"""A seed: the ledger every sandbox begins with. Sandboxes share it and never change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.account import Account


class Customer(NamedTuple):
    """A person. The ledger itself knows only the id."""

    customer_id: str
    name_first: str
    name_last: str
    phone_number: str
    email: str
    address_line_one: str
    address_city: str
    address_state: str
    address_zip: str


class Seed(NamedTuple):
    """Accounts and customers by id."""

    accounts: Mapping[str, Account]
    customers: Mapping[str, Customer]
    last_created_at: datetime
    """When its last fact was created; what follows is created later."""
    next_id: int
    """The number of the first id that a sandbox generates."""
