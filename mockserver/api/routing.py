"""From a request's path to an operation, as OpenAPI has it; the routing itself is Connexion's.

Connexion's router decides on the decoded path, so a ``%2F`` would split a segment and a line break
would end one; and it tries paths with parameters after those without, whatever the method. This
middleware settles 404 and 405 by the contract, then lets the router see the path as it was sent.
The parameters are decoded when they are known (``entry``).
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api.contract import Contract
from mockserver.api.failures import MethodNotAllowed, PathNotFound


class PathItems:
    """Stands before Connexion's router."""

    def __init__(self, app: ASGIApp, *, contract: Contract, strips_trailing_space: bool) -> None:
        """Wrap ``app``, which routes."""
        self._app = app
        self._contract = contract
        self._strips_trailing_space = strips_trailing_space

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the contract knows. Raises PathNotFound, MethodNotAllowed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["raw_path"].decode("ascii", "replace")
        while self._strips_trailing_space and path.endswith("%20"):
            path = path.removesuffix("%20")
        item = self._contract.path_item(path)
        if item is None:
            raise PathNotFound("The API has no such path.")
        allowed = set(item.operations) | ({"HEAD"} if "GET" in item.operations else set())
        if scope["method"] not in allowed:
            raise MethodNotAllowed.taking(allowed)
        await self._app({**scope, "path": path}, receive, send)
