"""A ledger as a JSON document that any server can go on from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from mockserver import __version__
from mockserver.instants import parse_instant
from mockserver.ledger.events import AccountOpened, Event
from mockserver.ledger.invariants import broken_invariants
from mockserver.sandbox.clock import ClockSetting, ClockTooFarError
from mockserver.sandbox.codec import CodecError, encoded, from_json
from mockserver.sandbox.digest import chained
from mockserver.sandbox.held import Held
from mockserver.sandbox.sandbox import Sandbox, Snapshot
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.soundness import UnsoundError, check
from mockserver.sandbox.state import State

FORMAT = "canopy-mock/1"


class ImportRefusedError(Exception):
    """The document is no ledger that this server can go on from. The message is one line."""


class Imported(NamedTuple):
    """A ledger to go on from: sound, and shared with nobody yet."""

    seed: Seed
    events: tuple[Event, ...]
    state: State
    clock: ClockSetting


def exported(held: Held) -> bytes:
    """Give all that a sandbox holds, as JSON: what its seed came from, what happened, its clock."""
    offset, frozen_at = held.clock
    head = {
        "format": FORMAT,
        "made_by": f"canopy-mock {__version__}",
        "digest": held.digest().hex(),
        "clock": {
            "offset_seconds": offset.total_seconds(),
            "frozen_at": None if frozen_at is None else frozen_at.isoformat(),
        },
        "first_id": held.seed.first_id,
    }
    lists = {"seed": held.seed.genesis(), "events": held.events}
    written = [b'"%s":[%s]' % (n.encode(), b",".join(map(encoded, e))) for n, e in lists.items()]
    return b"{%s}" % b",".join([json.dumps(head)[1:-1].encode(), *written])


def read_export(document: dict[str, Any], latest: datetime) -> Imported:
    """Read a ``document`` of the form that :func:`exported` gives, on any thread.

    Nothing in it was learned after ``latest``, which is as far as the sandbox's clock goes.

    Raises ImportRefusedError.
    """
    genesis, events = (tuple(_events(document, name)) for name in ("seed", "events"))
    clock = document["clock"]
    frozen_at = clock["frozen_at"]
    setting = ClockSetting(
        timedelta(seconds=clock["offset_seconds"]),
        None if frozen_at is None else parse_instant(frozen_at),
    )
    state = _after(State(next_id=document["first_id"]), "seed", genesis, latest)
    opened = [event.account_id for event in genesis if isinstance(event, AccountOpened)]
    seed = Seed(state.as_base(opened), document["first_id"], lambda: iter(genesis))
    state = _after(seed.state, "events", events, latest)
    _check(seed, events, state, document.get("digest"))
    return Imported(seed, events, state, setting)


def go_on_from(sandbox: Sandbox, imported: Imported) -> None:
    """Let a sandbox hold what was imported, and nothing else.

    Raises ImportRefusedError, SandboxFullError; then nothing is changed.
    """
    seed, events, state, clock = imported
    sandbox.check_size(len(events))
    try:
        sandbox.clock.check(clock)
    except ClockTooFarError as error:
        raise ImportRefusedError(f"clock: {error}") from error
    sandbox.restore(Snapshot(seed, seed.state, 0, "", clock))
    sandbox.happen(*events, to=state)


def import_into(sandbox: Sandbox, document: dict[str, Any]) -> None:
    """Go on from ``document``, which has the form that :func:`exported` gives.

    Raises ImportRefusedError, SandboxFullError; then nothing is changed.
    """
    go_on_from(sandbox, read_export(document, sandbox.clock.latest))


def _events(document: dict[str, Any], name: str) -> Iterator[Event]:
    for at, value in enumerate(document[name]):
        try:
            yield from_json(value)
        except CodecError as error:
            raise ImportRefusedError(f"{name}[{at}]: {error}") from error


def _after(state: State, name: str, events: tuple[Event, ...], latest: datetime) -> State:
    """Give the state after ``events``. Raises ImportRefusedError where one cannot be."""
    for at, event in enumerate(events):
        try:
            check(state, event, latest)
            state = state.after(event)
        except (UnsoundError, AssertionError, LookupError, ValueError, ArithmeticError) as error:
            told = " ".join(str(error).split()) or type(error).__name__
            raise ImportRefusedError(f"{name}[{at}] cannot have happened: {told:.200}") from error
    return state


def _check(seed: Seed, events: tuple[Event, ...], state: State, digest: str | None) -> None:
    """Make sure that the ledger is sound, and the one that was exported. Raises as above."""
    for account_id in state.account_ids():
        account = state.find(account_id)
        if account is not None and (told := broken_invariants(account)):
            raise ImportRefusedError(f"account {account_id}: {told[0]}")
    found = chained(seed.digest, events).hex()
    if digest is not None and digest != found:
        raise ImportRefusedError(
            f"the digest is {digest}, but the events give {found}; leave the digest out to import "
            "what was changed by hand"
        )
