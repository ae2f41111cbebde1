"""Whether a ledger is what its events say: recomputed from them, and from the items."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.ledger.invariants import broken_invariants
from mockserver.sandbox.digest import chained
from mockserver.sandbox.held import Held
from mockserver.sandbox.state import State


def broken(held: Held) -> list[str]:
    """Give a sentence for everything that is wrong; none is as it should be.

    Balances are recomputed from items, the state from the events since the seed, and the digest
    from all events, of the seed too.
    """
    return [*held.seed.broken, *_sequence(held), *_state(held)]


def _sequence(held: Held) -> Iterator[str]:
    if len(held.events) != held.seq:
        yield f"the sequence is {held.seq}, but {len(held.events)} events are kept"
    told = held.digest().hex()
    recomputed = chained(held.seed.digest, held.events).hex()
    if told != recomputed:
        yield f"the digest is {told}, but the events give {recomputed}"


def _state(held: Held) -> Iterator[str]:
    kept, replayed = held.state, held.seed.state.after_all(held.events)
    for name in State._fields:
        if name != "own" and getattr(kept, name) != getattr(replayed, name):
            yield f"{name} is not what the events lead to"
    for account_id in sorted({*kept.own, *replayed.own}):
        account = kept.own.get(account_id)
        if account != replayed.own.get(account_id):
            yield f"account {account_id} is not what its events lead to"
        if account is not None:
            yield from (f"account {account_id}: {told}" for told in broken_invariants(account))
