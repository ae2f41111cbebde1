"""A query has nothing but parameters: a filter with a typo would be taken for none at all."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api.contract import Contract, Operation
from mockserver.api.failures import NotPossible
from mockserver.api.problems import rejected
from mockserver.door.reply import reply_of, send_reply


class KnownParameters:
    """Lets in requests whose query has nothing but what the contract knows."""

    def __init__(self, app: ASGIApp, contract: Contract) -> None:
        """Wrap ``app``, which serves ``contract``."""
        self._app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say which parameter is not known."""
        item = self._contract.path_item(scope["raw_path"].decode("ascii", "replace"))
        operation = None if item is None else item.operations.get(scope["method"])
        unknown = [] if operation is None else _unknown(operation, scope["query_string"])
        if operation is None or not unknown:
            await self._app(scope, receive, send)
            return
        told = f"{operation.operation_id} has no parameter {unknown[0]}; it has {_told(operation)}."
        await send_reply(reply_of(rejected(NotPossible(told))), send)


def _unknown(operation: Operation, query: bytes) -> list[str]:
    known = _names(operation)
    sent = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    return [name for name in sent if name not in known]


def _names(operation: Operation) -> list[str]:
    parameters = operation.definition.get("parameters", ())
    return [parameter["name"] for parameter in parameters if parameter["in"] == "query"]


def _told(operation: Operation) -> str:
    return ", ".join(_names(operation)) or "none"
