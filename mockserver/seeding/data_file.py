"""Reading files of data, checked against a JSON Schema that is a fixture itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from mockserver.instants import is_instant
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
    broken = best_match(Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(raw))
    if broken is not None:
        raise DataFileError(f"{path}: {broken.json_path}: {broken.message:.200}")


_FORMATS = FormatChecker(formats=())
_FORMATS.checkers = {
    "date-time": (lambda v: not isinstance(v, str) or is_instant(v), ()),
    "time-zone": (lambda v: not isinstance(v, str) or v in available_timezones(), ()),
    "item-type": (lambda v: not isinstance(v, str) or v in ItemType.__members__, ()),
}
