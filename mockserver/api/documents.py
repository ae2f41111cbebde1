"""Documents that never change while a server runs: the contract itself, and that it is up."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mockserver.api.failures import MethodNotAllowed
from mockserver.api.problems import rejected


class Document:
    """An application that answers ``GET`` with the same bytes every time."""

    def __init__(self, media_type: str, content: bytes) -> None:
        """Take the answer's body."""
        self._answer = Response(content, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = self._answer
        if scope["method"] not in ("GET", "HEAD"):
            told = rejected(MethodNotAllowed.taking(("GET", "HEAD")))
            answer = Response(
                told.body, told.status, headers=told.headers, media_type="application/json"
            )
        await answer(scope, receive, send)
