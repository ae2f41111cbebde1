"""What ``openapi.yaml`` says in words, told to Schemathesis: loaded by ``schemathesis.toml``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import schemathesis

MAX_TARGET_BYTES = 4_096
"""Of a request target; a longer one is a 414 whatever it says (``x-refusal-order``)."""


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Keep requests with one cursor at most, and with a target the server has to read.

    No schema can say that two parameters exclude each other, or bound all of them together.
    """
    query = case.query or {}
    if {"starting_after", "ending_before"} <= query.keys():
        return False
    parameters = {**(case.path_parameters or {}), **query}
    return len(case.path) + len(urlencode(parameters, doseq=True)) < MAX_TARGET_BYTES
