"""How much time a run has, and how much of it goes to what."""

from __future__ import annotations

from contract_tests.client import Client

QUICK_SECONDS = 2.7
FULL_SECONDS = 18.0
QUICK_TIMEOUT = 2.0
_LEAST_QUICK_TIMEOUT = 0.7
"""Seconds for a request of a quick run, by how fast the first answers were."""
_TIMES_AS_LONG = 16
KEPT_SECONDS = 0.4
"""What a quick run keeps for a look at growth, which may have taken the time of all else."""
_UNDO_SECONDS = (0.15, 3.0)
"""What is kept at least, and at most, for giving back what was taken."""
_STEPS_OF_UNDOING = 16
UNDO_GRACE_SECONDS = 0.3
"""How long giving back may take beyond the end of a run: an account left as it was counts more."""


def for_undoing(client: Client) -> float:
    """Give the seconds that giving back what was taken may need, by how slow the server is."""
    least, most = _UNDO_SECONDS
    seen = [exchange.seconds for exchange in client.exchanges if exchange.answer]
    return min(most, max(least, _STEPS_OF_UNDOING * sum(seen) / max(len(seen), 1)))


def quick_timeout(client: Client) -> float:
    """Give how long a request of a quick run may take: longer on a server that is slow."""
    slowest = max(exchange.seconds for exchange in client.exchanges)
    return min(QUICK_TIMEOUT, max(_LEAST_QUICK_TIMEOUT, _TIMES_AS_LONG * slowest))
