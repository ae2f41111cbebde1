"""One connection that plain requests share, one after the other: to open one takes as long as most
answers do.

Only what any server has to answer 200 goes on it, and it is given up after each other answer, and
before anything else is sent: so what is odd about a request or a refusal touches no other request,
and a server that serves one connection at a time is never kept from the next.
"""

from __future__ import annotations

import time

from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.target import Target

_MOST_REQUESTS = 50
_MOST_IDLE_SECONDS = 0.5
"""Servers close connections that have had a hundred requests, or were not used for a while."""


class SharedConnection:
    """A connection for plain requests, while the server keeps it open."""

    def __init__(self, target: Target) -> None:
        """Connect with the first request."""
        self._target = target
        self._plain = ("Authorization", f"Bearer {target.token}")
        self._connection: Connection | None = None
        self._last = 0.0
        self._stays_open = True
        """Whether no connection was closed although nothing had been said of it."""
        self._is_proven = False
        """Whether a second request was answered on one."""

    def connection_for(self, request: Request) -> Connection | None:
        """Give the connection that ``request`` is to be sent on; None: on one of its own."""
        connection = self._connection
        if connection is not None and not self._is_usable(connection):
            self.close()
        if not self._may_share(request):
            self.close()
            return None
        if self._connection is None:
            self._connection = Connection(self._target, posts_once=True)
        return self._connection

    def _is_usable(self, connection: Connection) -> bool:
        is_fresh = time.monotonic() - self._last <= _MOST_IDLE_SECONDS
        return is_fresh and len(connection.exchanges) < _MOST_REQUESTS

    def _may_share(self, request: Request) -> bool:
        """Tell whether it is plain; what posts waits until reads have shown that it is safe."""
        is_plain = request.operation is not None and not request.chunks
        is_plain = is_plain and request.headers[:1] == (self._plain,) and len(request.headers) <= 2
        is_safe = request.method == "GET" or (request.method == "POST" and self._is_proven)
        return self._stays_open and is_plain and is_safe

    def note(self, exchange: Exchange) -> None:
        """Take what was answered; give the connection up if it may not be used again."""
        connection = self._connection
        assert connection is not None, "it was sent on it"
        self._last = time.monotonic()
        if connection.was_closed:
            self._stays_open = False
        elif len(connection.exchanges) > 1 and exchange.is_ok:
            self._is_proven = True
        if not (exchange.is_ok and connection.is_ready and self._stays_open):
            self.close()

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
