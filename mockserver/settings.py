"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mockserver.api.auth import DEMO_CLIENT, Client
from mockserver.api.compat import Compat
from mockserver.hosts import LOCAL_NAMES
from mockserver.ledger.commands import Processing
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandboxes import Limits

DEFAULT_TOKEN = "demo-token"  # noqa: S105 - everybody may know it
MIN_ACCOUNTS = 3
MAX_ACCOUNTS = 100_000
MAX_EVENTS = 1_000_000
LAST_BEGINNING = datetime(3000, 1, 1, tzinfo=UTC)
"""No clock begins later: a portfolio has a history up to then."""
_LIMITS = Limits()


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
    frozen_at: datetime | None = None
    """Where the clocks of all sandboxes stand still at first; None is: they run."""
    is_shared: bool = False
    """Whether only minted tokens are good."""
    control_token: str | None = None
    """What opens the control API; without it, it is open to this machine only."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names under which the control API answers."""
    limits: Limits = _LIMITS
    max_events: int = MAX_EVENTS
    """How much may happen in a sandbox."""
    rate: Rate | None = None
    """How many requests a token may send."""

    def __post_init__(self) -> None:
        """Make sure that nothing is open by mistake, or takes for ever."""
        assert self.control_token != "", "an empty control token protects nothing"
        assert "" not in self.allowed_hosts, "no host has an empty name"
        assert self.frozen_at is None or self.frozen_at <= LAST_BEGINNING, "that is too late"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOCAL_NAMES

    @property
    def has_console(self) -> bool:
        """Whether there are pages to look at ledgers: they ask for no token, and show them all."""
        return self.is_local and not self.is_shared

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is told to nobody."""
        control = () if self.control_token is None else (self.control_token,)
        return (*self.tokens, *(client.client_secret for client in self.clients), *control)
