"""Golden pairs: requests with the answers they get, from ``fixtures/examples``.

An example is a list of exchanges, sent in order to one account. In its texts ``{account}`` stands
for that account. A whole value of ``<instant>``, ``<id>``, ``<text>`` or ``<integer>`` in an
expected answer stands for any value of that kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from mockserver.resources import find

_KINDS: dict[str, re.Pattern[str]] = {
    "<instant>": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"),
    "<id>": re.compile(r"can_\d+"),
    "<text>": re.compile(r"(?s).+"),
    "<integer>": re.compile(r"-?\d+"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. A token is added unless ``headers`` has ``Authorization``; null is none."""

    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    """Sent as JSON, unless it is None."""
    raw_body: str | None = None
    """Sent as it is, instead of ``body``."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is expected: the status, these headers, and exactly this body."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """Some exchanges that belong together, with the sentence that says what they show."""

    name: str
    purpose: str
    evidence: str
    exchanges: Sequence[tuple[Request, Response]]


def load_examples() -> list[Example]:
    """Read all golden pairs."""
    return [_example(path.stem, path.read_text("utf-8")) for path in _files()]


def _files() -> Any:
    return sorted(find("fixtures/examples").glob("*.json"))


def _example(name: str, text: str) -> Example:
    raw = json.loads(text)
    exchanges = [
        (Request(**pair["request"]), Response(**pair["response"])) for pair in raw["exchanges"]
    ]
    return Example(name, raw["purpose"], raw["evidence"], exchanges)


def send(client: httpx.Client, request: Request, account: str) -> httpx.Response:
    """Send ``request`` about ``account``."""
    filled: Request = Request(**_filled(_as_dict(request), account))
    sent = client.build_request(filled.method, filled.path)
    if filled.raw_body is not None:
        sent = client.build_request(filled.method, filled.path, content=filled.raw_body)
    elif filled.body is not None:
        sent = client.build_request(filled.method, filled.path, json=filled.body)
    for name, value in filled.headers.items():
        if value is None:
            del sent.headers[name]
        else:
            sent.headers[name] = value
    return client.send(sent)


def differences(expected: Response, got: httpx.Response, account: str) -> Iterator[str]:
    """Say in what ``got`` is not the expected answer."""
    if got.status_code != expected.status:
        yield f"status: expected {expected.status}, got {got.status_code} {got.text}"
        return
    for name, value in expected.headers.items():
        if got.headers.get(name) != value:
            yield f"header {name}: expected {value!r}, got {got.headers.get(name)!r}"
    yield from _differences("", _filled(expected.body, account), got.json())


def _differences(where: str, expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in sorted(expected.keys() | got.keys()):
            if name not in got:
                yield f"{where}/{name} is missing"
            elif name not in expected:
                yield f"{where}/{name} is not expected"
            else:
                yield from _differences(f"{where}/{name}", expected[name], got[name])
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for at, (wanted, found) in enumerate(zip(expected, got, strict=True)):
            yield from _differences(f"{where}/{at}", wanted, found)
    elif not _matches(expected, got):
        yield f"{where}: expected {expected!r}, got {got!r}"


def _matches(expected: Any, got: Any) -> bool:
    kind = _KINDS.get(expected) if isinstance(expected, str) else None
    if kind is None:
        return type(expected) is type(got) and bool(expected == got)
    wanted_type = int if expected == "<integer>" else str
    return type(got) is wanted_type and kind.fullmatch(str(got)) is not None


def _as_dict(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in Request.__slots__}


def _filled(value: Any, account: str) -> Any:
    if isinstance(value, str):
        return value.replace("{account}", account)
    if isinstance(value, list):
        return [_filled(member, account) for member in value]
    if isinstance(value, dict):
        return {name: _filled(member, account) for name, member in value.items()}
    return value
