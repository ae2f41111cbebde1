"""What a ledger holds, as one value. A snapshot is such a value, and so is a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

from immutables import Map

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Processing, Stamp
from mockserver.ledger.events import (
    AccountOpened,
    CustomerCreated,
    Event,
    ProductCreated,
    numbers_used,
)
from mockserver.ledger.evolve import evolve
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import Customer, Product, Terms

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Before all facts."""

_MICROSECOND = timedelta(microseconds=1)


class Listed(NamedTuple):
    """The place of an account, or of a product, in its list."""

    effective_at: datetime
    created_at: datetime
    listed_id: str

    @classmethod
    def of(cls, terms: Terms) -> Listed:
        """Give the place of the account that was opened with ``terms``."""
        return cls(terms.effective_at, terms.created_at, terms.account_id)


class State(NamedTuple):
    """Accounts, products and customers by id. Versions share what they have in common."""

    base: Mapping[str, Account] = MappingProxyType({})
    """The accounts it began with, in the order in which they were planned; never changed."""
    own: Map[str, Account] = Map()
    """The accounts that are new, or not what they were in the beginning."""
    listed: Ordered[Listed] = Ordered()
    products: Map[str, Product] = Map()
    listed_products: Ordered[Listed] = Ordered()
    customers: Map[str, Customer] = Map()
    last_created_at: datetime = BEGINNING
    """When its last fact was created; what follows is created later."""
    next_id: int = 1
    """The number of the next id that is generated."""

    def find(self, account_id: str) -> Account | None:
        """Give an account, or None."""
        return self.own.get(account_id) or self.base.get(account_id)

    def account_ids(self) -> list[str]:
        """Give the ids of all accounts, those it began with first, others as listed."""
        listed = (listed.listed_id for listed in self.listed)
        return list(dict.fromkeys([*self.base, *listed]))

    def stamp(self, now: datetime, processing: Processing) -> Stamp:
        """Give the stamp for a command that is carried out at ``now``, or as soon as may be."""
        created_at = max(now, self.last_created_at + _MICROSECOND)
        return Stamp(created_at, self.next_id, processing)

    def after(self, event: Event) -> State:
        """Give the state once ``event`` has happened."""
        if isinstance(event, ProductCreated):
            product = event.product
            listed = Listed(event.created_at, event.created_at, product.product_id)
            return self._counting(event)._replace(
                products=self.products.set(product.product_id, product),
                listed_products=self.listed_products.added(listed),
            )
        if isinstance(event, CustomerCreated):
            customer = event.customer
            customers = self.customers.set(customer.customer_id, customer)
            return self._counting(event)._replace(customers=customers)
        account = evolve(self.find(event.account_id), event)
        return self.having((event,), account, is_new=isinstance(event, AccountOpened))

    def having(self, events: Iterable[Event], account: Account, *, is_new: bool) -> State:
        """Give the state after ``events``, which led to ``account``."""
        last_created_at, next_id = self.last_created_at, self.next_id
        for event in events:
            last_created_at = max(last_created_at, event.created_at)
            next_id += numbers_used(event)
        terms = account.terms
        return State(
            self.base,
            self.own.set(terms.account_id, account),
            self.listed.added(Listed.of(terms)) if is_new else self.listed,
            *(self.products, self.listed_products, self.customers),
            *(last_created_at, next_id),
        )

    def as_base(self, account_ids: Iterable[str]) -> State:
        """Give this state as one from which many begin; ``account_ids`` are in its order."""
        accounts = {account_id: self._sealed(account_id) for account_id in account_ids}
        return self._replace(base=MappingProxyType(accounts), own=Map())

    def _sealed(self, account_id: str) -> Account:
        account = self.find(account_id)
        assert account is not None, f"{account_id!r} is in no list"
        return account.sealed()

    def after_all(self, events: Iterable[Event]) -> State:
        """Give the state once all ``events`` have happened, in order."""
        return reduce(State.after, events, self)

    def _counting(self, event: Event) -> State:
        return self._replace(
            last_created_at=max(self.last_created_at, event.created_at),
            next_id=self.next_id + numbers_used(event),
        )
