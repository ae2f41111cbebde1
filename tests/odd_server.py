"""A server with what no option says; what is wanted is told in JSON.

``python -m tests.odd_server '{"hang_seconds": 0.3}'``

A POST to ``/corrupt/<name of a sandbox>`` takes a cent from the first account that it has changed.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import click
from starlette.types import Receive, Scope, Send

from mockserver.api.documents import Document
from mockserver.app import Application, build
from mockserver.door.reply import MAX_HANG_SECONDS
from mockserver.door.server import bind, run, url_of
from mockserver.instants import parse_instant
from mockserver.sandbox.sandbox import Sandbox
from mockserver.settings import Settings


class Ahead(NamedTuple):
    """A machine's clock that is ahead."""

    by: timedelta

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return datetime.now(UTC) + self.by


def serve(wanted: dict[str, Any]) -> None:
    """Serve until the process is told to stop."""
    frozen_at = wanted.get("frozen_at")
    settings = Settings(
        port=0,
        accounts=wanted.get("accounts", 3),
        frozen_at=None if frozen_at is None else parse_instant(frozen_at),
    )
    application = build(
        settings,
        clock=Ahead(timedelta(seconds=wanted.get("seconds_ahead", 0))),
        hang_seconds=wanted.get("hang_seconds", MAX_HANG_SECONDS),
    )
    listener = bind(settings.host, settings.port)
    ready = f"ready at {url_of(listener)} until Ctrl-C"
    run(_Corrupting(application), listener, lambda: click.echo(ready))


def corrupt(sandbox: Sandbox) -> None:
    """Take a cent from what an account owes, past its events and its items."""
    account_id, account = next(iter(sandbox.state.own.items()))
    owed = account.figures.owed
    figures = account.figures._replace(owed=owed._replace(fee_cents=owed.fee_cents - 1))
    own = sandbox.state.own.set(account_id, account._replace(figures=figures))
    sandbox.state = sandbox.state._replace(own=own)


class _Corrupting:
    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if not path.startswith(_CORRUPT):
            await self._application.asgi(scope, receive, send)
            return
        corrupt(self._application.sandboxes.get(path.removeprefix(_CORRUPT)))
        await Document("text/plain", b"done")({**scope, "method": "GET"}, receive, send)


_CORRUPT = "/corrupt/"


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
