"""A seed: the ledger every sandbox begins with. Sandboxes share it and never change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import Customer, Product, Terms


class Listed(NamedTuple):
    """The place of an account, or of a product, in its list."""

    effective_at: datetime
    created_at: datetime
    listed_id: str

    @classmethod
    def of(cls, terms: Terms) -> Listed:
        """Give the place of the account that was opened with ``terms``."""
        return cls(terms.effective_at, terms.created_at, terms.account_id)


class Seed(NamedTuple):
    """Accounts, products and customers by id."""

    accounts: Mapping[str, Account]
    """In the order in which they were planned."""
    listed: Ordered[Listed]
    products: Mapping[str, Product]
    listed_products: Ordered[Listed]
    customers: Mapping[str, Customer]
    last_created_at: datetime
    """When its last fact was created; what follows is created later."""
    next_id: int
    """The number of the first id that a sandbox generates."""
