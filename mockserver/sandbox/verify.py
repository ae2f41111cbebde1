"""Whether a ledger is what its events say: recomputed from them, and from the items."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.ledger.events import Event
from mockserver.ledger.invariants import broken_invariants
from mockserver.sandbox.digest import chained
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.state import State


def broken(sandbox: Sandbox) -> list[str]:
    """Give a sentence for everything that is wrong; none is as it should be.

    Balances are recomputed from items, the state from the events since the seed, and the digest
    from all events, of the seed too.
    """
    events = sandbox.events()
    return [*sandbox.seed.broken, *_sequence(sandbox, events), *_state(sandbox, events)]


def _sequence(sandbox: Sandbox, events: list[Event]) -> Iterator[str]:
    if len(events) != sandbox.seq:
        yield f"the sequence is {sandbox.seq}, but {len(events)} events are kept"
    told = sandbox.digest()
    recomputed = chained(sandbox.seed.digest, events).hex()
    if told != recomputed:
        yield f"the digest is {told}, but the events give {recomputed}"


def _state(sandbox: Sandbox, events: list[Event]) -> Iterator[str]:
    kept, replayed = sandbox.state, sandbox.seed.state.after_all(events)
    for name in State._fields:
        if name != "own" and getattr(kept, name) != getattr(replayed, name):
            yield f"{name} is not what the events lead to"
    for account_id in sorted({*kept.own, *replayed.own}):
        account = kept.own.get(account_id)
        if account != replayed.own.get(account_id):
            yield f"account {account_id} is not what its events lead to"
        if account is not None:
            yield from (f"account {account_id}: {told}" for told in broken_invariants(account))
