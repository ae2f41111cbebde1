"""One sandbox: a ledger of its own, over a seed that it shares with the others.

Everything happens on one thread, so a command is decided, kept and applied without a lock.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Command, Processing
from mockserver.ledger.decide import decide, process
from mockserver.ledger.draft import Accepted
from mockserver.ledger.due import is_due
from mockserver.ledger.events import CustomerCreated, Event, ProductCreated
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import Customer, Holder, Product
from mockserver.sandbox.clock import Clock, ClockSetting, SandboxClock
from mockserver.sandbox.held import Held
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.state import Listed, State
from mockserver.sandbox.traffic import Traffic
from mockserver.store.journal import Journal


class SandboxFullError(Exception):
    """A sandbox takes no more. The message says what to do; nothing was changed."""


class Setup(NamedTuple):
    """How a sandbox begins, and how it goes on."""

    seed: Seed
    processing: Processing = Processing.AUTOMATIC
    clock: ClockSetting = ClockSetting()
    max_events: int = 1_000_000
    """How much may happen in it: some 600 MB."""
    rate: Rate | None = None
    """How many requests a token may send."""


class Snapshot(NamedTuple):
    """All there is in a ledger, and its clock, as it was at one moment."""

    seed: Seed
    state: State
    seq: int
    """How many events lead from the seed to the state."""
    stream: str
    """Where they are kept."""
    clock: ClockSetting


class Sandbox:
    """A ledger that commands are applied to and accounts are read from."""

    __slots__ = (
        *("name", "seed", "state", "seq", "clock", "snapshots"),
        *("_setup", "processing", "_journal", "_stream", "_streams", "_begun", "_digested"),
        *("tokens_minted", "_traffic"),
    )

    def __init__(self, name: str, setup: Setup, journal: Journal, clock: Clock) -> None:
        """Begin with a seed, and with what ``journal`` has kept under ``name``."""
        self.name = name
        self.seed = setup.seed
        """Where its ledger began: that of the server, or of an import."""
        self.state = setup.seed.state
        self.seq = 0
        """How many events there were since the seed."""
        self.clock = SandboxClock(clock, setup.clock)
        self.snapshots: dict[str, Snapshot] = {}
        self.tokens_minted = 0
        """Since it began, or went back."""
        self._traffic: Traffic | None = None
        self._setup = setup
        self.processing = setup.processing
        self._journal = journal
        self._stream = name
        self._streams = 0
        """How many streams it had before this one."""
        self._begun = self.state
        """What it shares with a seed, a snapshot or a fork: those accounts are not added to."""
        self._digested: tuple[int, bytes] | None = None
        """The digest after some of the events."""
        self._catch_up()

    # commands and reads

    def apply(self, command: Command) -> Accepted | Refusal:
        """Carry out ``command`` and keep what happened, or give why not and change nothing.

        Raises SandboxFullError.
        """
        while True:
            account = self._find_to_change(command.account_id)
            outcome = decide(account, command, self.state.stamp(self.clock.now(), self.processing))
            if isinstance(outcome, Refusal) or self._keep(outcome, is_new=account is None):
                return outcome
            self._catch_up()

    def account(self, account_id: str) -> Account | None:
        """Give an account after carrying out what is due on it, or None."""
        account = self.state.find(account_id)
        while account is not None and self._is_due(account):
            if self.seq >= self._setup.max_events:
                return self.peek(account_id)
            account = self._find_to_change(account_id)
            assert account is not None, "it is there"
            outcome = process(account, self.state.stamp(self.clock.now(), self.processing))
            if self._keep(outcome, is_new=False):
                return outcome.account
            self._catch_up()
            account = self.state.find(account_id)
        return account

    def peek(self, account_id: str) -> Account | None:
        """Give an account as :meth:`account` would, but keep nothing. Safe on any thread."""
        state = self.state
        account = state.find(account_id)
        if account is None or not self._is_due(account):
            return account
        stamp = state.stamp(self.clock.now(), self.processing)
        return process(account.sealed(), stamp).account

    def listed(self) -> Ordered[Listed]:
        """Give which accounts there are, oldest ``effective_at`` first."""
        return self.state.listed

    def account_ids(self) -> list[str]:
        """Give the ids of all accounts, those of the seed first. Safe on any thread."""
        return self.state.account_ids()

    def create_product(self, product: Product) -> Product:
        """Keep a product under an id of its own, and give it. Raises SandboxFullError."""
        while True:
            stamp = self.state.stamp(self.clock.now(), self.processing)
            product = product._replace(product_id=f"can_{stamp.id_number}")
            if self.happen(ProductCreated(product, stamp.created_at)):
                return product
            self._catch_up()

    def create_customer(self, customer: Customer) -> Customer:
        """Keep a customer under an id of its own, and give it. Raises SandboxFullError."""
        while True:
            stamp = self.state.stamp(self.clock.now(), self.processing)
            customer = customer._replace(customer_id=f"can_{stamp.id_number}")
            if self.happen(CustomerCreated(customer, stamp.created_at)):
                return customer
            self._catch_up()

    def product(self, product_id: str) -> Product | None:
        """Give a product, or None."""
        return self.state.products.get(product_id)

    def listed_products(self) -> Ordered[Listed]:
        """Give which products there are, oldest first."""
        return self.state.listed_products

    def customer(self, customer_id: str) -> Customer | None:
        """Give a customer, or None."""
        return self.state.customers.get(customer_id)

    def holders(self, account: Account) -> list[tuple[Holder, Customer]]:
        """Give who owes what ``account`` says."""
        found = ((holder, self.customer(holder.customer_id)) for holder in account.terms.holders)
        return [(holder, customer) for holder, customer in found if customer is not None]

    def now(self) -> datetime:
        """Give the time by which balances are read: never before the newest fact."""
        return max(self.clock.now(), self.state.last_created_at)

    @property
    def traffic(self) -> Traffic:
        """What passes through it since it was made or reset."""
        if self._traffic is None:
            self._traffic = Traffic(self._setup.rate)
        return self._traffic

    # the whole of it

    def happen(self, *events: Event, to: State | None = None) -> bool:
        """Keep ``events`` and apply them; tell whether nobody was faster.

        ``to`` is the state that they lead to, where it is known. Raises SandboxFullError.
        """
        if not self._append(*events):
            return False
        self.state = to or self.state.after_all(events)
        return True

    def held(self) -> Held:
        """Give all that it holds, at once, for as long as it takes to go through it."""
        events = self._journal.read(self._stream, 0)
        holding = (self.seed, self.state, self.seq, events, self.clock.setting)
        return Held(*holding, self._stream, self._digested)

    def digest(self) -> str:
        """Give the digest of all that happened, the seed included."""
        held = self.held()
        return self.digested(held, held.digest())

    def digested(self, held: Held, digest: bytes) -> str:
        """Give the digest of what it held, and remember it for as long as it goes on from there."""
        if held.stream == self._stream:
            self._digested = held.seq, digest
        return digest.hex()

    def snapshot(self) -> Snapshot:
        """Give all there is, at once. It stays what it is."""
        taken = Snapshot(self.seed, self.state, self.seq, self._stream, self.clock.setting)
        self._begin(taken)
        return taken

    def restore(self, snapshot: Snapshot) -> None:
        """Go back, or over, to what ``snapshot`` holds, at once; so does the clock."""
        self._journal.drop(self._stream)
        self.clock.setting = snapshot.clock
        self.tokens_minted = 0
        self._digested = None
        self._begin(snapshot)

    def reset(self) -> None:
        """Go back to the seed of the server, at once, and begin anew. Only snapshots stay."""
        seed = self._setup.seed
        if self._traffic is not None:
            self._traffic = self._traffic.renewed(self._setup.rate)
        self.restore(Snapshot(seed, seed.state, 0, "", self._setup.clock))

    def save(self, name: str) -> None:
        """Keep a snapshot under ``name``, instead of another of that name."""
        taken = self.snapshot()
        self.discard(name)
        self.snapshots[name] = taken

    def discard(self, name: str) -> None:
        """Let go of a snapshot, if there is one of that name."""
        if taken := self.snapshots.pop(name, None):
            self._journal.drop(taken.stream)

    def forget(self) -> None:
        """Let go of all that is kept elsewhere."""
        for stream in {self._stream, *(taken.stream for taken in self.snapshots.values())}:
            self._journal.drop(stream)

    def _begin(self, at: Snapshot) -> None:
        """Go on from a snapshot, in a stream of its own."""
        self._streams += 1
        self._stream = f"{self.name}@{self._streams}"
        self._journal.fork(at.stream, at.seq, self._stream)
        self._begun = at.state
        self.seed, self.state, self.seq = at.seed, at.state, at.seq

    # keeping

    def _is_due(self, account: Account) -> bool:
        automatic = self.processing is Processing.AUTOMATIC
        return automatic and is_due(account, self.now())

    def _find_to_change(self, account_id: str) -> Account | None:
        """Give an account that may be gone on from: what it shares is not added to."""
        account = self.state.find(account_id)
        is_shared = account is not None and account is self._begun.find(account_id)
        return account.sealed() if account is not None and is_shared else account

    def _keep(self, outcome: Accepted, *, is_new: bool) -> bool:
        """Keep what a command led to; tell whether nobody was faster."""
        if not outcome.events:
            return True
        if not self._append(*outcome.events):
            return False
        self.state = self.state.having(outcome.events, outcome.account, is_new=is_new)
        return True

    def check_size(self, events: int) -> None:
        """Make sure that so many ``events`` may happen in all. Raises SandboxFullError."""
        if events > (most := self._setup.max_events):
            raise SandboxFullError(
                f"The sandbox takes {most:,} events and no more: reset it, or start the server "
                "with a larger --max-events."
            )

    def _append(self, *events: Event) -> bool:
        self.check_size(self.seq + len(events))
        if not self._journal.append(self._stream, self.seq, events):
            return False
        self.seq += len(events)
        return True

    def _catch_up(self) -> None:
        """Apply what the journal has kept beyond what this sandbox has seen."""
        missed = self._journal.read(self._stream, self.seq)
        self.state = self.state.after_all(missed)
        self.seq += len(missed)
