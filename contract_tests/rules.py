"""The rules that are checked, and the assumptions, as ``openapi.yaml`` states them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml

from mockserver.resources import find

LAYERS = (
    "shape",
    "accepts",
    "refuses",
    "money",
    "records",
    "auth",
    "concurrency",
    "http",
    "growth",
    "model",
)
"""What a run consists of, in the order in which it is told."""

FIRST_OPERATION = "createAccountDebitOffset"


class Rule(NamedTuple):
    """Something every server owes that keeps the contract."""

    rule_id: str
    """The layer, a dot, and a few words: ``money.exact-amount``."""
    sentence: str
    evidence: str
    """seed, documented, observed, or owed: by any ledger, or by any HTTP server."""
    at: str
    """Where ``openapi.yaml`` says so, as a JSON pointer."""
    operations: tuple[str, ...]
    """The operations it is checked on."""
    line: int
    """The line of ``openapi.yaml``, counted from 1, that ``at`` points to."""

    @property
    def layer(self) -> str:
        """The layer that checks it."""
        return self.rule_id.partition(".")[0]


class Assumption(NamedTuple):
    """Something nobody outside documents: what the mock does, and a server may do otherwise."""

    assumption_id: str
    sentence: str
    line: int


@cache
def _parsed() -> tuple[yaml.Node, Mapping[str, Any]]:
    """Read ``openapi.yaml`` once: where things stand in it, and what they are."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(find("openapi.yaml").read_bytes())
    try:
        node = loader.get_single_node()
        assert node is not None, "openapi.yaml is empty"
        read: Mapping[str, Any] = loader.construct_document(node)
        return node, read
    finally:
        loader.dispose()


def document() -> Mapping[str, Any]:
    """Give ``openapi.yaml``."""
    return _parsed()[1]


@cache
def rules() -> Mapping[str, Rule]:
    """Give all rules by their ids, in the order of ``openapi.yaml``."""
    lines = _Lines()
    return {
        rule_id: Rule(
            rule_id,
            " ".join(said["rule"].split()),
            said["x-evidence"],
            said["at"],
            tuple(said.get("operations", (FIRST_OPERATION,))),
            lines.of(said["at"]),
        )
        for rule_id, said in document()["x-rules"].items()
    }


@cache
def assumptions() -> Mapping[str, Assumption]:
    """Give all assumptions by their ids, in the order of ``openapi.yaml``."""
    lines = _Lines()
    return {
        assumption_id: Assumption(
            assumption_id, " ".join(sentence.split()), lines.of(f"#/x-assumptions/{assumption_id}")
        )
        for assumption_id, sentence in document()["x-assumptions"].items()
    }


class _Lines:
    """On which lines of ``openapi.yaml`` things stand."""

    def __init__(self) -> None:
        self._root = _parsed()[0]

    def of(self, pointer: str) -> int:
        """Give the line of what ``pointer`` points to. Raises KeyError."""
        node, key = self._root, self._root
        for name in _names(pointer):
            assert isinstance(node, yaml.MappingNode), f"{pointer}: {name} is in no mapping"
            members = {member.value: (member, value) for member, value in node.value}
            key, node = members[name]
        line: int = key.start_mark.line + 1
        return line


def _names(pointer: str) -> Iterator[str]:
    for part in pointer.removeprefix("#/").split("/"):
        yield part.replace("~1", "/").replace("~0", "~")
