"""The server under test, and what a run may do to it."""

from __future__ import annotations

import re
import ssl
import string
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

_OF_URLS = frozenset(string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%")
_BLANKS: Mapping[str, str] = {
    " ": "a space",
    "\t": "a tab",
    "\r": "a line break",
    "\n": "a line break",
}


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
    """Give a base URL as requests are put below it. Raises TargetError.

    What is refused is told without what may be a password in it.
    """
    shown = repr(re.sub(r"^(\w+://)?.*@", r"\1…@", text, flags=re.DOTALL))
    odd = next((letter for letter in text if letter not in _OF_URLS), None)
    if odd is not None:
        told = _BLANKS.get(odd, repr(odd))
        raise TargetError(
            f"{shown} has {told} in it: write a path percent-encoded, and a host as xn--…"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        why = "" if "@" in text else f": {error}"
        raise TargetError(f"{shown} is no URL{why}") from error
    if "@" in parts.netloc:
        raise TargetError(f"{shown} has a user in it: say who asks with --token")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise TargetError(f"{shown} is no http or https URL")
    if parts.query or parts.fragment:
        raise TargetError(f"{shown} has more than a host, a port and a path")
    return text.rstrip("/")


def check_token(name: str, token: str) -> None:
    """Refuse a token that no header can carry. Raises TargetError, which does not tell it."""
    odd = next((letter for letter in token if not " " < letter < "\x7f"), None)
    if odd is None:
        return
    inside = token.strip()
    if not inside:
        raise TargetError(f"{name} is blank")
    where = "in it" if odd in inside else "at its end"
    if where == "at its end" and token.startswith(odd):
        where = "at its beginning"
    kind = "a control character" if odd < " " or odd == "\x7f" else "a character outside ASCII"
    told = _BLANKS.get(odd, kind)
    raise TargetError(f"{name} has {told} {where}, which a bearer token cannot have")


def no_tls(url: str, error: ssl.SSLError) -> TargetError:
    """Give what is to be told where TLS fails: what is wrong with a certificate, and what helps."""
    told = f"no TLS with {url}: {error.reason or error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        told += f": {error.verify_message}; for a private CA, set SSL_CERT_FILE to its certificate"
    return TargetError(told)
