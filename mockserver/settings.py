"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.api.auth import DEMO_CLIENT, Client
from mockserver.api.compat import Compat
from mockserver.ledger.commands import Processing

DEFAULT_TOKEN = "demo-token"  # noqa: S105 - everybody may know it
MIN_ACCOUNTS = 3
MAX_ACCOUNTS = 100_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides how a server behaves. The defaults are those of the command."""

    host: str = "127.0.0.1"
    port: int = 8080
    """0 is any free port."""
    seed: int = 1
    accounts: int = 25
    tokens: tuple[str, ...] = (DEFAULT_TOKEN,)
    clients: tuple[Client, ...] = (DEMO_CLIENT,)
    compat: Compat = Compat.DOCUMENTED
    processing: Processing = Processing.AUTOMATIC
    scenario: str | None = None
    """The name or the file of a starting ledger; None is a portfolio."""
    check_responses: bool = False

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("127.0.0.1", "::1", "localhost")
