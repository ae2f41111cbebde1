"""A server without a socket, in the process of its client."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def in_process(**settings: Any) -> ASGIApp:
    """Give a server as an ASGI application; ``settings`` are fields of ``mockserver.settings``.

    Where a fault breaks the connection, it raises ConnectionError. Raises ContractError,
    DataFileError, PlanError, TypeError.
    """
    with warnings.catch_warnings():
        # connexion 3.3 imports what warns of its own future
        warnings.simplefilter("ignore")
        from mockserver.app import build  # noqa: PLC0415 - see above
        from mockserver.settings import Settings  # noqa: PLC0415 - see above

    return build(Settings(**settings)).asgi
