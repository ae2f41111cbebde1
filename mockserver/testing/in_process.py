"""A server without a socket, in the process of its client."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.testing.server import StartError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_NAMES = ("testserver", "test")
"""What clients call a server that has no name. There is no network on which it is another's."""


def in_process(**options: Any) -> ASGIApp:
    """Give a server as an ASGI application.

    ``options`` are those of ``canopy-mock serve``, ``accounts=3, rate="10/60"`` say. Where a fault
    breaks the connection, it raises ConnectionError. The control API answers under the names
    localhost, testserver and test, and what ``allow_host`` says. Raises StartError.
    """
    with warnings.catch_warnings():
        # connexion 3.3 imports what warns of its own future
        warnings.simplefilter("ignore")
        from click import ClickException  # noqa: PLC0415 - see above

        from mockserver.api.contract import ContractError  # noqa: PLC0415 - see above
        from mockserver.app import build  # noqa: PLC0415 - see above
        from mockserver.seeding.data_file import DataFileError  # noqa: PLC0415 - see above
        from mockserver.seeding.plan import PlanError  # noqa: PLC0415 - see above
        from mockserver.serve_options import checked  # noqa: PLC0415 - see above

    try:
        settings = checked(**options)
        hosts = (*settings.allowed_hosts, *_NAMES)
        return build(replace(settings, allowed_hosts=hosts)).asgi
    except ClickException as error:
        raise StartError(" ".join(error.format_message().split())) from error
    except (ContractError, DataFileError, PlanError) as error:
        raise StartError(str(error)) from error
