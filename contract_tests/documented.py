"""The shape of answers, as it is documented: compiled once, as thousands of line items are read.

Only what somebody outside documents counts: types, required members, enums. What ``openapi.yaml``
infers, a right server may do otherwise. ``tests/kit`` compares this with jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from contract_tests.instants import instant
from contract_tests.rules import document

Flaw: TypeAlias = Callable[[Any], str | None]
"""Gives in what a value is not as documented, with its place; None if it is."""

_OURS = ("inferred", "observed")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@cache
def answer_flaw(operation: str) -> Flaw | None:
    """Give what checks the 200 of an operation, None where no JSON is documented."""
    for item in document()["paths"].values():
        for said in item.values():
            if isinstance(said, dict) and said.get("operationId") == operation:
                content = said["responses"].get("200", {}).get("content", {})
                media_type = content.get("application/json")
                return compiled(media_type["schema"]) if media_type else None
    return None


@cache
def _body_flaw() -> Flaw:
    item = document()["paths"]["/accounts/{account_id}/line_items/debit_offsets"]
    return compiled(item["post"]["requestBody"]["content"]["application/json"]["schema"])


def request_flaw(body: bytes) -> str | None:
    """Give in what the body of a debit offset breaks the documented schema; None if in nothing."""
    try:
        return _body_flaw()(json.loads(body))
    except (ValueError, RecursionError):
        return "it is not JSON"


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give an OpenAPI schema as a JSON Schema of what is documented."""
    if "$ref" in schema:
        return plain(_resolved(schema["$ref"]))
    kept = {
        name: of for name, of in schema.items() if schema.get(f"x-evidence-{name}") not in _OURS
    }
    told: dict[str, Any] = {}
    if "type" in kept:
        told["type"] = [kept["type"], "null"] if kept.get("nullable") else [kept["type"]]
    if "required" in kept:
        told["required"] = kept["required"]
    if "enum" in kept and kept.get("x-evidence") not in _OURS:
        told["enum"] = kept["enum"]
    if kept.get("format") == "date-time":
        told["format"] = "date-time"
    if "items" in kept:
        told["items"] = plain(kept["items"])
    if "properties" in kept:
        told["properties"] = {name: plain(of) for name, of in kept["properties"].items()}
    if "anyOf" in kept:
        told["anyOf"] = [plain(of) for of in kept["anyOf"]]
    return told


def compiled(schema: Mapping[str, Any]) -> Flaw:
    """Compile an OpenAPI schema."""
    return _compiled(plain(schema))


def _compiled(schema: Mapping[str, Any]) -> Flaw:
    own = _compiled_for_itself(schema)
    required = schema.get("required", ())
    members = [
        (name, _enough(of), _compiled(of))
        for name, of in schema.get("properties", {}).items()
        if of  # of some, nothing is said
    ]
    items = _compiled(schema["items"]) if "items" in schema else None

    def flaw(value: Any) -> str | None:
        found = own(value)
        if found is None and type(value) is dict:
            found = _member_flaw(value, required, members)
        if found is None and type(value) is list and items is not None:
            places = ((at, items(member)) for at, member in enumerate(value))
            found = next((f"/{at}{of}" for at, of in places if of is not None), None)
        return found

    return flaw


def _enough(schema: Mapping[str, Any]) -> frozenset[type]:
    """Give the types that a value needs only be of to be right: most members ask for no more."""
    return frozenset(_kinds(schema)) if schema.keys() == {"type"} else frozenset()


def _kinds(schema: Mapping[str, Any]) -> Sequence[type]:
    names = schema.get("type", ())
    return [kind for name in names for kind in _TYPES.get(name, (type(None),))]


def _compiled_for_itself(schema: Mapping[str, Any]) -> Flaw:
    """Compile what a schema says of a value, and not of what is in it."""
    types, kinds = schema.get("type", ()), _kinds(schema)
    enum = schema.get("enum")
    is_time = schema.get("format") == "date-time"
    choices = [_compiled(of) for of in schema.get("anyOf", ())]

    def flaw(value: Any) -> str | None:
        kind = type(value)
        if kinds and kind not in kinds:
            return f": {_told(value)} is no {' or '.join(types)}"
        if enum is not None and value not in enum:
            return f": {_told(value)} is none of {', '.join(map(str, enum))}"
        if is_time and kind is str and (" " in value or instant(value) is None):
            return f": {_told(value)} is no date-time with an offset"
        if choices and all(choice(value) for choice in choices):
            return f": {_told(value)} is none of what is documented"
        return None

    return flaw


def _member_flaw(
    value: Mapping[str, Any],
    required: Sequence[str],
    members: Sequence[tuple[str, frozenset[type], Flaw]],
) -> str | None:
    for name in required:
        if name not in value:
            return f": {name} is missing"
    for name, enough, check in members:
        if name in value and type(value[name]) not in enough:
            found = check(value[name])
            if found is not None:
                return f"/{name}{found}"
    return None


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _resolved(pointer: str) -> Mapping[str, Any]:
    found: Any = document()
    for name in pointer.removeprefix("#/").split("/"):
        found = found[name]
    resolved: Mapping[str, Any] = found
    return resolved
