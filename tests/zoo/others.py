"""Other tools that check a server against an OpenAPI document, as a user would start them.

Each is given what it needs to see a server accept something: the token, known accounts, and the
four operations that every server of the zoo may have.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from contract_tests.generated import documented_contract
from mockserver.resources import find
from tests.zoo.guard import TOKEN

ACCOUNTS = ("can_101", "can_102", "can_103")
_DREDDS = ("createAccountDebitOffset", "getAccount", "listAccountLineItems")
"""The operations that Dredd can be told to ask for: it takes no id out of an answer."""
_OPERATIONS = (*_DREDDS, "getAccountLineItem")
_LEAST = {
    "createAccountDebitOffset": {"account_id": "a", "line_item_id": "b", "product_id": "c"},
    "getAccount": {"account_id": "a"},
    "listAccountLineItems": {"results": []},
}
"""What Dredd has to find in an answer. It would require whatever a schema names, and no null."""

Complains = Callable[[str], bool]
"""Tells whether a tool complains about the server at a URL."""


def others() -> Mapping[str, Complains]:
    """Give the tools that are installed here, by name."""
    dredd = shutil.which("dredd")
    found: dict[str, Complains] = {"plain Schemathesis": _schemathesis}
    if dredd is not None:
        found["Dredd"] = lambda url: _dredd(dredd, url)
    return found


def _schemathesis(url: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "schemathesis.toml"
        config.write_text(
            f"""\
headers = {{ Authorization = "Bearer {TOKEN}" }}
[generation]
allow-x00 = false
[dictionaries.accounts]
values = {list(ACCOUNTS)}
[parameters]
"path.account_id" = {{ dictionary = "accounts", probability = 0.95 }}
""",
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        wanted = [part for of in _OPERATIONS for part in ("--include-operation-id", of)]
        options = ["--url", url, "--seed", "1", "--no-color", "--max-time", "20", *wanted]
        return _fails([*command, str(find("openapi.yaml")), *options], folder)


def _dredd(program: str, url: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "contract.json"
        contract.write_text(json.dumps(_contract_for_dredd()), encoding="utf-8")
        header = f"Authorization: Bearer {TOKEN}"
        return _fails([program, str(contract), url, "--header", header], folder)


def _fails(command: Sequence[str], folder: str) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    return done.returncode != 0


def _contract_for_dredd() -> dict[str, Any]:
    """Give the contract as Dredd understands it: examples everywhere, one answer of each."""
    contract = documented_contract(frozenset(_DREDDS), ACCOUNTS)
    account = {"in": "path", "name": "account_id", "required": True, "schema": {"type": "string"}}
    for item in contract["paths"].values():
        item["parameters"] = [{**account, "example": ACCOUNTS[0]}]
        for said in (of for of in item.values() if isinstance(of, dict)):
            said.pop("parameters", None)
            content = {"application/json": {"example": _LEAST[said["operationId"]]}}
            said["responses"] = {"200": {"description": "as documented", "content": content}}
    return contract
