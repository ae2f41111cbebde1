"""What answers each operation of the control API.

A handler gets the ``sandbox`` of the token, and what its signature names of ``body``, ``query`` and
the parameters of the path. What it gives is the body of a 200; what it raises is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from mockserver.api.failures import Conflict, NotPossible, NotThere
from mockserver.api.handlers.accounts import render
from mockserver.api.handlers.reading import render_page
from mockserver.api.problems import Answer
from mockserver.api.strict_json import Json
from mockserver.control import traffic, wire
from mockserver.control.apart import apart
from mockserver.control.building import build_account
from mockserver.control.traffic import check_not_shared
from mockserver.instants import parse_instant
from mockserver.ledger.refusals import AccountNotFound, Refusal
from mockserver.sandbox.clock import ClockError
from mockserver.sandbox.export import ImportRefusedError, exported, go_on_from, read_export
from mockserver.sandbox.sandbox import Sandbox, Snapshot
from mockserver.sandbox.sandboxes import DEFAULT, Sandboxes
from mockserver.sandbox.verify import broken

MAX_SNAPSHOTS = 100
MAX_ITEMS = 1_000


# the sandbox


def get_sandbox(sandbox: Sandbox) -> Json:
    """Answer ``getSandbox``."""
    return wire.render_sandbox(sandbox)


def delete_sandbox(sandbox: Sandbox, sandboxes: Sandboxes) -> Json:
    """Answer ``deleteSandbox``."""
    if sandbox.name == DEFAULT:
        raise Conflict("The default sandbox stays; reset it.")
    sandboxes.forget(sandbox.name)
    return {}


def list_sandboxes(sandboxes: Sandboxes, *, is_shared: bool) -> Json:
    """Answer ``listSandboxes``."""
    check_not_shared(is_shared=is_shared)
    return {"results": sandboxes.names()}


def reset_sandbox(sandbox: Sandbox) -> Json:
    """Answer ``resetSandbox``."""
    sandbox.reset()
    return wire.render_sandbox(sandbox)


def fork_sandbox(body: Json, sandbox: Sandbox, sandboxes: Sandboxes, *, is_shared: bool) -> Json:
    """Answer ``forkSandbox``."""
    check_not_shared("no token leads to a fork", is_shared=is_shared)
    name = body["name"]
    if sandboxes.find(name) is not None:
        raise Conflict(f"There is a sandbox {name} already.")
    sandboxes.fork(sandbox, name)
    return wire.render_sandbox(sandboxes.get(name))


async def verify_sandbox(sandbox: Sandbox) -> Json:
    """Answer ``verifySandbox``."""
    held = sandbox.held()
    found, digest = await apart(lambda: (broken(held), held.digest()), held.facts)
    told = sandbox.digested(held, digest)
    return {"ok": not found, "broken": found, "events": held.seq, "digest": told}


async def export_state(sandbox: Sandbox) -> Answer:
    """Answer ``exportState``."""
    held = sandbox.held()
    return Answer(HTTPStatus.OK, await apart(lambda: exported(held), held.facts), {})


async def import_state(body: Json, sandbox: Sandbox, sandboxes: Sandboxes) -> Json:
    """Answer ``importState``."""
    try:
        latest = sandbox.clock.latest
        imported = await apart(lambda: read_export(body, latest))
        sandbox = sandboxes.get(sandbox.name)  # it may have been forgotten meanwhile
        go_on_from(sandbox, imported)
    except ImportRefusedError as error:
        raise NotPossible(f"This is no ledger to go on from: {error}.") from error
    return wire.render_sandbox(sandbox)


def list_snapshots(sandbox: Sandbox) -> Json:
    """Answer ``listSnapshots``."""
    taken = sandbox.snapshots.items()
    return {"results": [wire.render_snapshot(name, snapshot) for name, snapshot in taken]}


def take_snapshot(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``takeSnapshot``."""
    name = body["name"]
    if name not in sandbox.snapshots and len(sandbox.snapshots) >= MAX_SNAPSHOTS:
        raise Conflict(f"There are {MAX_SNAPSHOTS} snapshots; delete one.")
    sandbox.save(name)
    return wire.render_snapshot(name, sandbox.snapshots[name])


def restore_snapshot(name: str, sandbox: Sandbox) -> Json:
    """Answer ``restoreSnapshot``."""
    sandbox.restore(_snapshot(sandbox, name))
    return wire.render_sandbox(sandbox)


def delete_snapshot(name: str, sandbox: Sandbox) -> Json:
    """Answer ``deleteSnapshot``."""
    _snapshot(sandbox, name)
    sandbox.discard(name)
    return {}


def _snapshot(sandbox: Sandbox, name: str) -> Snapshot:
    if name not in sandbox.snapshots:
        raise NotThere(f"There is no snapshot {name}.")
    return sandbox.snapshots[name]


def build(sandbox: Sandbox, body: Json) -> Json | Refusal:
    """Answer ``buildAccount``."""
    outcome = build_account(sandbox, body)
    return outcome if isinstance(outcome, Refusal) else render(outcome, sandbox)


def read_account(account_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``readAccount``: what is due is shown as carried out, and is not."""
    account = sandbox.peek(account_id)
    return AccountNotFound(account_id) if account is None else render(account, sandbox)


def read_line_items(account_id: str, sandbox: Sandbox) -> Json | Refusal:
    """Answer ``readLineItems``, in the same way."""
    account = sandbox.peek(account_id)
    return (
        AccountNotFound(account_id)
        if account is None
        else render_page(account, {"limit": MAX_ITEMS})
    )


# the clock


def get_clock(sandbox: Sandbox) -> Json:
    """Answer ``getClock``."""
    return wire.render_clock(sandbox.clock)


def set_clock(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``setClock``."""
    with _within_reach():
        wire.change_clock(sandbox.clock, body)
    return wire.render_clock(sandbox.clock)


def advance_clock(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``advanceClock``."""
    with _within_reach():
        if "to" in body:
            sandbox.clock.advance_to(parse_instant(body["to"]))
        else:
            sandbox.clock.advance(timedelta(seconds=body["seconds"]))
    return wire.render_clock(sandbox.clock)


@contextmanager
def _within_reach() -> Iterator[None]:
    try:
        yield
    except ClockError as error:
        raise Conflict(str(error)) from error


HANDLERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "addFault": traffic.add_fault,
        "advanceClock": advance_clock,
        "assertExchanges": traffic.assert_exchanges,
        "buildAccount": build,
        "clearExchanges": traffic.clear_exchanges,
        "clearFaults": traffic.clear_faults,
        "clearRateLimit": traffic.clear_rate_limit,
        "deleteSandbox": delete_sandbox,
        "deleteSnapshot": delete_snapshot,
        "exportExchanges": traffic.export_exchanges,
        "exportState": export_state,
        "forkSandbox": fork_sandbox,
        "getClock": get_clock,
        "getRateLimit": traffic.get_rate_limit,
        "getSandbox": get_sandbox,
        "importState": import_state,
        "listExchanges": traffic.list_exchanges,
        "listFaults": traffic.list_faults,
        "listSandboxes": list_sandboxes,
        "listSnapshots": list_snapshots,
        "listStrangers": traffic.list_strangers,
        "readAccount": read_account,
        "readLineItems": read_line_items,
        "removeFault": traffic.remove_fault,
        "resetSandbox": reset_sandbox,
        "restoreSnapshot": restore_snapshot,
        "setClock": set_clock,
        "setRateLimit": traffic.set_rate_limit,
        "takeSnapshot": take_snapshot,
        "verifySandbox": verify_sandbox,
    }
)
"""By operationId."""
