"""One connection that plain requests share, one after the other: to open one takes as long as most
answers do.

Only what has nothing odd about its head goes on it, and it is given up before anything else is
sent: so a server that serves one connection at a time is never kept from the next. What posts goes
on it only after an answer of a status that a read has followed before, as it can be sent once only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.target import Target

_MOST_REQUESTS = 50
_MOST_IDLE_SECONDS = 0.5
"""Servers close connections that have had a hundred requests, or were not used for a while."""
_OF_WHO_ASKS = (401, 403, 429)
"""Refusals that may be meant for all that comes on a connection."""
_UNKNOWN = 404


class SharedConnection:
    """A connection for plain requests, while the server keeps it open."""

    def __init__(self, target: Target) -> None:
        """Connect with the first request."""
        self._target = target
        self._plain = ("Authorization", f"Bearer {target.token}")
        self._connection: Connection | None = None
        self.exchanges: Sequence[Exchange] = ()
        """What was sent on it up to the last answer, that included."""
        self._last = 0.0
        self._last_status: int | None = None
        """Of the answer that came last on the connection, if any has."""
        self._goes_on_after: set[int] = set()
        """Statuses after which another request was answered."""
        self._ends_after: set[int] = set()
        """Statuses after which a connection was closed although nothing had been said of it."""

    def connection_for(self, request: Request) -> Connection | None:
        """Give the connection that ``request`` is to be sent on; None: on one of its own."""
        connection = self._connection
        if not self._may_share(request):
            self.close()
            return None
        if connection is not None and not self._is_usable(connection, request):
            self.close()
        if self._connection is None:
            self._connection = Connection(self._target, posts_once=True)
        return self._connection

    def _is_usable(self, connection: Connection, request: Request) -> bool:
        is_fresh = time.monotonic() - self._last <= _MOST_IDLE_SECONDS
        is_safe = request.method == "GET" or self._last_status in self._goes_on_after
        return is_fresh and is_safe and len(connection.exchanges) < _MOST_REQUESTS

    def _may_share(self, request: Request) -> bool:
        """Tell whether it is plain; what posts waits until a read has shown that it is safe."""
        is_plain = request.operation is not None and not request.chunks
        is_plain = is_plain and request.headers[:1] == (self._plain,) and len(request.headers) <= 2
        posts = request.method == "POST" and 200 in self._goes_on_after
        is_safe = request.method == "GET" or posts
        return is_plain and is_safe and 200 not in self._ends_after

    def note(self, exchange: Exchange) -> bool:
        """Take what was answered; give the connection up if it may not be used again.

        False is: a read may have been taken for the rest of the refused request before it, and is
        to be sent again on a connection of its own.
        """
        connection = self._connection
        assert connection is not None, "it was sent on it"
        self._last = time.monotonic()
        self.exchanges = connection.exchanges[:]
        before, self._last_status = self._last_status, exchange.status
        is_understood = before is None or before in self._goes_on_after or _is_of_read(exchange)
        if before is not None:
            goes_on = is_understood and not connection.was_closed
            (self._goes_on_after if goes_on else self._ends_after).add(before)
        is_open = connection.is_ready and not connection.was_closed and is_understood
        if not (is_open and self._may_go_on_after(exchange)):
            self.close()
        return is_understood

    def _may_go_on_after(self, exchange: Exchange) -> bool:
        is_answer = exchange.is_ok or 400 <= exchange.status < 500
        return is_answer and exchange.status not in {*_OF_WHO_ASKS, *self._ends_after}

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._last_status = None


def _is_of_read(exchange: Exchange) -> bool:
    """Tell whether it is what a read is answered, and not what is no HTTP."""
    return exchange.is_ok or exchange.status == _UNKNOWN
