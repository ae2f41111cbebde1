"""What ``openapi.yaml`` says in words, told to Schemathesis: loaded by ``schemathesis.toml``."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st

MAX_TARGET_BYTES = 4_096
"""Of a request target; a longer one is a 414 whatever it says (``x-refusal-order``)."""

MAX_BODY_BYTES = 65_536
"""Of a body; a longer one is a 413 whatever it says."""

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
