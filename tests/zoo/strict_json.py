"""JSON without the liberties that parsers take."""

from __future__ import annotations

import json

from tests.zoo.messages import Json

MAX_DEPTH = 32
HUGE = 10**40


def read_json(data: bytes) -> Json:
    """Read JSON.

    Raises ValueError for what is not well-formed, for two equal keys in one object, NaN, U+0000,
    half a surrogate pair and more than 32 levels.
    """
    text = data.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("a byte order mark")
    check_depth(text)
    try:
        content = json.loads(
            text, object_pairs_hook=once, parse_constant=no_constant, parse_int=whole_number
        )
    except RecursionError as error:
        raise ValueError("too many levels") from error
    check_texts(content)
    return content


def check_depth(text: str) -> None:
    """Count levels. Raises ValueError."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    in_text = escaped = False
    for char in text:
        if in_text:
            in_text = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_text = True
        else:
            depth += (char in "[{") - (char in "]}")
            if depth > MAX_DEPTH:
                raise ValueError("too many levels")


def check_texts(content: Json) -> None:
    """Look at every text. Raises ValueError for one that holds what no database keeps."""
    if isinstance(content, str):
        content.encode("utf-8")
        if "\0" in content:
            raise ValueError("U+0000")
    elif isinstance(content, list):
        for value in content:
            check_texts(value)
    elif isinstance(content, dict):
        for key, value in content.items():
            check_texts(key)
            check_texts(value)


def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Make an object. Raises ValueError for a key that comes twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key comes twice")
    return made


def no_constant(name: str) -> Json:
    """Raise ValueError for NaN and its like."""
    raise ValueError(f"{name} is no JSON")


def whole_number(digits: str) -> int:
    """Read an integer; one too long to matter becomes a shorter one that is too large as well."""
    if len(digits) > 40:
        return -HUGE if digits.startswith("-") else HUGE
    return int(digits)
