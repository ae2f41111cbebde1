"""A server in a process of its own, for as long as tests need it."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import httpx

import mockserver
from mockserver.testing.control import ControlError
from mockserver.testing.sandbox import CanopyMock

_READY = re.compile(r"is ready at (http://\S+)")
_STOP_SECONDS = 15.0
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_NAME = 40
_NOT_OURS = frozenset({"PYTHONPATH"})
_MAIN = f"""
import sys
sys.path.append({str(Path(mockserver.__file__).parents[1])!r})  # if it is not installed
from mockserver.cli import main
main()
"""


class StartError(Exception):
    """The server does not start. The message is what it says."""


class Server:
    """A server, and what its sandboxes are made with."""

    def __init__(self, url: str, http: httpx.Client, control_token: str | None = None) -> None:
        """Use the server at ``url`` with ``http``, which says the control token and stays open."""
        self.url = url
        self.control_token = control_token
        self._http = http

    def sandbox(self, name: str = "") -> CanopyMock:
        """Give a new sandbox, called after ``name`` and by chance."""
        told = _NO_NAME.sub("_", name)[-_MAX_NAME:]
        return CanopyMock(self._http, self.url, f"sbx_{told}_{secrets.token_hex(6)}")

    def warm_up(self) -> None:
        """Let it do now what it does once, when it is first asked: so no test waits for that.

        It puts the control API together, and makes sure of the seed.
        """
        with contextlib.suppress(ControlError), self.sandbox("warm_up"):
            pass


@contextlib.contextmanager
def running(*options: str, control_token: str | None = None) -> Iterator[Server]:
    """Start ``canopy-mock serve`` on a free port with further options; stop it in the end.

    Only the options say how: ``canopy-mock.toml`` is read if ``--config`` names it, and what lies
    in the current directory is not imported. Raises StartError.
    """
    if control_token is not None:
        options = (*options, f"--control-token={control_token}")
    command = [sys.executable, "-P", "-c", _MAIN, "serve", "--port", "0", *options]
    environment = {k: v for k, v in os.environ.items() if k not in _NOT_OURS and not _ours(k)}
    environment["CANOPY_MOCK_CONFIG"] = os.devnull
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 - the command is our own
            command, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        try:
            with at(_ready(process, complaints), _control_token(options)) as server:
                yield server
        finally:
            _stop(process)


@contextlib.contextmanager
def at(url: str, control_token: str | None = None) -> Iterator[Server]:
    """Use a server that is running already, with the control token that it was started with.

    Raises StartError if none is there.
    """
    url = url.rstrip("/")
    headers = {} if control_token is None else {"X-Canopy-Control": control_token}
    transport = httpx.HTTPTransport()
    with httpx.Client(transport=transport, trust_env=False, headers=headers) as http:
        _check_is_there(url, http)
        yield Server(url, http, control_token)


def _check_is_there(url: str, http: httpx.Client) -> None:
    """Make sure that a server answers. Raises StartError."""
    try:
        answer = http.get(f"{url}/healthz")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StartError(f"no canopy-mock server answers at {url}: {error}") from error
    if not answer.is_success:
        raise StartError(f"{url} is no canopy-mock server: it answers {answer.status_code}")


def _ours(name: str) -> bool:
    return name.startswith("CANOPY_MOCK_")


def _control_token(options: Sequence[str]) -> str | None:
    """Give the control token among the options of a server, the last one as the command does."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--control-token")
    token: str | None = parser.parse_known_args(options)[0].control_token
    return token


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
