"""A server with what no option says; what is wanted is told in JSON.

``python -m tests.odd_server '{"hang_seconds": 0.3}'``
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import click

from mockserver.app import build
from mockserver.door.reply import MAX_HANG_SECONDS
from mockserver.door.server import bind, run, url_of
from mockserver.instants import parse_instant
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
    run(application.asgi, listener, lambda: click.echo(ready))


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
