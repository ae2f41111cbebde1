"""Cuts off what takes too long: a time-out of a socket starts anew with every byte."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

_EVERY_SECONDS = 0.2


class Watched:
    """A connection that has to have answered by an instant of ``time.monotonic``."""

    def __init__(self, connection: http.client.HTTPConnection, until: float) -> None:
        """Watch ``connection``."""
        self.connection = connection
        self.until = until
        self.is_cut = False
        """Whether it took too long, and was cut off."""

    def cut(self) -> None:
        """End the connection under whoever reads from it."""
        self.is_cut = True
        with contextlib.suppress(OSError, AttributeError):
            self.connection.sock.shutdown(socket.SHUT_RDWR)


class Watch:
    """Looks after connections, in a thread of its own that begins with the first."""

    def __init__(self) -> None:
        """Watch nothing."""
        self._lock = threading.Lock()
        self._watched: set[Watched] = set()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, connection: http.client.HTTPConnection, seconds: float) -> Iterator[Watched]:
        """Cut ``connection`` off if this takes longer than ``seconds``, and a little."""
        watched = Watched(connection, time.monotonic() + seconds + _EVERY_SECONDS)
        with self._lock:
            self._watched.add(watched)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
        try:
            yield watched
        finally:
            with self._lock:
                self._watched.discard(watched)

    def _run(self) -> None:
        while True:
            time.sleep(_EVERY_SECONDS)
            now = time.monotonic()
            with self._lock:
                late = [watched for watched in self._watched if watched.until < now]
            for watched in late:
                watched.cut()


WATCH = Watch()
"""The one there is."""
