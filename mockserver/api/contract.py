"""The contract, read from ``openapi.yaml``. No other module opens that file.

What it gives is what OpenAPI says of a request: which operation a method and a path mean, and what
may be answered. Validating requests is Connexion's part (``stack``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connexion.exceptions import InvalidSpecification
from connexion.spec import Specification
from jsonschema.exceptions import best_match

from mockserver.resources import find
from mockserver.yaml_file import YamlFileError, read_yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

SchemaObject = Mapping[str, Any]

_PARAMETER = re.compile(r"\{(\w+)\}")


class ContractError(Exception):
    """The file is not a contract this server can serve. The message is one line."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    operation_id: str
    method: str
    """In capitals."""
    path: str
    """The template, as the contract writes it."""
    definition: SchemaObject
    """The operation object, references resolved."""

    @property
    def roles(self) -> frozenset[str] | None:
        """Who may call it; None is everybody, even without a token."""
        roles = self.definition.get("x-roles")
        return None if roles is None else frozenset(roles)

    def answer_schema(self, status: int) -> SchemaObject | None:
        """Give the schema of an answer's JSON body; None if the contract knows no such answer."""
        responses = self.definition["responses"]
        response = responses.get(str(status)) or responses.get("default")
        if response is None:
            return None
        schema: SchemaObject = response["content"]["application/json"]["schema"]
        return schema


@dataclass(frozen=True, slots=True)
class PathItem:
    """One path and its operations by method."""

    path: str
    pattern: re.Pattern[str]
    """Matches the path as it is sent, percent-encoded, each parameter within its segment, and gives
    the parameters their names.
    """
    operations: Mapping[str, Operation]


class Contract:
    """A contract and what can be asked of it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        """Read ``raw``, the file's content. Raises ContractError."""
        try:
            specification = Specification.from_dict(raw)
        except InvalidSpecification as error:
            # the validator's own error, which Connexion 3.3 copies only in part
            rule = best_match([error.__context__])
            raise ContractError(f"{rule.json_path}: {rule.message:.200}") from error
        self.raw = raw
        self.resolved: SchemaObject = specification.spec
        items = [_path_item(path, item) for path, item in self.resolved["paths"].items()]
        # a path without parameters wins over one with them (OpenAPI 3.0.3, "Path Templating")
        self._items = sorted(items, key=lambda item: item.path.count("{"))
        self._by_depth: dict[int, list[PathItem]] = {}
        for item in self._items:
            self._by_depth.setdefault(item.path.count("/"), []).append(item)

    def path_item(self, encoded_path: str) -> PathItem | None:
        """Give the path that a request's path means, or None. No trailing slash is forgiven."""
        for item in self._by_depth.get(encoded_path.count("/"), ()):
            if item.pattern.fullmatch(encoded_path):
                return item
        return None

    def operations(self) -> Iterator[Operation]:
        """Walk all operations."""
        for item in self._items:
            yield from item.operations.values()

    @property
    def error_schema(self) -> SchemaObject:
        """The schema of every error body."""
        schema: SchemaObject = self.resolved["components"]["schemas"]["Error"]
        return schema


def source() -> Path:
    """Give the file that the server serves."""
    return find("openapi.yaml")


def load(path: Path) -> Contract:
    """Read the contract in ``path``.

    Raises ContractError for a file that is no YAML, no valid OpenAPI 3.0, or leaves an operation
    without an id.
    """
    try:
        raw = read_yaml(path)
    except YamlFileError as error:
        raise ContractError(str(error)) from error
    if not isinstance(raw, dict) or not str(raw.get("openapi", "")).startswith("3.0."):
        raise ContractError(f"{path}: this is no OpenAPI 3.0 document")
    try:
        return Contract(raw)
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from error


def _path_item(path: str, item: SchemaObject) -> PathItem:
    pattern = "/".join(_PARAMETER.sub(r"(?P<\1>[^/]+)", part) for part in path.split("/"))
    operations: dict[str, Operation] = {}
    for method in METHODS:
        if method in item:
            if "operationId" not in item[method]:
                raise ContractError(f"{method.upper()} {path} has no operationId")
            operation = Operation(item[method]["operationId"], method.upper(), path, item[method])
            operations[operation.method] = operation
    return PathItem(path, re.compile(pattern), operations)
