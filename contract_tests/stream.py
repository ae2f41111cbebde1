"""One socket to the server: bytes out, and bytes in, all of them by a given instant."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from functools import cache
from urllib.parse import urlsplit

from contract_tests.exchange import Headers, Request
from contract_tests.target import Target

_AT_ONCE = 65_536
_LONGEST_LINE = 65_536
_FIRST_WAIT = 0.15
"""How long the first try to connect may take; each other takes twice as long."""
_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)
"""Only Linux has it."""


class EndedError(Exception):
    """The server closed the connection before all was said that it announced."""

    def __init__(self, received: int) -> None:
        """Say how many bytes came of what had begun."""
        super().__init__(received)
        self.received = received


class NotHttpError(Exception):
    """What was said is no HTTP. One line says in what."""


class Stream:
    """Bytes to and from the server. What is read is kept until somebody takes it."""

    def __init__(self, target: Target, seconds: float) -> None:
        """Connect within ``seconds``. Raises OSError, ssl.SSLError."""
        parts = urlsplit(target.url)
        assert parts.hostname is not None
        is_secure = parts.scheme == "https"
        address = (parts.hostname, parts.port or (443 if is_secure else 80))
        plain = _connected(address, seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._plain = plain
        self._socket = (
            _context().wrap_socket(plain, server_hostname=parts.hostname) if is_secure else plain
        )
        self._kept = b""
        self.until = time.monotonic() + seconds
        """An instant of ``time.monotonic``: who waits longer is told so by TimeoutError."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing has come that nobody took."""
        return not self._kept

    def close(self) -> None:
        """Give the connection up."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send all of ``data``. Raises OSError."""
        self._socket.settimeout(max(self.until - time.monotonic(), 0.001))
        self._socket.sendall(data)

    def receive(self, seconds: float | None = None) -> bytes:
        """Give what comes next, nothing at the end. Raises OSError, TimeoutError.

        ``seconds`` is how long that may take, if not until ``until``.
        """
        kept, self._kept = self._kept, b""
        return kept or self._more(seconds)

    def line(self) -> bytes:
        """Give one line without its end. Raises OSError, TimeoutError, EndedError, NotHttpError."""
        while b"\n" not in self._kept:
            if len(self._kept) > _LONGEST_LINE:
                raise NotHttpError("a line has no end")
            more = self._more(None)
            if not more:
                raise EndedError(len(self._kept))
            self._kept += more
        line, _, self._kept = self._kept.partition(b"\n")
        return line.removesuffix(b"\r")

    def exactly(self, count: int) -> bytes:
        """Give so many bytes. Raises OSError, TimeoutError, EndedError."""
        parts, have = [self._kept], len(self._kept)
        while have < count:
            more = self._more(None)
            if not more:
                raise EndedError(have)
            parts.append(more)
            have += len(more)
        data = b"".join(parts)
        self._kept = data[count:]
        return data[:count]

    def rest(self, most: int) -> tuple[bytes, bool]:
        """Give all that comes until the end, and whether the end came in time.

        Raises OSError, NotHttpError.
        """
        parts, have = [self._kept], len(self._kept)
        self._kept = b""
        try:
            while more := self._more(None):
                parts.append(more)
                have += len(more)
                if have > most:
                    raise NotHttpError(f"it is longer than {most} bytes")
        except TimeoutError:
            return b"".join(parts), False
        return b"".join(parts), True

    def _more(self, seconds: float | None) -> bytes:
        left = self.until - time.monotonic()
        wait = left if seconds is None else min(seconds, left)
        if wait <= 0:
            raise TimeoutError
        self._socket.settimeout(wait)
        if _QUICK_ACK is not None:
            # who writes a head and then a body waits for the first to be acknowledged
            with contextlib.suppress(OSError):
                self._plain.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
        return self._socket.recv(_AT_ONCE)


def _connected(address: tuple[str, int], seconds: float) -> socket.socket:
    """Connect within ``seconds``. Raises OSError, TimeoutError.

    A server that has many connections to take drops who asks for one more, and this machine would
    ask again after a second: so it is asked anew, sooner.
    """
    until, wait = time.monotonic() + seconds, _FIRST_WAIT
    while (left := until - time.monotonic()) > wait:
        try:
            return socket.create_connection(address, wait)
        except TimeoutError:
            wait *= 2
    return socket.create_connection(address, max(left, 0.001))


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def head_of(target: Target, request: Request, more: Headers = ()) -> bytes:
    """Give the head of a request, with ``Host`` unless it says one itself."""
    parts = urlsplit(target.url)
    lines = [f"{request.method} {parts.path}{request.target} HTTP/1.1"]
    if not any(name == "Host" for name, _ in request.headers):
        lines.append(f"Host: {parts.netloc}")
    lines += [f"{name}: {value}" for name, value in (*request.headers, *more)]
    return "\r\n".join([*lines, "", ""]).encode()
