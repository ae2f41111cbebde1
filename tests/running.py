"""Runs the command as its users do: a process, its output, its socket."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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

    def send_raw(self, data: bytes) -> bytes:
        """Send bytes, and give what comes back until the server closes the connection."""
        with socket.create_connection(self.address, timeout=5) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


@contextlib.contextmanager
def serving(*arguments: str, cwd: Path | None = None, **environment: str) -> Iterator[Running]:
    """Start a server on a free port; stop it in the end."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
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
