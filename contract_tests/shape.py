"""The shape of requests and answers: ``schemathesis run`` with every phase and every check.

Schemathesis runs as a process of its own, by its own command and with ``schemathesis.toml``, so
that what the suite sees is what anybody sees who runs that command.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
import yaml

from contract_tests import schemathesis_hooks
from contract_tests.server import Server
from mockserver.resources import find


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of Schemathesis, and its answer."""

    operation_id: str | None
    """None for a method or path that the contract does not know."""
    path: str
    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class ShapeRun:
    """What a run found, and what it saw."""

    kept: bool
    output: str
    """What Schemathesis printed."""
    exchanges: list[Exchange]

    def seen(self) -> Counter[tuple[str | None, int]]:
        """Count the answers by operation and status."""
        return Counter((exchange.operation_id, exchange.status) for exchange in self.exchanges)

    def posted_items(self) -> set[str]:
        """Give the ids of the debit offsets that were accepted."""
        return {
            json.loads(exchange.answer)["line_item_id"]
            for exchange in self.exchanges
            if (exchange.operation_id, exchange.status) == ("createAccountDebitOffset", 200)
        }

    def read_items(self) -> set[str]:
        """Give the ids of the line items that were read one by one."""
        return {
            unquote(exchange.path.rpartition("/")[2])
            for exchange in self.exchanges
            if (exchange.operation_id, exchange.status) == ("getAccountLineItem", 200)
        }

    def opened_accounts(self) -> set[str]:
        """Give the ids of the accounts that were opened."""
        return {
            str(json.loads(exchange.answer)["account_id"])
            for exchange in self.exchanges
            if (exchange.operation_id, exchange.status) == ("createAccount", 200)
        }

    def changed_accounts(self) -> set[str]:
        """Give the ids of the accounts whose status was changed."""
        return {
            unquote(exchange.path.split("/")[2])
            for exchange in self.exchanges
            if (exchange.operation_id, exchange.status) == ("updateAccountStatus", 200)
        }


def run(server: Server, folder: Path, *, seed: int) -> ShapeRun:
    """Let Schemathesis check ``server``. ``folder`` is a new one for what it writes."""
    contract = find("openapi.yaml")
    config = folder / "schemathesis.toml"
    config.write_text(_config(server), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    options = ["--url", server.url, "--seed", str(seed), "--no-color"]
    report = ["--report", "har", "--report-dir", str(folder)]
    done = subprocess.run(  # noqa: S603 - the command is our own
        [*command, str(contract), *options, *report],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    har = json.loads(next(folder.glob("har-*.json")).read_text(encoding="utf-8"))
    exchanges = _exchanges(har, yaml.safe_load(contract.read_bytes())["paths"])
    return ShapeRun(done.returncode == 0, done.stdout + done.stderr, exchanges)


def _statements(server: Server) -> list[str]:
    """Give the ids of some statements of the first account, or one that means nothing."""
    path = f"{server.url}/accounts/{quote(server.accounts[0], safe='')}/statements/list"
    answer = httpx.get(path, headers=server.headers)
    listed = answer.json() if answer.is_success else []
    return [statement["statement_id"] for statement in listed[:3]] or ["none"]


def _config(server: Server) -> str:
    """Give ``schemathesis.toml`` with this server's token and accounts, for any folder."""
    text = find("schemathesis.toml").read_text(encoding="utf-8")
    client_id, secret = server.client or ("demo", "demo-secret")
    for key, value in {
        "headers": f'{{ Authorization = "Bearer {server.token}" }}',
        "hooks": json.dumps(schemathesis_hooks.__file__),
        "[dictionaries.accounts]\nvalues": json.dumps(list(server.accounts)),
        "[dictionaries.statements]\nvalues": json.dumps(_statements(server)),
        "[dictionaries.client_ids]\nvalues": json.dumps([client_id]),
        "[dictionaries.client_secrets]\nvalues": json.dumps([secret]),
    }.items():
        before, found, after = text.partition(f"{key} = ")
        assert found, f"schemathesis.toml has no {key}"
        text = before + found + value + "\n" + after.partition("\n")[2]
    return text


def _exchanges(har: dict[str, Any], paths: dict[str, Any]) -> list[Exchange]:
    exchanges = []
    for entry in har["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        path = urlsplit(request["url"]).path
        meant = [template for template in paths if _means(template, path)]
        # a path without parameters wins over one with them
        item = paths[min(meant, key=lambda template: template.count("{"))] if meant else {}
        operation = item.get(request["method"].lower(), {})
        exchanges.append(
            Exchange(
                operation.get("operationId"),
                path,
                response["status"],
                response["content"].get("text", ""),
            )
        )
    return exchanges


def _means(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(template)), path) is not None
