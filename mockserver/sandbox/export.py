"""A ledger as a JSON document that any server can go on from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mockserver import __version__
from mockserver.instants import parse_instant
from mockserver.ledger.events import AccountOpened, Event
from mockserver.ledger.invariants import broken_invariants
from mockserver.sandbox.clock import ClockSetting
from mockserver.sandbox.codec import CodecError, from_json, to_json
from mockserver.sandbox.digest import chained
from mockserver.sandbox.sandbox import Sandbox, Snapshot
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.state import State

FORMAT = "canopy-mock/1"


class ImportRefusedError(Exception):
    """The document is no ledger that this server can go on from. The message is one line."""


def exported(sandbox: Sandbox) -> dict[str, Any]:
    """Give all that a sandbox holds: what its seed came from, what happened since, its clock."""
    offset, frozen_at = sandbox.clock.setting
    return {
        "format": FORMAT,
        "made_by": f"canopy-mock {__version__}",
        "digest": sandbox.digest(),
        "clock": {
            "offset_seconds": offset.total_seconds(),
            "frozen_at": None if frozen_at is None else frozen_at.isoformat(),
        },
        "first_id": sandbox.seed.first_id,
        "seed": [to_json(event) for event in sandbox.seed.genesis()],
        "events": [to_json(event) for event in sandbox.events()],
    }


def import_into(sandbox: Sandbox, document: dict[str, Any]) -> None:
    """Go on from ``document``, which has the form that :func:`exported` gives.

    Raises ImportRefusedError, SandboxFullError; then nothing is changed.
    """
    genesis, events = (tuple(_events(document, name)) for name in ("seed", "events"))
    clock = document["clock"]
    frozen_at = clock["frozen_at"]
    setting = ClockSetting(
        timedelta(seconds=clock["offset_seconds"]),
        None if frozen_at is None else parse_instant(frozen_at),
    )
    state = _after(State(next_id=document["first_id"]), "seed", genesis)
    opened = [event.account_id for event in genesis if isinstance(event, AccountOpened)]
    seed = Seed(state.as_base(opened), document["first_id"], lambda: iter(genesis))
    _check(seed, events, document.get("digest"))
    sandbox.check_size(len(events))
    sandbox.restore(Snapshot(seed, seed.state, 0, "", setting))
    sandbox.happen(*events)


def _events(document: dict[str, Any], name: str) -> Iterator[Event]:
    for at, value in enumerate(document[name]):
        try:
            yield from_json(value)
        except CodecError as error:
            raise ImportRefusedError(f"{name}[{at}]: {error}") from error


def _after(state: State, name: str, events: tuple[Event, ...]) -> State:
    """Give the state after ``events``. Raises ImportRefusedError where one cannot be."""
    for at, event in enumerate(events):
        try:
            state = state.after(event)
        except (AssertionError, LookupError, ValueError, ArithmeticError) as error:
            told = " ".join(str(error).split()) or type(error).__name__
            raise ImportRefusedError(f"{name}[{at}] cannot have happened: {told:.200}") from error
    return state


def _check(seed: Seed, events: tuple[Event, ...], digest: str | None) -> None:
    """Make sure that the ledger is sound, and the one that was exported. Raises as above."""
    state = _after(seed.state, "events", events)
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
