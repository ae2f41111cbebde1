"""The server under test, and what a run may do to it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit


class TargetError(Exception):
    """A run cannot begin, or go on. One line says why."""


class ReportError(Exception):
    """A report cannot be written. One line says which, and why."""


class Target(NamedTuple):
    """Where requests go, as whom, about which accounts, and within which limits."""

    url: str
    """The base URL, without a slash at its end."""
    token: str
    accounts: tuple[str, ...]
    """At least one; what is tried on a second or third is untested where there is none."""
    allows_writes: bool = False
    client: tuple[str, str] | None = None
    """The id and the secret of a client that ``/auth/token`` knows."""
    read_only_token: str | None = None
    foreign_account: str | None = None
    """An account that exists and that the token may not see."""
    max_cents: int | None = None
    """The largest amount to post; None: no bound."""
    rate: float | None = None
    """Requests per second at most."""
    timeout_seconds: float = 5.0
    """For each request."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be in no report, and in no answer."""
        known = (self.token, self.read_only_token, self.client[1] if self.client else None)
        return tuple(secret for secret in known if secret)

    def account(self, number: int) -> str | None:
        """Give the account with this number, counted from 0; None if there are not so many."""
        return self.accounts[number] if number < len(self.accounts) else None


def base_url(text: str) -> str:
    """Give a base URL as requests are put below it. Raises TargetError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise TargetError(f"{text!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise TargetError(f"{text!r} is no http or https URL")
    if parts.query or parts.fragment or parts.username:
        raise TargetError(f"{text!r} has more than a host, a port and a path")
    return text.rstrip("/")
