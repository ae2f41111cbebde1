"""JSON by the letter of RFC 8259, and no more than a ledger can keep exactly.

The standard library's reader is lenient where money cannot be: it keeps the last of two equal
keys, reads NaN, and lets through characters that no store can hold.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeAlias

Json: TypeAlias = Any
"""What a JSON text stands for: None, bool, int, float, str, and lists and dicts of them."""

MAX_DEPTH = 32
"""How deep arrays and objects may nest."""


class MalformedJsonError(ValueError):
    """The text is not JSON as this service reads it. The message says why, and where if it can."""


def loads(text: bytes) -> Json:
    """Read one JSON text.

    Raises MalformedJsonError for what is not UTF-8, not JSON, has two equal keys in one object,
    nests deeper than :data:`MAX_DEPTH`, or holds U+0000 or half of a surrogate pair.
    """
    try:
        decoded = text.decode("utf-8")
        value = _DECODER.decode(decoded)
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"byte {error.start + 1} is not UTF-8") from None
    except json.JSONDecodeError as error:
        if decoded.startswith("\ufeff"):
            raise MalformedJsonError("it begins with a byte order mark") from None
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJsonError(f"{where}: {error.msg[0].lower()}{error.msg[1:]}") from None
    except RecursionError:
        raise MalformedJsonError(_TOO_DEEP) from None
    except MalformedJsonError:
        raise
    except ValueError:  # CPython reads no integer of more than 4 300 digits
        raise MalformedJsonError("a number has too many digits") from None
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH or "\\u" in decoded:
        _check(value)
    return value


def dumps(value: Json) -> bytes:
    """Write one JSON text: UTF-8, without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_TOO_DEEP = f"it nests deeper than {MAX_DEPTH} levels"


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise MalformedJsonError(f"the key {json.dumps(key[:64])} appears twice")
            seen.add(key)
    return found


def _no_constant(name: str) -> NoReturn:
    raise MalformedJsonError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _check(value: Json) -> None:
    """Walk the whole value, level by level."""
    level = [value]
    for depth in range(MAX_DEPTH + 1):
        below: list[Json] = []
        for node in level:
            if isinstance(node, str):
                _check_text(node)
            elif isinstance(node, list | dict) and depth == MAX_DEPTH:
                raise MalformedJsonError(_TOO_DEEP)
            elif isinstance(node, dict):
                below += node.keys()
                below += node.values()
            elif isinstance(node, list):
                below += node
        level = below


def _check_text(text: str) -> None:
    if "\0" in text:
        raise MalformedJsonError("a string holds U+0000")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJsonError("a string holds half of a surrogate pair")
