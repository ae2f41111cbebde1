"""Type coercion as AJV's ``coerceTypes`` does it, for the observed profile (see ``compat``)."""

from __future__ import annotations

import math
import re
from typing import Any

from mockserver.api.strict_json import Json

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WITH_BASE = re.compile(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_MAX_DIGITS = 309
"""What JavaScript reads with more digits is no finite number."""

_WRITTEN_WITH_EXPONENT = 1e21

_NOT_COERCED = object()


def coerced(value: Json, schema: dict[str, Any]) -> Json:
    """Give ``value`` with every scalar turned into the type ``schema`` asks for, where AJV would.

    ``schema`` holds no references. What cannot be turned stays as it is, for the validator to
    refuse. ``value`` itself is left alone.
    """
    if value is None and schema.get("nullable"):
        return None
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {k: coerced(v, properties[k]) if k in properties else v for k, v in value.items()}
    if isinstance(value, list):
        items = schema.get("items", {})
        return [coerced(member, items) for member in value]
    turned = _turned(value, schema.get("type"))
    return value if turned is _NOT_COERCED else turned


def _turned(value: Json, wanted: str | None) -> Json:
    if wanted == "string":
        return _to_string(value)
    if wanted in ("integer", "number"):
        return _to_number(value, whole=wanted == "integer")
    if wanted == "boolean":
        return _to_boolean(value)
    return _NOT_COERCED


def _to_string(value: Json) -> Json:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _write_number(value)
    return str(value)


def _to_number(value: Json, *, whole: bool) -> Json:
    if value is None or isinstance(value, bool):
        return int(bool(value))
    if isinstance(value, str):
        value = _read_number(value)
    if isinstance(value, float) and whole:
        return int(value) if math.isfinite(value) and value.is_integer() else _NOT_COERCED
    return value


def _write_number(number: float) -> str:
    """Write a number as JavaScript's ``String(number)`` does."""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) < _WRITTEN_WITH_EXPONENT:
        return str(int(number))
    return repr(number).replace("e-0", "e-")


def _read_number(text: str) -> Json:
    """Read a number as JavaScript's ``Number(text)`` does, whole ones exactly."""
    digits = text.strip()
    if not digits:
        return 0 if text else _NOT_COERCED
    if len(digits) > _MAX_DIGITS:
        return _NOT_COERCED
    if _WITH_BASE.fullmatch(digits):
        return int(digits, 0)
    if not _DECIMAL.fullmatch(digits):
        return _NOT_COERCED
    return int(digits) if digits.lstrip("+-").isdigit() else float(digits)


def _to_boolean(value: Json) -> Json:
    if value in ("true", 1):
        return True
    if value in ("false", 0, None):
        return False
    return _NOT_COERCED
