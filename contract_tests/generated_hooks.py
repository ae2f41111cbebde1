"""What Schemathesis may do to a server that a check lets it loose on: loaded by its configuration.

It runs in Schemathesis's own process, so the environment says what it has to know.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any
from urllib.parse import unquote

import schemathesis

_ACCOUNTS = "CANOPY_GENERATED_ACCOUNTS"
"""Where the accounts are that may be posted to, as a JSON array (generated.py)."""
_WAITS = "CANOPY_GENERATED_WAITS"
"""Set where Schemathesis keeps to a rate: it does not obey ``Retry-After`` then."""
_READS = ("GET", "HEAD", "OPTIONS", "QUERY", "TRACE")
_TOO_MANY_REQUESTS = 429
_LONGEST_WAIT = 5.0


def before_call(
    _context: schemathesis.HookContext,
    case: schemathesis.Case[Any],
    kwargs: dict[str, Any],  # noqa: ARG001 - it is passed by this name
) -> None:
    """Let nothing be posted to an account that nobody named; to read of one does no harm."""
    parameters = case.path_parameters or {}
    named: list[str] = json.loads(os.environ[_ACCOUNTS])
    if case.method.upper() in _READS or "account_id" not in parameters:
        return
    account = parameters["account_id"]
    if account not in named and unquote(str(account)) not in named:
        case.path_parameters = {**parameters, "account_id": named[0]}


def after_call(
    _context: schemathesis.HookContext, _case: schemathesis.Case[Any], response: Any
) -> None:
    """Wait where the server says that there is too much of it."""
    if response.status_code == _TOO_MANY_REQUESTS and _WAITS in os.environ:
        said = "".join(response.headers.get("retry-after") or ())
        time.sleep(min(float(said), _LONGEST_WAIT) if said.isdecimal() else 1.0)


if _ACCOUNTS in os.environ:  # it is a check that has Schemathesis load this, and nobody else
    schemathesis.hook(before_call)
    schemathesis.hook(after_call)
