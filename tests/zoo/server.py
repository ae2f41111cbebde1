"""Starts servers of the zoo."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from tests.zoo.api import Zoo
from tests.zoo.catalogue import breeds
from tests.zoo.wire import Server


def opened(zoo: Zoo, port: int = 0) -> tuple[Server, str]:
    """Listen; give the server and its base URL. Nothing is answered before it is run."""
    server = zoo.server(port, zoo, zoo.connection)
    return server, f"http://127.0.0.1:{server.server_address[1]}{zoo.prefix}"


@contextlib.contextmanager
def running(zoo: Zoo) -> Iterator[str]:
    """Run ``zoo`` in a thread; give its base URL."""
    server, url = opened(zoo)
    thread = threading.Thread(target=server.serve_forever, args=(0.003,), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def started(name: str) -> Iterator[str]:
    """Run the server of this name in a thread; give its base URL.

    Raises KeyError.
    """
    with running(breeds()[name].made()) as url:
        yield url
