"""The configuration file of ``canopy-mock check``: defaults for its options."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

FILES = ("check.toml", "pyproject.toml")
"""Where the defaults are looked for, in this order."""
_PLACE = ("tool", "canopy-mock", "check")
"""Where they are in ``pyproject.toml``."""


def read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Let a TOML file set defaults. Raises click.UsageError."""
    if path is None:
        path = next((Path(name) for name in FILES if _has_defaults(Path(name))), None)
    if path is None:
        return
    context.meta["config"] = path
    known = {of.name: of for of in context.command.params if of.name and of.name != "config"}
    context.default_map = _defaults(path, known)


def _has_defaults(path: Path) -> bool:
    return path.is_file() and (path.name != "pyproject.toml" or bool(_table(path)))


def _table(path: Path) -> dict[str, Any]:
    """Give the table of a file: all of ``check.toml``, a part of ``pyproject.toml``."""
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error
    for name in _PLACE if path.name == "pyproject.toml" else ():
        found = found.get(name, {})
        if not isinstance(found, dict):
            raise click.UsageError(f"{path}: {name}, of {'.'.join(_PLACE)}, is no table")
    table: dict[str, Any] = found
    return table


def _defaults(path: Path, known: Mapping[str, click.Parameter]) -> dict[str, Any]:
    """Give the defaults by the names of the parameters, a list where an option may be repeated."""
    defaults: dict[str, Any] = {}
    for written, value in _table(path).items():
        name, told = written.replace("-", "_"), written.replace("_", "-")
        if name not in known:
            options = ", ".join(sorted(of.replace("_", "-") for of in known))
            raise click.UsageError(f"{path}: there is no {told}; known: {options}")
        if name in defaults:
            raise click.UsageError(f"{path}: {told} is there twice")
        kind = _kind(known[name])
        if not kind.fits(value):
            raise click.UsageError(f"{path}: {told} has to be {kind.told}")
        is_one_of_many = known[name].multiple and isinstance(value, str)
        defaults[name] = [value] if is_one_of_many else value
    return defaults


class _Kind(NamedTuple):
    """What a value has to be; TOML has types, so that nothing is made to fit."""

    told: str
    fits: Callable[[Any], bool]


def _kind(parameter: click.Parameter) -> _Kind:
    """Give what the value of an option has to be in a file."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return _Kind("true or false", lambda value: type(value) is bool)
    if isinstance(parameter.type, click.types.IntParamType):
        return _Kind("a whole number", lambda value: type(value) is int)
    if isinstance(parameter.type, click.types.FloatParamType):
        return _Kind("a number", lambda value: type(value) in (int, float))
    if parameter.multiple:
        return _Kind("a text, or a list of texts", _is_texts)
    return _Kind("a text", lambda value: type(value) is str)


def _is_texts(value: Any) -> bool:
    return all(type(of) is str for of in (value if type(value) is list else [value]))
