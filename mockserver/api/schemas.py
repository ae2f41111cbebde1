r"""Validators for the contract's schemas: Connexion's, with one ``date-time`` and AJV's keywords.

Patterns mean what they mean in JavaScript, as OpenAPI says: ``$`` is the end, not the place before
a last line break, and ``\d`` is one of ten digits.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connexion.json_schema import Draft4RequestValidator, Draft4ResponseValidator
from jsonschema import FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from mockserver.api.compat import Profile
from mockserver.api.violations import AJV_KEYWORDS
from mockserver.instants import is_date, is_instant, time_zones


@functools.cache
def _ecma(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of the contract. A ``$`` inside brackets or after ``\`` is itself."""
    parts = re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    return re.compile("".join(r"\Z" if part == "$" else part for part in parts), re.ASCII)


def _pattern(
    validator: Validator, pattern: str, instance: Any, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and _ecma(pattern).search(instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_RequestValidator = extend(Draft4RequestValidator, {**AJV_KEYWORDS, "pattern": _pattern})
_AnswerValidator = extend(Draft4ResponseValidator, {"pattern": _pattern})


def _formats(*, needs_offset: bool) -> FormatChecker:
    def is_instant_here(text: str) -> bool:
        return is_instant(text, needs_offset=needs_offset)

    known: dict[str, Callable[[str], bool]] = {
        "date-time": is_instant_here,
        "date-or-date-time": lambda text: is_date(text) or is_instant_here(text),
        "time-zone": lambda text: text in time_zones(),
    }
    formats = FormatChecker(formats=())
    formats.checkers = {name: (_of_texts(check), ()) for name, check in known.items()}
    return formats


def _of_texts(check: Callable[[str], bool]) -> Callable[[object], bool]:
    """Let a format say nothing of what is no text."""
    return lambda value: not isinstance(value, str) or check(value)


def request_validator(schema: Mapping[str, Any], profile: Profile) -> Validator:
    """Give a validator for something a client sends; its errors can be told as violations."""
    formats = _formats(needs_offset=not profile.reads_local_times)
    validator: Validator = _RequestValidator(schema, format_checker=formats)
    return validator


def answer_validator(schema: Mapping[str, Any]) -> Validator:
    """Give a validator for something the server answers."""
    validator: Validator = _AnswerValidator(schema, format_checker=_formats(needs_offset=True))
    return validator
