"""One HTTP request and its answer, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

Headers = tuple[tuple[str, str], ...]

CLOSED = "the connection was closed without an answer"
"""Why there is no answer, where that is so."""


class NotJson(ValueError):  # noqa: N818 - what a body is, not what went wrong with us
    """A body is not JSON. One line says in what."""


class Request(NamedTuple):
    """What is sent, to the letter. ``Host`` and the framing are added by the client."""

    method: str
    target: str
    """Path and query, percent-encoded, below the server's base URL."""
    headers: Headers = ()
    body: bytes | None = None
    operation: str | None = None
    """The operation of the contract this is meant to be; None for none of them."""
    chunks: int = 0
    """In how many chunks the body is sent; 0 is: with its length."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes
    version: str = "HTTP/1.1"
    flaw: str = ""
    """Why its body is not what it says, if it is not."""

    def header(self, name: str) -> str | None:
        """Give the first header of this name, or None."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def json(self) -> Any:
        """Read the body, which nobody may change. Raises NotJson."""
        read = NotJson(self.flaw) if self.flaw else _read(self.body)
        if isinstance(read, NotJson):
            raise read
        return read

    def member(self, *path: str) -> Any:
        """Give what lies at ``path`` in the body, None if there is no such thing."""
        try:
            found = self.json()
        except NotJson:
            return None
        for name in path:
            if not isinstance(found, dict):
                return None
            found = found.get(name)
        return found


class Exchange(NamedTuple):
    """A request, and its answer or why there is none."""

    request: Request
    answer: Answer | None
    error: str | None = None
    """Why there is no answer, in a few words."""
    began: float = 0.0
    """Seconds since the epoch."""
    seconds: float = 0.0

    @property
    def status(self) -> int:
        """The status of the answer, 0 if there is none."""
        return 0 if self.answer is None else self.answer.status

    @property
    def is_closed(self) -> bool:
        """Whether the connection was closed without an answer."""
        return self.error == CLOSED

    @property
    def is_ok(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    @property
    def is_throttled(self) -> bool:
        """Whether the server said that there was too much of it."""
        return self.status == 429

    def member(self, *path: str) -> Any:
        """Give what lies at ``path`` in the answer's body, None if there is no such thing."""
        return None if self.answer is None else self.answer.member(*path)

    def seen(self) -> str:
        """Say in one line what came back."""
        if self.answer is None:
            return self.error or "no answer"
        text = " ".join(self.answer.body.decode("utf-8", "replace").split())
        return f"{self.status} {text if len(text) <= 160 else text[:157] + '…'}".strip()


@lru_cache(maxsize=32)  # an answer is read some times in a row, and then never again
def _read(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return NotJson(str(error))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
