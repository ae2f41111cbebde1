"""What ``openapi.yaml`` says in words, told to Schemathesis: loaded by ``schemathesis.toml``."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st

MAX_TARGET_BYTES = 4_096
"""Of a request target; a longer one is a 414 whatever it says (``x-refusal-order``)."""

MAX_BODY_BYTES = 65_536
"""Of a body; a longer one is a 413 whatever it says."""

_opened: set[str] = set()
"""The accounts that this run has opened."""

_sent: Counter[str] = Counter()
"""How often each line item id was sent to be posted."""
_REPEATED = 4
"""Each so manieth time, an id that was sent before is sent again as it is."""

_DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31)).map(date.isoformat)

schemathesis.openapi.format("date-or-date-time", _DAYS | _DAYS.map("{}T09:11:28-05:00".format))
schemathesis.openapi.format(
    "time-zone", st.sampled_from(["America/New_York", "America/Chicago", "UTC", "Asia/Kolkata"])
)


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Keep requests with one cursor at most, and with a target and a body the server has to read.

    No schema can say that two parameters exclude each other, or bound all of a request together.
    """
    if isinstance(case.body, dict | list) and len(json.dumps(case.body)) > MAX_BODY_BYTES:
        return False
    query = case.query or {}
    if {"starting_after", "ending_before"} <= query.keys():
        return False
    parameters = {**(case.path_parameters or {}), **query}
    return len(case.path) + len(urlencode(parameters, doseq=True)) < MAX_TARGET_BYTES


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext,
    case: schemathesis.Case[Any],
    kwargs: dict[str, Any],  # noqa: ARG001 - it is passed by this name
) -> None:
    """Change the status of no account but those that this run has opened, and post with new ids.

    A closed account takes nothing, and all other requests are about those that there were before.
    """
    if _operation(case) == "createAccountDebitOffset" and isinstance(case.body, dict):
        case.body = _with_new_id(case.body)
    parameters = case.path_parameters or {}
    account = str(parameters.get("account_id"))
    if _operation(case) == "updateAccountStatus" and account not in _opened:
        case.path_parameters = {**parameters, "account_id": "nobody"}


def _with_new_id(body: dict[str, Any]) -> dict[str, Any]:
    """Give ``body`` with an id of its own, as short ones come again and are refused then (409)."""
    line_item_id = body.get("line_item_id")
    if not isinstance(line_item_id, str) or not line_item_id:
        return body
    times = _sent[line_item_id]
    _sent[line_item_id] += 1
    return body if times % _REPEATED == 0 else {**body, "line_item_id": f"{line_item_id}~{times}"}


@schemathesis.hook
def after_call(
    _context: schemathesis.HookContext, case: schemathesis.Case[Any], response: Any
) -> None:
    """Note the accounts that are opened."""
    if _operation(case) == "createAccount" and response.status_code == HTTPStatus.OK:
        with suppress(ValueError, KeyError, TypeError):  # what is no account is told by the checks
            _opened.add(str(response.json()["account_id"]))


def _operation(case: schemathesis.Case[Any]) -> str:
    """Give the id of the operation that a request is made up for."""
    return str(case.operation.definition.raw["operationId"])
