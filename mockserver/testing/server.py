"""A server in a process of its own, for as long as tests need it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

import httpx

from mockserver.testing.sandbox import CanopyMock

_READY = re.compile(r"is ready at (http://\S+)")
_STOP_SECONDS = 15.0
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_NAME = 40


class StartError(Exception):
    """The server does not start. The message is what it says."""


class Server:
    """A server, and what its sandboxes are made with."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        """Use the server at ``url`` with ``http``, which stays open."""
        self.url = url
        self._http = http

    def sandbox(self, name: str = "") -> CanopyMock:
        """Give a new sandbox, called after ``name`` and by chance."""
        told = _NO_NAME.sub("_", name)[-_MAX_NAME:]
        return CanopyMock(self._http, self.url, f"sbx_{told}_{secrets.token_hex(6)}")


@contextlib.contextmanager
def running(*options: str) -> Iterator[Server]:
    """Start ``canopy-mock serve`` on a free port with further options; stop it in the end.

    Raises StartError.
    """
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CANOPY_MOCK_")}
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 - the command is our own
            command, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        try:
            with at(_ready(process, complaints)) as server:
                yield server
        finally:
            _stop(process)


@contextlib.contextmanager
def at(url: str, control_token: str | None = None) -> Iterator[Server]:
    """Use a server that is running already, with the control token that it was started with."""
    headers = {} if control_token is None else {"X-Canopy-Control": control_token}
    transport = httpx.HTTPTransport()
    with httpx.Client(transport=transport, trust_env=False, headers=headers) as http:
        yield Server(url.rstrip("/"), http)


def _ready(process: subprocess.Popen[str], complaints: IO[str]) -> str:
    """Wait until the server is ready; give its URL. Raises StartError."""
    for line in process.stdout or ():
        if found := _READY.search(line):
            return found[1]
    complaints.seek(0)
    raise StartError(complaints.read().strip() or "the server stopped without a word")


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
