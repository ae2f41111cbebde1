"""What goes over the wire, taken apart: requests, answers, refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

Json = Any
"""What ``json.loads`` gives."""


@dataclass
class Request:
    """One request, its body read."""

    method: str
    path: str
    """The path as sent: not decoded, without the query."""
    query: str
    headers: Message
    body: bytes
    too_large: bool = False
    remembered: dict[str, Json] = field(default_factory=dict)
    """What a defect keeps from one request of a connection to the next."""

    def header(self, name: str) -> str | None:
        """Give the first header of this name."""
        value = self.headers.get(name)
        return None if value is None else str(value)


@dataclass
class Answer:
    """One answer; whoever sends it adds its length."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    close: bool = False


def answer_with(status: int, content: Json) -> Answer:
    """Make an answer of JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode("utf-8", "surrogatepass"))


@dataclass(eq=False)
class Refused(Exception):  # noqa: N818 - a refusal is no error of ours
    """The request is refused; nothing has changed."""

    status: int
    code: str
    message: str
    details: list[dict[str, Json]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
