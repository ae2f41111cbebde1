"""What Schemathesis makes up: requests by the hundred, which the kit then judges itself.

Schemathesis runs as a process of its own, on the contract without what ``openapi.yaml`` infers,
and with the operations that the server has. It thinks of requests that nobody thought of; whether
an answer is right is asked of the kit's own rules, so that a right server gives no alarm.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contract_tests.exchange import Answer as Seen
from contract_tests.exchange import Exchange, Request
from contract_tests.rules import document
from contract_tests.storage import VARIABLE, storage
from contract_tests.target import Target

_OURS = ("inferred", "observed")
_ACCOUNTS_VARIABLE = "CANOPY_GENERATED_ACCOUNTS"
"""Tells generated_hooks.py which accounts may be posted to; to import it takes a second."""
_WAITS_VARIABLE = "CANOPY_GENERATED_WAITS"
_FASTEST = 1_000_000
_GRACE_SECONDS = 4.0
"""What Schemathesis takes beside its own budget: to start, and to write its report."""


class Generated(NamedTuple):
    """What a run of Schemathesis did."""

    exchanges: list[Exchange]
    complaints: str
    """What its own checks say, in a few lines; empty if they say nothing."""


def generate(
    target: Target, accounts: Sequence[str], operations: frozenset[str], seconds: int, seed: int
) -> Generated:
    """Let Schemathesis send requests for about ``seconds``; it posts to ``accounts`` only."""
    with tempfile.TemporaryDirectory(prefix="canopy-mock-") as name:
        folder = Path(name)
        contract = folder / "openapi.json"
        contract.write_text(json.dumps(documented_contract(operations, accounts)), encoding="utf-8")
        config = folder / "schemathesis.toml"
        config.write_text(_config(target), encoding="utf-8")
        har = folder / "exchanges.json"
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        options = ["--url", target.url, "--seed", str(seed), "--no-color", "--no-shrink"]
        options += ["--max-time", str(seconds), "--continue-on-failure"]
        options += ["--rate-limit", _rate_limit(target)]
        options += ["--exclude-checks", "positive_data_acceptance"]  # a 409 may be right
        options += ["--report", "har", "--report-har-path", str(har), "--output-sanitize", "false"]
        try:
            done = subprocess.run(  # noqa: S603 - the command is our own
                [*command, str(contract), *options],
                cwd=folder,
                env={**os.environ, **_environment(target, accounts)},
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds + _GRACE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return Generated([], "it took too long")
        if not har.exists():
            return Generated([], done.stderr.strip()[-400:])
        entries = json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]
        prefix = urlsplit(target.url).path
        exchanges = [_exchange(entry, prefix) for entry in entries]
        complaints = "" if done.returncode == 0 else _complaints(done.stdout)
        return Generated(exchanges, complaints)


def _rate_limit(target: Target) -> str:
    """Give how fast Schemathesis may go: in whole requests per second, as it knows no parts."""
    return "auto" if target.rate is None else f"{int(min(target.rate, _FASTEST))}/s"


def _environment(target: Target, accounts: Sequence[str]) -> dict[str, str]:
    return {
        VARIABLE: str(storage()),
        _ACCOUNTS_VARIABLE: json.dumps(accounts),
        # with a rate of its own, Schemathesis does not obey a 429 by itself
        **({} if target.rate is None else {_WAITS_VARIABLE: "1"}),
    }


def documented_contract(operations: frozenset[str], accounts: Sequence[str]) -> dict[str, Any]:
    """Give the contract with these operations and accounts only, and without what is inferred."""
    whole: dict[str, Any] = copy.deepcopy(dict(document()))
    paths: dict[str, Any] = {}
    for path, item in whole["paths"].items():
        kept = {
            name: of
            for name, of in item.items()
            if not isinstance(of, dict) or of.get("operationId") in operations
        }
        if any(isinstance(of, dict) for of in kept.values()):
            paths[path] = _without_inferred(kept)
    for operation in _operations(paths):
        operation["responses"].pop("default", None)
        for response in operation["responses"].values():
            links = response.get("links", {})
            response["links"] = {
                n: of for n, of in links.items() if of["operationId"] in operations
            }
    # its examples are accounts that another server may have, too
    account = whole["components"]["parameters"]["AccountId"]
    account.pop("examples", None)
    account["schema"] = {"type": "string", "enum": list(accounts)}
    known = ("openapi", "info", "security", "components")
    return {**{name: _without_inferred(whole[name]) for name in known}, "paths": paths}


def _operations(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in paths.values():
        yield from (of for of in item.values() if isinstance(of, dict) and "responses" in of)


def _without_inferred(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_inferred(of) for of in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_inferred(of)
        for name, of in value.items()
        if value.get(f"x-evidence-{name}") not in _OURS
    }


def _config(target: Target) -> str:
    """Give ``schemathesis.toml``: of methods that no path has, those that no API makes use of."""
    authorization = json.dumps(f"Bearer {target.token}")
    hooks = json.dumps(str(Path(__file__).with_name("generated_hooks.py")))
    return f"""\
headers = {{ Authorization = {authorization} }}
hooks = {hooks}
[generation]
allow-x00 = false
max-examples = 60
[phases.coverage]
unexpected-methods = ["options", "query", "trace"]
[phases.stateful]
inference = {{ algorithms = [] }}
"""


def _exchange(entry: Mapping[str, Any], prefix: str) -> Exchange:
    request, response = entry["request"], entry["response"]
    parts = urlsplit(request["url"])
    path = parts.path.removeprefix(prefix)
    target = f"{path}?{parts.query}" if parts.query else path
    dropped = ("host", "content-length", "connection", "accept-encoding", "transfer-encoding")
    headers = tuple(
        (of["name"], of["value"]) for of in request["headers"] if of["name"].lower() not in dropped
    )
    text = request.get("postData", {}).get("text")
    body = None if text is None else text.encode("utf-8", "surrogatepass")
    sent = Request(request["method"], target, headers, body, _operation(request["method"], path))
    seen = tuple((of["name"], of["value"]) for of in response["headers"])
    content = response["content"].get("text") or ""
    answer = Seen(response["status"], seen, content.encode("utf-8", "surrogatepass"))
    return Exchange(sent, answer if response["status"] else None, seconds=entry["time"] / 1000)


def _operation(method: str, path: str) -> str | None:
    """Give the operation that a request is, of those that a run asks for."""
    parts = path.strip("/").split("/")
    if method == "POST" and parts[2:] == ["line_items", "debit_offsets"]:
        return "createAccountDebitOffset"
    reads = {2: "getAccount", 3: "listAccountLineItems", 4: "getAccountLineItem"}
    return reads.get(len(parts)) if method == "GET" and parts[0] == "accounts" else None


def _complaints(output: str) -> str:
    said = (line.strip() for line in output.splitlines())
    lines = [line[2:] for line in said if line.startswith("- ") and "HAR:" not in line]
    return "; ".join(dict.fromkeys(lines))[:400]
