"""Broken schema rules, told the way the real service tells them: in AJV's words (openapi.yaml,
``Violation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator

from mockserver.api.strict_json import Json

# keyword: the name of its figure in ``params``, and the message about that figure
_WORDS: dict[str, tuple[str, str]] = {
    "additionalProperties": ("additionalProperty", "must NOT have additional properties"),
    "anyOf": ("", "must match a schema in anyOf"),
    "enum": ("allowedValues", "must be equal to one of the allowed values"),
    "format": ("format", 'must match format "{}"'),
    "maxItems": ("limit", "must NOT have more than {} items"),
    "maxProperties": ("limit", "must NOT have more than {} properties"),
    "maximum": ("limit", "must be <= {}"),
    "minItems": ("limit", "must NOT have fewer than {} items"),
    "minLength": ("limit", "must NOT have fewer than {} characters"),
    "minProperties": ("limit", "must NOT have fewer than {} properties"),
    "minimum": ("limit", "must be >= {}"),
    "pattern": ("pattern", 'must match pattern "{}"'),
    "required": ("missingProperty", "must have required property {}"),
    "type": ("type", "must be {}"),
}
_COMPARISONS = {"minimum": ">=", "maximum": "<="}

TOLD_KEYWORDS = frozenset(_WORDS)
"""The schema keywords a request can break."""


def violations(errors: Iterable[ValidationError], part: str) -> list[dict[str, Json]]:
    """Give one violation for each error, in their order, which is the schema's.

    ``part`` names the part of the request that was checked: ``body``, ``pathParameters`` or
    ``queryStringParameters``. The errors stem from a validator that knows :data:`AJV_KEYWORDS`.
    """
    return [
        _violation(
            str(error.validator),
            error.validator_value,
            [part, *error.absolute_path],
            ["properties", part, *error.absolute_schema_path],
        )
        for error in errors
    ]


def missing_body() -> dict[str, Json]:
    """Give the violation for a request without the body it must have."""
    return _violation("required", "body", [], ["required"])


def not_together(part: str, name: str, other: str) -> dict[str, Json]:
    """Give the violation for two members that exclude each other."""
    return {
        "instancePath": _pointer([part]),
        "schemaPath": "#" + _pointer(["properties", part, "not"]),
        "keyword": "not",
        "params": {},
        "message": f"must NOT have {name} together with {other}",
    }


def _violation(
    keyword: str, figure: Json, instance: Iterable[object], rule: Iterable[object]
) -> dict[str, Json]:
    name, message = _WORDS[keyword]
    comparison = {"comparison": _COMPARISONS[keyword]} if keyword in _COMPARISONS else {}
    return {
        "instancePath": _pointer(instance),
        "schemaPath": "#" + _pointer(rule),
        "keyword": keyword,
        "params": {**comparison, name: figure} if name else {},
        "message": message.format(figure),
    }


def _pointer(steps: Iterable[object]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


# AJV tells every missing and every additional property by itself; jsonschema tells the first by
# name only in a sentence. These two put the property's name where the figure of the rule stands.


def _required(
    validator: Validator, names: list[str], instance: Json, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for name in names:
            if name not in instance:
                yield ValidationError("required", validator_value=name)


def _additional_properties(
    validator: Validator,
    allowed: bool,  # noqa: FBT001 - jsonschema's signature
    instance: Json,
    schema: Mapping[str, Any],
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object") and not allowed:
        for name in instance:
            if name not in schema.get("properties", {}):
                yield ValidationError("additionalProperties", validator_value=name)


def _items(
    validator: Validator, items: Mapping[str, Any], instance: Json, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Look at every item, if something is asked of it; where there are too many, that is told."""
    if not items or not validator.is_type(instance, "array"):
        return
    if len(instance) <= schema.get("maxItems", len(instance)):
        for at, item in enumerate(instance):
            yield from validator.descend(item, items, path=at)


AJV_KEYWORDS = {
    "required": _required,
    "additionalProperties": _additional_properties,
    "items": _items,
}
"""What a validator is extended with so that its errors can be told."""
