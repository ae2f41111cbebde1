"""Validators for the contract's schemas: Connexion's, with one ``date-time`` and AJV's keywords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connexion.json_schema import Draft4RequestValidator, Draft4ResponseValidator
from jsonschema import FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from mockserver.api.compat import Profile
from mockserver.api.instants import is_instant
from mockserver.api.violations import AJV_KEYWORDS

_RequestValidator = extend(Draft4RequestValidator, AJV_KEYWORDS)


def _formats(*, needs_offset: bool) -> FormatChecker:
    formats = FormatChecker(formats=())
    formats.checkers = {
        "date-time": (
            lambda v: not isinstance(v, str) or is_instant(v, needs_offset=needs_offset),
            (),
        )
    }
    return formats


def request_validator(schema: Mapping[str, Any], profile: Profile) -> Validator:
    """Give a validator for something a client sends; its errors can be told as violations."""
    formats = _formats(needs_offset=not profile.reads_local_times)
    validator: Validator = _RequestValidator(schema, format_checker=formats)
    return validator


def answer_validator(schema: Mapping[str, Any]) -> Validator:
    """Give a validator for something the server answers."""
    validator: Validator = Draft4ResponseValidator(
        schema, format_checker=_formats(needs_offset=True)
    )
    return validator
