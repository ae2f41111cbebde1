"""The command ``canopy-mock``. What goes wrong is said in one line on stderr, with exit code 2."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Mapping
from importlib import import_module

import click
from click.core import ParameterSource

from mockserver import __version__

_PLACES: Mapping[str, tuple[str, str]] = {
    "assumptions": ("contract_tests.command", "assumptions"),
    "check": ("contract_tests.command", "check"),
    "scenario": ("mockserver.scenario_command", "scenario"),
    "serve": ("mockserver.serve_command", "serve"),
}
"""The module of each command, and its name there."""


class _Commands(click.Group):
    """Imports a command when it is named: a check does not wait for what a server needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base class names it
        """Give the names of all commands."""
        return list(_PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Give a command, None if there is none of this name."""
        if cmd_name not in _PLACES:
            return None
        module, name = _PLACES[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


def main(arguments: list[str] | None = None) -> None:
    """Run the command with ``arguments``, by default the process's own; exits the process."""
    # connexion 3.3 imports starlette's test client, which warns of its own future
    warnings.filterwarnings("ignore", module="connexion")
    began = time.monotonic()
    try:
        code = cli.main(arguments, prog_name="canopy-mock", standalone_mode=False, obj=began)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        message = " ".join(error.format_message().split())
        click.echo(f"canopy-mock: {_where_from(error)}{message}", err=True)
        code = 2
    sys.exit(code or 0)


def _where_from(error: click.ClickException) -> str:
    """Give the file that a bad value stands in, or nothing."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None:
        return ""
    source = error.ctx.get_parameter_source(error.param.name or "")
    return f"{error.ctx.meta['config']}: " if source is ParameterSource.DEFAULT_MAP else ""


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="canopy-mock %(version)s")
def cli() -> None:
    """A mock server for debit offsets on loan accounts, with a real ledger behind it."""
