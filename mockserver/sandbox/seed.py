"""A seed: the ledger every sandbox begins with. Sandboxes share it and never change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import Terms


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


class Listed(NamedTuple):
    """An account's place in the list of accounts."""

    effective_at: datetime
    created_at: datetime
    account_id: str

    @classmethod
    def of(cls, terms: Terms) -> Listed:
        """Give the place of the account that was opened with ``terms``."""
        return cls(terms.effective_at, terms.created_at, terms.account_id)


class Seed(NamedTuple):
    """Accounts and customers by id."""

    accounts: Mapping[str, Account]
    """In the order in which they were planned."""
    listed: Ordered[Listed]
    customers: Mapping[str, Customer]
    last_created_at: datetime
    """When its last fact was created; what follows is created later."""
    next_id: int
    """The number of the first id that a sandbox generates."""
