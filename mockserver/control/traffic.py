"""What answers the operations on faults, rates and exchanges (see ``handlers``)."""

from __future__ import annotations

from mockserver.api.contract import Contract
from mockserver.api.failures import Conflict, NotAuthorized, NotPossible, NotThere
from mockserver.api.strict_json import Json
from mockserver.control import wire
from mockserver.control.har import har
from mockserver.sandbox.asserting import wait
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes

MAX_FAULTS = 100

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
    match, exchanges = wire.parse_match(query), sandbox.traffic.exchanges
    found, limit = list(exchanges.matching(match)), query["limit"]
    return har(found[-limit:], is_complete=len(found) <= limit and exchanges.is_complete(match))


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


def list_strangers(query: Json, sandboxes: Sandboxes, *, is_shared: bool) -> Json:
    """Answer ``listStrangers``."""
    check_not_shared(is_shared=is_shared)
    return wire.render_exchanges(sandboxes.strangers, query)


def check_not_shared(told: str = "nobody is told of others", *, is_shared: bool) -> None:
    """Make sure that nobody learns of others, or fills the server. Raises NotAuthorized."""
    if is_shared:
        raise NotAuthorized(f"On a shared server, {told}.")
