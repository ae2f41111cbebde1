"""One sandbox: a ledger of its own, over a seed that it shares with the others.

Everything happens on one thread, so a command is decided, kept and applied without a lock.
"""

from __future__ import annotations

from datetime import datetime

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Command, Processing
from mockserver.ledger.decide import decide, process
from mockserver.ledger.draft import Accepted
from mockserver.ledger.due import is_due
from mockserver.ledger.events import AccountOpened, CustomerCreated, Event, ProductCreated
from mockserver.ledger.evolve import evolve
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import Customer, Holder, Product
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.seed import Listed, Seed
from mockserver.sandbox.stamper import Stamper
from mockserver.store.journal import Journal


class Sandbox:
    """A ledger that commands are applied to and accounts are read from."""

    def __init__(
        self,
        name: str,
        seed: Seed,
        journal: Journal,
        clock: Clock,
        processing: Processing = Processing.AUTOMATIC,
    ) -> None:
        """Begin with ``seed``, and with what ``journal`` has kept under ``name``."""
        self.name = name
        self._seed = seed
        self._journal = journal
        self._clock = clock
        self._own: dict[str, Account] = {}
        """The accounts that differ from the seed's."""
        self._listed = seed.listed
        self._products: dict[str, Product] = {}
        self._listed_products = seed.listed_products
        self._customers: dict[str, Customer] = {}
        self._seq = 0
        self._stamper = Stamper(seed.last_created_at, seed.next_id, processing)
        self._catch_up()

    def apply(self, command: Command) -> Accepted | Refusal:
        """Carry out ``command`` and keep what happened, or give why not and change nothing."""
        while True:
            account = self._find(command.account_id)
            outcome = decide(account, command, self._stamper.stamp(self._clock.now()))
            if isinstance(outcome, Refusal) or self._keep(outcome):
                return outcome
            self._catch_up()

    def account(self, account_id: str) -> Account | None:
        """Give an account after carrying out what is due on it, or None."""
        account = self._find(account_id)
        while account is not None and self._is_due(account):
            outcome = process(account, self._stamper.stamp(self._clock.now()))
            if self._keep(outcome):
                return outcome.account
            self._catch_up()
            account = self._find(account_id)
        return account

    def peek(self, account_id: str) -> Account | None:
        """Give an account as :meth:`account` would, but keep nothing. Safe on any thread."""
        account = self._find(account_id)
        if account is None or not self._is_due(account):
            return account
        return process(account.sealed(), self._stamper.stamp(self._clock.now())).account

    def listed(self) -> Ordered[Listed]:
        """Give which accounts there are, oldest ``effective_at`` first."""
        return self._listed

    def account_ids(self) -> list[str]:
        """Give the ids of all accounts, in the order they were made. Safe on any thread."""
        return list({**self._seed.accounts, **self._own})

    def create_product(self, product: Product) -> Product:
        """Keep a product under an id of its own, and give it."""
        while True:
            stamp = self._stamper.stamp(self._clock.now())
            product = product._replace(product_id=f"can_{stamp.id_number}")
            if self._append(ProductCreated(product, stamp.created_at)):
                return product
            self._catch_up()

    def create_customer(self, customer: Customer) -> Customer:
        """Keep a customer under an id of its own, and give it."""
        while True:
            stamp = self._stamper.stamp(self._clock.now())
            customer = customer._replace(customer_id=f"can_{stamp.id_number}")
            if self._append(CustomerCreated(customer, stamp.created_at)):
                return customer
            self._catch_up()

    def product(self, product_id: str) -> Product | None:
        """Give a product, or None."""
        return self._products.get(product_id) or self._seed.products.get(product_id)

    def listed_products(self) -> Ordered[Listed]:
        """Give which products there are, oldest first."""
        return self._listed_products

    def customer(self, customer_id: str) -> Customer | None:
        """Give a customer, or None."""
        return self._customers.get(customer_id) or self._seed.customers.get(customer_id)

    def holders(self, account: Account) -> list[tuple[Holder, Customer]]:
        """Give who owes what ``account`` says."""
        found = ((holder, self.customer(holder.customer_id)) for holder in account.terms.holders)
        return [(holder, customer) for holder, customer in found if customer is not None]

    def now(self) -> datetime:
        """Give the time by which balances are read: never before the newest fact."""
        return max(self._clock.now(), self._stamper.last_created_at)

    def _is_due(self, account: Account) -> bool:
        automatic = self._stamper.processing is Processing.AUTOMATIC
        return automatic and is_due(account, self.now())

    def _find(self, account_id: str) -> Account | None:
        return self._own.get(account_id) or self._seed.accounts.get(account_id)

    def _keep(self, outcome: Accepted) -> bool:
        """Keep what a command led to; tell whether nobody was faster."""
        if not outcome.events:
            return True
        if not self._append(*outcome.events):
            return False
        self._own[outcome.account.terms.account_id] = outcome.account
        return True

    def _append(self, *events: Event) -> bool:
        if not self._journal.append(self.name, self._seq, events):
            return False
        for event in events:
            self._note(event)
        return True

    def _catch_up(self) -> None:
        """Apply what the journal has kept beyond what this sandbox has seen."""
        for event in self._journal.read(self.name, self._seq):
            if not isinstance(event, ProductCreated | CustomerCreated):
                self._own[event.account_id] = evolve(self._find(event.account_id), event)
            self._note(event)

    def _note(self, event: Event) -> None:
        """Keep count of an event, and of what it adds beside accounts."""
        self._seq += 1
        self._stamper.passed(event)
        if isinstance(event, AccountOpened):
            self._listed = self._listed.added(Listed.of(event.terms))
        elif isinstance(event, ProductCreated):
            product_id = event.product.product_id
            self._products[product_id] = event.product
            listed = Listed(event.created_at, event.created_at, product_id)
            self._listed_products = self._listed_products.added(listed)
        elif isinstance(event, CustomerCreated):
            self._customers[event.customer.customer_id] = event.customer
