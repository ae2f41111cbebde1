"""Running an application on a socket."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from mockserver.door.protocol import DoorProtocol, DoorState

_BACKLOG = 2_048


def bind(host: str, port: int) -> socket.socket:
    """Take ``port`` on ``host``; 0 is any free one. Raises OSError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(_BACKLOG)
    return listener


def url_of(listener: socket.socket) -> str:
    """Give the URL under which a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: ASGIApp, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve ``app`` on ``listener`` until the process is told to stop.

    ``on_ready`` is called when the first request can be answered.
    """
    config = uvicorn.Config(
        app,
        http=DoorProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="error",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn repeats it when all is stopped
        _Server(config, on_ready).run([listener])


class _Server(uvicorn.Server):
    """Says when it is ready, and lets its connections know when it stops."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._door = self.server_state = DoorState()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, and wait for nothing that a fault holds back."""
        self._door.stopping.set()
        await super().shutdown(sockets)
