"""One sandbox: a ledger of its own, over a seed that it shares with the others.

Everything happens on one thread, so a command is decided, kept and applied without a lock.
"""

from __future__ import annotations

from datetime import datetime

from mockserver.ledger.account import Account
from mockserver.ledger.decide import Accepted, Command, Processing, decide, is_due, process
from mockserver.ledger.events import AccountOpened, Event
from mockserver.ledger.evolve import evolve
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.seed import Customer, Listed, Seed
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

    def customer(self, customer_id: str) -> Customer:
        """Give a customer that some account names."""
        return self._seed.customers[customer_id]

    def now(self) -> datetime:
        """Give the time by which balances are read: never before the newest fact."""
        return max(self._clock.now(), self._stamper.last_created_at)

    def _is_due(self, account: Account) -> bool:
        automatic = self._stamper.processing is Processing.AUTOMATIC
        return automatic and is_due(account, self.now())

    def _find(self, account_id: str) -> Account | None:
        return self._own.get(account_id) or self._seed.accounts.get(account_id)

    def _keep(self, outcome: Accepted) -> bool:
        if not outcome.events:
            return True
        if not self._journal.append(self.name, self._seq, outcome.events):
            return False
        for event in outcome.events:
            self._note(event)
        self._own[outcome.account.terms.account_id] = outcome.account
        return True

    def _catch_up(self) -> None:
        """Apply what the journal has kept beyond what this sandbox has seen."""
        for event in self._journal.read(self.name, self._seq):
            self._own[event.account_id] = evolve(self._find(event.account_id), event)
            self._note(event)

    def _note(self, event: Event) -> None:
        self._seq += 1
        self._stamper.passed(event)
        if isinstance(event, AccountOpened):
            self._listed = self._listed.added(Listed.of(event.terms))
