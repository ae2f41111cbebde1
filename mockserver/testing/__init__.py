"""For tests in Python: a server, and a sandbox of it for each test.

Tests in other languages use the control API itself (``/_mock/control.yaml``).

    with running("--seed", "7") as server, server.sandbox() as mock:
        account = mock.account(principal_cents=10_000)

Under pytest, the fixture ``canopy_mock`` is such a sandbox.
"""

from mockserver.testing.control import ControlError
from mockserver.testing.in_process import in_process
from mockserver.testing.parts import Clock, Exchange, Exchanges, Faults, InconclusiveError
from mockserver.testing.sandbox import Account, CanopyMock, Snapshot
from mockserver.testing.server import Server, StartError, at, running

__all__ = [
    "Account",
    "CanopyMock",
    "Clock",
    "ControlError",
    "Exchange",
    "Exchanges",
    "Faults",
    "InconclusiveError",
    "Server",
    "Snapshot",
    "StartError",
    "at",
    "in_process",
    "running",
]
