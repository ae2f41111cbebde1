"""What answers the operations on faults, rates and exchanges (see ``handlers``)."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.api.contract import Contract
from mockserver.api.failures import Conflict, NotAuthorized, NotPossible, NotThere
from mockserver.api.strict_json import Json
from mockserver.control import wire
from mockserver.control.har import har
from mockserver.sandbox.asserting import wait
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.traffic import Traffic

MAX_FAULTS = 100

# faults and rates


def list_faults(sandbox: Sandbox) -> Json:
    """Answer ``listFaults``."""
    return {"results": [wire.render_fault(*known) for known in sandbox.traffic.faults.all()]}


def add_fault(body: Json, sandbox: Sandbox, contract: Contract) -> Json:
    """Answer ``addFault``."""
    fault = wire.parse_fault(body)
    _check_operations(fault.operations or (), contract)
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


def _check_operations(names: Iterable[str | None], contract: Contract) -> None:
    """Make sure that the contract has these operations; None is any. Raises NotPossible."""
    known = {operation.operation_id for operation in contract.operations()}
    for name in names:
        if name is not None and name not in known:
            listed = ", ".join(sorted(known))
            raise NotPossible(f"The contract has no operation {name}; it has {listed}.")


# exchanges


def list_exchanges(query: Json, sandbox: Sandbox, contract: Contract) -> Json:
    """Answer ``listExchanges``."""
    _check_operations([query.get("operation")], contract)
    return wire.render_exchanges(sandbox.traffic.exchanges, query)


def clear_exchanges(sandbox: Sandbox) -> Json:
    """Answer ``clearExchanges``."""
    sandbox.traffic.exchanges.clear()
    return {}


def export_exchanges(query: Json, sandbox: Sandbox, contract: Contract) -> Json:
    """Answer ``exportExchanges``."""
    _check_operations([query.get("operation")], contract)
    match, exchanges = wire.parse_match(query), sandbox.traffic.exchanges
    found, limit = list(exchanges.matching(match)), query["limit"]
    return har(found[-limit:], is_complete=len(found) <= limit and exchanges.is_complete(match))


async def assert_exchanges(
    body: Json, sandbox: Sandbox, sandboxes: Sandboxes, contract: Contract
) -> Json:
    """Answer ``assertExchanges``."""
    assertion = wire.parse_assertion(body)
    matches = (assertion.match, *assertion.sequence)
    _check_operations((match.operation for match in matches), contract)

    def traffic() -> Traffic:
        # it may be reset while this waits, or forgotten and be used again
        return (sandboxes.find(sandbox.name) or sandbox).traffic

    outcome = await wait(assertion, traffic, body.get("wait_seconds", 0))
    return {
        "outcome": outcome.verdict.value,
        "message": outcome.message,
        "count": len(outcome.matching),
        "exchanges": outcome.lines,
    }


def list_strangers(
    query: Json, sandboxes: Sandboxes, contract: Contract, *, is_shared: bool
) -> Json:
    """Answer ``listStrangers``."""
    check_not_shared(is_shared=is_shared)
    _check_operations([query.get("operation")], contract)
    return wire.render_exchanges(sandboxes.strangers, query)


def check_not_shared(told: str = "nobody is told of others", *, is_shared: bool) -> None:
    """Make sure that nobody learns of others, or fills the server. Raises NotAuthorized."""
    if is_shared:
        raise NotAuthorized(f"On a shared server, {told}.")
