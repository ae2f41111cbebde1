"""Starting a server: put it together, take the port, say that it is ready."""

from __future__ import annotations

import gc
import socket
import sys
import warnings
import webbrowser
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click
import watchfiles

from mockserver.api.contract import ContractError, source
from mockserver.app import build
from mockserver.door.server import bind, run, url_of
from mockserver.ready import ready_text
from mockserver.resources import find
from mockserver.seeding.data_file import DataFileError
from mockserver.seeding.plan import PlanError
from mockserver.settings import Settings

_SHOW_PROGRESS_FROM = 1_000

T = TypeVar("T")


class StartError(Exception):
    """The server cannot start. The message is one line."""


def serve_once(settings: Settings, *, opens: bool) -> None:
    """Serve until the process is told to stop. Raises StartError."""
    listener = _bound(settings)
    gc.disable()
    try:
        application = build(settings, progress=_progress)
    except (ContractError, DataFileError, PlanError) as error:
        listener.close()
        raise StartError(str(error)) from error
    url = url_of(listener)

    def on_ready() -> None:
        click.echo(ready_text(url, settings, application.sandboxes.seed))
        if opens and settings.has_console:
            webbrowser.open(f"{url}/_mock/")

    settle_memory()
    run(application.asgi, listener, on_ready)


def _bound(settings: Settings) -> socket.socket:
    """Take the port. Raises StartError."""
    if not settings.host:
        raise StartError("--host is empty; say 0.0.0.0 for all addresses")
    try:
        return bind(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise StartError(f"cannot listen on {where}: {error.strerror}") from error


def settle_memory() -> None:
    """Keep the garbage collector off what lives as long as the server.

    Everything the ledger keeps is kept for good, and a full collection walks all of it while
    requests wait: some 100 ms for 100 000 items.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    gc.enable()


def serve_and_reload(settings: Settings, *, opens: bool) -> None:
    """Serve, and start again whenever the contract, a fixture or the code changes.

    Every start begins with a new ledger. Raises StartError if the port is taken.
    """
    with _bound(settings) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
    watched = (source(), find("fixtures"), Path(__file__).parent)
    watchfiles.run_process(*watched, target=_serve_or_say_why, args=(settings, opens))


def _serve_or_say_why(settings: Settings, opens: bool) -> None:  # noqa: FBT001 - a process target
    # this is another process
    warnings.filterwarnings("ignore", module="connexion")
    try:
        serve_once(settings, opens=opens)
    except StartError as error:
        click.echo(f"canopy-mock: {error}; waiting for the next change", err=True)


def _progress(things: Iterable[T], total: int, label: str) -> Iterable[T]:
    """Show a bar on stderr where there is much to do."""
    if total < _SHOW_PROGRESS_FROM:
        yield from things
        return
    with click.progressbar(things, total, f"{label:21}", file=sys.stderr) as bar:
        yield from bar
