"""Reading files of data, checked against a JSON Schema that is a fixture itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

from mockserver.instants import is_date, is_instant, time_zones
from mockserver.ledger.line_item import ItemType
from mockserver.resources import find
from mockserver.yaml_file import YamlFileError, read_yaml


class DataFileError(Exception):
    """A file cannot be used. The message is one line: the file, the place, the rule."""


def read(path: Path, schema_name: str) -> Any:
    """Read ``path`` and check it against ``fixtures/schemas/<schema_name>.yaml``.

    Raises DataFileError.
    """
    try:
        raw = read_yaml(path)
    except YamlFileError as error:
        raise DataFileError(str(error)) from error
    check(raw, path, schema_name)
    return raw


def check(raw: Any, path: Path, schema_name: str) -> None:
    """Check what was read from ``path``. Raises DataFileError."""
    schema = read_yaml(find(f"fixtures/schemas/{schema_name}.yaml"))
    broken = best_match(_Validator(schema, format_checker=_FORMATS).iter_errors(raw))
    if broken is not None:
        raise DataFileError(f"{path}: {broken.json_path}: {broken.message:.200}")


def _is_number(_: Any, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)
"""Takes no 1.0 for an integer, and no infinity for a number."""

_FORMATS = FormatChecker(formats=())
_FORMATS.checkers = {
    "date-time": (lambda v: not isinstance(v, str) or is_instant(v), ()),
    "date": (lambda v: not isinstance(v, str) or is_date(v), ()),
    "time-zone": (lambda v: not isinstance(v, str) or v in time_zones(), ()),
    "item-type": (lambda v: not isinstance(v, str) or v in ItemType.__members__, ()),
}
