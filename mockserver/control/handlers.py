"""What answers each operation of the control API.

A handler gets the ``sandbox`` of the token, and what its signature names of ``body``, ``query`` and
the parameters of the path. What it gives is the body of a 200; what it raises is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from mockserver.api.contract import Contract
from mockserver.api.failures import Conflict, NotPossible, NotThere
from mockserver.api.handlers.accounts import get_account
from mockserver.api.handlers.reading import list_line_items
from mockserver.api.strict_json import Json
from mockserver.control import wire
from mockserver.control.building import build_account
from mockserver.control.har import har
from mockserver.instants import parse_instant
from mockserver.sandbox.asserting import wait
from mockserver.sandbox.clock import ClockBackwardsError
from mockserver.sandbox.export import ImportRefusedError, exported, import_into
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandbox import Sandbox, Snapshot
from mockserver.sandbox.sandboxes import DEFAULT, Sandboxes
from mockserver.sandbox.verify import broken

MAX_SNAPSHOTS = 100
MAX_FAULTS = 100
MAX_ITEMS = 1_000

_DONE: Mapping[str, Json] = MappingProxyType({})


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


def list_sandboxes(sandboxes: Sandboxes) -> Json:
    """Answer ``listSandboxes``."""
    return {"results": sandboxes.names()}


def reset_sandbox(sandbox: Sandbox) -> Json:
    """Answer ``resetSandbox``."""
    sandbox.reset()
    return wire.render_sandbox(sandbox)


def fork_sandbox(body: Json, sandbox: Sandbox, sandboxes: Sandboxes) -> Json:
    """Answer ``forkSandbox``."""
    name = body["name"]
    if sandboxes.find(name) is not None:
        raise Conflict(f"There is a sandbox {name} already.")
    sandboxes.fork(sandbox, name)
    return wire.render_sandbox(sandboxes.get(name))


def verify_sandbox(sandbox: Sandbox) -> Json:
    """Answer ``verifySandbox``."""
    found = broken(sandbox)
    digest = sandbox.digest()
    return {"ok": not found, "broken": found, "events": sandbox.seq, "digest": digest}


def export_state(sandbox: Sandbox) -> Json:
    """Answer ``exportState``."""
    return exported(sandbox)


def import_state(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``importState``."""
    try:
        import_into(sandbox, body)
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


def build(sandbox: Sandbox, body: Json) -> Json:
    """Answer ``buildAccount``."""
    account = build_account(sandbox, body)
    return get_account(account.terms.account_id, sandbox)


def read_account(account_id: str, sandbox: Sandbox) -> Json:
    """Answer ``readAccount``."""
    return get_account(account_id, sandbox)


def read_line_items(account_id: str, sandbox: Sandbox) -> Json:
    """Answer ``readLineItems``."""
    return list_line_items(account_id, {"limit": MAX_ITEMS}, sandbox)


# the clock


def get_clock(sandbox: Sandbox) -> Json:
    """Answer ``getClock``."""
    return wire.render_clock(sandbox.clock)


def set_clock(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``setClock``."""
    with _forward_only():
        wire.change_clock(sandbox.clock, body)
        return wire.render_clock(sandbox.clock)


def advance_clock(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``advanceClock``."""
    with _forward_only():
        if "to" in body:
            sandbox.clock.advance_to(parse_instant(body["to"]))
        else:
            sandbox.clock.advance(timedelta(seconds=body["seconds"]))
        return wire.render_clock(sandbox.clock)


@contextmanager
def _forward_only() -> Iterator[None]:
    try:
        yield
    except ClockBackwardsError as error:
        raise Conflict(str(error)) from error
    except OverflowError as error:
        raise Conflict("No clock goes beyond the year 9999.") from error


# faults and rates


def list_faults(sandbox: Sandbox) -> Json:
    """Answer ``listFaults``."""
    return {"results": [wire.render_fault(*known) for known in sandbox.traffic.faults.all()]}


def add_fault(body: Json, sandbox: Sandbox, contract: Contract) -> Json:
    """Answer ``addFault``."""
    fault = wire.parse_fault(body)
    known = {operation.operation_id for operation in contract.operations()}
    for name in fault.operations or ():
        if name not in known:
            raise NotPossible(f"The contract has no operation {name}; it has {_listed(known)}.")
    faults = sandbox.traffic.faults
    if len(faults.all()) >= MAX_FAULTS:
        raise Conflict(f"There are {MAX_FAULTS} faults; remove one.")
    return wire.render_fault(faults.add(fault), 0)


def remove_fault(fault_id: str, sandbox: Sandbox) -> Json:
    """Answer ``removeFault``."""
    if not sandbox.traffic.faults.remove(fault_id):
        raise NotThere(f"There is no fault {fault_id}.")
    return {}


def clear_faults(sandbox: Sandbox) -> Json:
    """Answer ``clearFaults``."""
    sandbox.traffic.faults.clear()
    return {}


def get_rate_limit(sandbox: Sandbox) -> Json:
    """Answer ``getRateLimit``."""
    return wire.render_rate(sandbox.traffic.rate.rate)


def set_rate_limit(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``setRateLimit``."""
    sandbox.traffic.rate.change(Rate(body["requests"], body.get("seconds", 1)))
    return get_rate_limit(sandbox)


def clear_rate_limit(sandbox: Sandbox) -> Json:
    """Answer ``clearRateLimit``."""
    sandbox.traffic.rate.change(None)
    return get_rate_limit(sandbox)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


# exchanges


def list_exchanges(query: Json, sandbox: Sandbox) -> Json:
    """Answer ``listExchanges``."""
    return wire.render_exchanges(sandbox.traffic.exchanges, query)


def clear_exchanges(sandbox: Sandbox) -> Json:
    """Answer ``clearExchanges``."""
    sandbox.traffic.exchanges.clear()
    return {}


def export_exchanges(query: Json, sandbox: Sandbox) -> Json:
    """Answer ``exportExchanges``."""
    found = list(sandbox.traffic.exchanges.matching(wire.parse_match(query)))
    return har(found[-query["limit"] :], "http://canopy-mock")


async def assert_exchanges(body: Json, sandbox: Sandbox) -> Json:
    """Answer ``assertExchanges``."""
    assertion = wire.parse_assertion(body)
    outcome = await wait(assertion, sandbox.traffic, body.get("wait_seconds", 0))
    return {
        "outcome": outcome.verdict.value,
        "message": outcome.message,
        "count": len(outcome.matching),
        "exchanges": outcome.lines,
    }


def list_strangers(query: Json, sandboxes: Sandboxes) -> Json:
    """Answer ``listStrangers``."""
    return wire.render_exchanges(sandboxes.strangers, query)


HANDLERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "addFault": add_fault,
        "advanceClock": advance_clock,
        "assertExchanges": assert_exchanges,
        "buildAccount": build,
        "clearExchanges": clear_exchanges,
        "clearFaults": clear_faults,
        "clearRateLimit": clear_rate_limit,
        "deleteSandbox": delete_sandbox,
        "deleteSnapshot": delete_snapshot,
        "exportExchanges": export_exchanges,
        "exportState": export_state,
        "forkSandbox": fork_sandbox,
        "getClock": get_clock,
        "getRateLimit": get_rate_limit,
        "getSandbox": get_sandbox,
        "importState": import_state,
        "listExchanges": list_exchanges,
        "listFaults": list_faults,
        "listSandboxes": list_sandboxes,
        "listSnapshots": list_snapshots,
        "listStrangers": list_strangers,
        "readAccount": read_account,
        "readLineItems": read_line_items,
        "removeFault": remove_fault,
        "resetSandbox": reset_sandbox,
        "restoreSnapshot": restore_snapshot,
        "setClock": set_clock,
        "setRateLimit": set_rate_limit,
        "takeSnapshot": take_snapshot,
        "verifySandbox": verify_sandbox,
    }
)
"""By operationId."""
