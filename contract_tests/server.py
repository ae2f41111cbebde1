"""The server under test: one that is given, or a mock started through its front door."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOCK_TOKEN = "contract-tests"  # noqa: S105 - for a server that lives as long as the tests
MOCK_CLIENT = ("demo", "demo-secret")
MOCK_ACCOUNTS = ("can_52322", "31mNprzLd2bKl6koVna68ARM")
"""The path examples of the contract, which every mock is seeded with."""

_READY = re.compile(r"ready at (http://\S+)")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send requests, as whom, and about which accounts."""

    url: str
    token: str
    accounts: Sequence[str]
    client: tuple[str, str] | None
    """The id and the secret of a client, if one is known."""
    is_mock: bool

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}


@contextlib.contextmanager
def started_mock(*arguments: str) -> Iterator[Server]:
    """Start a mock on a free port, with ``arguments`` for ``serve``, and stop it in the end."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--token", MOCK_TOKEN]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*command, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = _READY.search(process.stdout.readline())
            assert ready is not None, "the mock did not start"
            yield Server(ready[1], MOCK_TOKEN, MOCK_ACCOUNTS, MOCK_CLIENT, is_mock=True)
        finally:
            process.terminate()
