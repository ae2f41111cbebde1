"""A client that sends bytes, and sees those that come, when they come, and how they end."""

from __future__ import annotations

import socket
import time
from typing import Any, NamedTuple, Self

from tests.running import Running
from tests.steering import ACCOUNT, POST

GOOD = b'{"original_amount_cents": 1}'
DIES = ("reset", "empty", "truncate", "garbage")
AFTER: dict[str, Any] = {"stage": "after_commit"}
ONCE: dict[str, Any] = {**AFTER, "times": 1}
"""Posting happens; then the fault strikes, once."""


class Seen(NamedTuple):
    """What a connection brought."""

    raw: bytes
    is_reset: bool = False

    @property
    def heads(self) -> list[int]:
        """The statuses of all answers in it."""
        lines = [line for line in self.raw.split(b"\r\n") if b"HTTP/1.1 " in line]
        return [int(line.partition(b"HTTP/1.1 ")[2].split()[0]) for line in lines]

    @property
    def last(self) -> Answer:
        """The last answer in it."""
        return parsed(self.raw[self.raw.rindex(b"HTTP/1.1 ") :])


class Answer(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def length(self) -> int:
        """How long its head says that its body is."""
        return int(self.headers["content-length"])


def parsed(raw: bytes) -> Answer:
    """Read an answer."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}
    return Answer(int(first.split()[1]), headers, body)


class Wire:
    """A connection."""

    def __init__(self, server: Running, seconds: float = 5) -> None:
        self.where = server.url.removeprefix("http://")
        self._socket = socket.create_connection(server.address, timeout=seconds)
        self.times: list[float] = []
        """When bytes came."""

    def __enter__(self) -> Self:
        """Be closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def receive(self) -> bytes:
        """Give the next bytes; none is the end."""
        data = self._socket.recv(65_536)
        self.times.append(time.monotonic())
        return data

    def answer(self) -> Answer:
        """Give the next answer, whole; nothing may come after it."""
        return parsed(self.raw_answer())

    def raw_answer(self, *, has_body: bool = True) -> bytes:
        """Give the bytes of the next answer; nothing may come after it."""
        raw = b""
        while b"\r\n\r\n" not in raw or (has_body and len(parsed(raw).body) < parsed(raw).length):
            part = self.receive()
            assert part, raw
            raw += part
        return raw

    def rest(self) -> Seen:
        """Give what comes until the end."""
        raw = b""
        try:
            while part := self.receive():
                raw += part
        except ConnectionResetError:
            return Seen(raw, is_reset=True)
        return Seen(raw)


def head(name: str, method: str, path: str, *fields: str) -> bytes:
    """Give the head of a request to the sandbox called ``name``."""
    lines = (f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {name}")
    return "".join(f"{line}\r\n" for line in (*lines, *fields, "")).encode()


def reading(name: str, *fields: str, method: str = "GET") -> bytes:
    """Give a request for the account."""
    return head(name, method, ACCOUNT, *fields)


def posting(name: str, body: bytes, *fields: str) -> bytes:
    """Give a request to post a debit offset."""
    sent = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    return head(name, "POST", POST, *sent, *fields) + body


def assert_broken(seen: Seen, breaks: str, *, answers: int = 0) -> None:
    """Make sure that a connection died of ``breaks``, after some good answers."""
    assert seen.is_reset is (breaks == "reset")
    if breaks == "truncate":
        assert seen.heads == [200] * (answers + 1)
        assert len(seen.last.body) == seen.last.length // 2 > 0
        return
    if breaks != "reset":  # which may overtake what was sent before it
        assert seen.heads == [200] * answers
    if breaks == "garbage":
        assert not seen.raw[seen.raw.rfind(b"}") + 1 :].startswith(b"HTTP")
        assert b"this is no HTTP" in seen.raw
    elif not answers:
        assert seen.raw == b""
