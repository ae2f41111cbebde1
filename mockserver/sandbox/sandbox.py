"""One sandbox: a ledger of its own, over a seed that it shares with the others.

Everything happens on one thread, so a command is decided, kept and applied without a lock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mockserver.ledger.account import Account
from mockserver.ledger.decide import (
    Accepted,
    Command,
    Open,
    Processing,
    Stamp,
    decide,
    is_due,
    process,
)
from mockserver.ledger.events import happened_at
from mockserver.ledger.evolve import evolve
from mockserver.ledger.refusals import Refusal
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.seed import Customer, Seed
from mockserver.store.journal import Journal

_MICROSECOND = timedelta(microseconds=1)


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
        self._processing = processing
        self._own: dict[str, Account] = {}
        """The accounts that differ from the seed's."""
        self._seq = 0
        self._last_created_at = seed.last_created_at
        self._catch_up()

    def apply(self, command: Command) -> Accepted | Refusal:
        """Carry out ``command`` and keep what happened, or give why not and change nothing."""
        while True:
            account = self._find(_account_id(command))
            outcome = decide(account, command, self._stamp())
            if isinstance(outcome, Refusal) or self._keep(outcome):
                return outcome
            self._catch_up()

    def account(self, account_id: str) -> Account | None:
        """Give an account after carrying out what is due on it, or None."""
        account = self._find(account_id)
        while account is not None and self._is_due(account):
            outcome = process(account, self._stamp())
            if self._keep(outcome):
                return outcome.account
            self._catch_up()
            account = self._find(account_id)
        return account

    def account_ids(self) -> list[str]:
        """Give the ids of all accounts, in the order they were made."""
        return list({**self._seed.accounts, **self._own})

    def accounts(self) -> list[Account]:
        """Give all accounts, newest ``effective_at`` first."""
        found = (self.account(account_id) for account_id in self.account_ids())
        return sorted((a for a in found if a is not None), key=_opened, reverse=True)

    def peek(self, account_id: str) -> Account | None:
        """Give an account as :meth:`account` would, but keep nothing. Safe on any thread."""
        account = self._find(account_id)
        if account is None or not self._is_due(account):
            return account
        return process(account, self._stamp()).account

    def customer(self, customer_id: str) -> Customer:
        """Give a customer that some account names."""
        return self._seed.customers[customer_id]

    def now(self) -> datetime:
        """Give the time by which balances are read: never before the newest fact."""
        return max(self._clock.now(), self._last_created_at)

    def _is_due(self, account: Account) -> bool:
        return self._processing is Processing.AUTOMATIC and is_due(account, self.now())

    def _find(self, account_id: str) -> Account | None:
        return self._own.get(account_id) or self._seed.accounts.get(account_id)

    def _stamp(self) -> Stamp:
        created_at = max(self._clock.now(), self._last_created_at + _MICROSECOND)
        return Stamp(created_at, self._seed.next_id + self._seq, self._processing)

    def _keep(self, outcome: Accepted) -> bool:
        events = outcome.events
        if not events:
            return True
        if not self._journal.append(self.name, self._seq, events):
            return False
        self._own[outcome.account.terms.account_id] = outcome.account
        self._seq += len(events)
        self._last_created_at = happened_at(events[-1])
        return True

    def _catch_up(self) -> None:
        """Apply what the journal has kept beyond what this sandbox has seen."""
        for event in self._journal.read(self.name, self._seq):
            account = evolve(self._find(event.account_id), event)
            self._own[event.account_id] = account
            self._seq += 1
            self._last_created_at = max(self._last_created_at, happened_at(event))


def _account_id(command: Command) -> str:
    return command.terms.account_id if isinstance(command, Open) else command.account_id


def _opened(account: Account) -> tuple[datetime, datetime]:
    return account.terms.effective_at, account.terms.created_at
