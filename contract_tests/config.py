"""The configuration file of ``canopy-mock check``: defaults for its options."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

FILES = ("check.toml", "pyproject.toml")
"""Where the defaults are looked for, in this order."""


def read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Let a TOML file set defaults. Raises click.UsageError."""
    if path is None:
        path = next((Path(name) for name in FILES if _has_defaults(Path(name))), None)
    if path is None:
        return
    context.meta["config"] = path
    context.default_map = _defaults(path, {p.name for p in context.command.params if p.name})


def _has_defaults(path: Path) -> bool:
    return path.is_file() and (path.name != "pyproject.toml" or bool(_table(path)))


def _table(path: Path) -> dict[str, Any]:
    """Give the table of a file: all of ``check.toml``, a part of ``pyproject.toml``."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error
    if path.name != "pyproject.toml":
        return values
    found = values.get("tool", {}).get("canopy-mock", {}).get("check", {})
    if not isinstance(found, dict):
        raise click.UsageError(f"{path}: [tool.canopy-mock.check] is no table")
    return found


def _defaults(path: Path, known: Collection[str]) -> dict[str, Any]:
    """Give the defaults by the names of the parameters, a list where an option may be repeated."""
    defaults = {name.replace("-", "_"): value for name, value in _table(path).items()}
    for name in defaults:
        if name not in known or name == "config":
            options = ", ".join(sorted(of.replace("_", "-") for of in set(known) - {"config"}))
            raise click.UsageError(
                f"{path}: there is no {name.replace('_', '-')}; known: {options}"
            )
    return defaults
