"""Runs the command as its users do: a process, its output, its socket."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

COMMAND = [sys.executable, "-m", "mockserver"]


def environment_with(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with ``settings``, and without anybody else's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CANOPY_MOCK_")}
    return {**kept, **settings}


def in_shell(script: str) -> str:
    """Run a command as it would be pasted, and give what it prints; skips where curl is missing."""
    if script.startswith("curl") and shutil.which("curl") is None:
        pytest.skip("this machine has no curl")
    command = ["/bin/sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> tuple[int, str, str]:
    """Run ``canopy-mock`` to its end: exit code, what it printed, what it complained of."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment_with(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


class Running:
    """A server that is ready."""

    def __init__(self, process: subprocess.Popen[str], text: str) -> None:
        self.process = process
        self.text = text
        found = re.search(r"ready at http://([\d.]+):(\d+)", text)
        assert found, text
        self.address = found[1], int(found[2])
        self.url = f"http://{found[1]}:{found[2]}"

    def open_files(self) -> int:
        """How many files and sockets the server has open; skips where nobody can tell."""
        directory = Path(f"/proc/{self.process.pid}/fd")
        if not directory.exists():
            pytest.skip("this machine does not tell which files are open")
        return len(list(directory.iterdir()))

    def send_raw(self, data: bytes) -> bytes:
        """Send bytes, and give what comes back until the server closes the connection."""
        with socket.create_connection(self.address, timeout=5) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


_Serving: TypeAlias = AbstractContextManager[Running]


def serving(*arguments: str, cwd: Path | None = None, **environment: str) -> _Serving:
    """Start a server on a free port; stop it in the end."""
    return _started([*COMMAND, "serve", "--port", "0", *arguments], environment, cwd)


def serving_oddly(wanted: dict[str, Any], **environment: str) -> _Serving:
    """Start a server with what no option says (``tests/odd_server.py``)."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.odd_server", json.dumps(wanted)]
    return _started(command, environment)


@contextlib.contextmanager
def _started(
    command: list[str], environment: dict[str, str], cwd: Path | None = None
) -> Iterator[Running]:
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment_with(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        try:
            yield Running(process, "".join(lines))
        finally:
            process.terminate()


@contextlib.contextmanager
def in_silence(serving: _Serving) -> Iterator[Running]:
    """Make sure that a server complains of nothing until it is stopped, and then neither."""
    with serving as running:
        yield running
        running.process.terminate()
        _, complaints = running.process.communicate(timeout=30)
        assert not complaints, complaints
