"""The command ``canopy-mock``. What goes wrong is said in one line on stderr, with exit code 2."""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import click

from contract_tests.command import assumptions, check
from mockserver import __version__
from mockserver.options import config_option, option, settings, where_from
from mockserver.serve_options import server_options
from mockserver.settings import DEFAULT_TOKEN


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
        click.echo(f"canopy-mock: {where_from(error)}{message}", err=True)
        code = 2
    sys.exit(code or 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="canopy-mock %(version)s")
def cli() -> None:
    """A mock server for debit offsets on loan accounts, with a real ledger behind it."""


@cli.command()
@server_options
@option("--reload", is_flag=True, help="Start again when the contract or a fixture changes.")
@option("--open", is_flag=True, help="Show the ledger in a browser.")
@config_option
def serve(**options: Any) -> None:
    """Serve the contract, with accounts to try it on."""
    # not at the top: what a server needs takes half a second to import, and --help needs none of it
    from mockserver.serving import StartError, serve_and_reload, serve_once  # noqa: PLC0415 - as said

    reload, opens = options.pop("reload"), options.pop("open")
    try:
        (serve_and_reload if reload else serve_once)(settings(options), opens=opens)
    except StartError as error:
        raise click.ClickException(str(error)) from error


cli.add_command(check)
cli.add_command(assumptions)


@cli.group()
def scenario() -> None:
    """Named starting ledgers, and histories with the figures that have to come out."""


@scenario.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with canopy-mock, and what each is for."""
    from contract_tests import histories  # noqa: PLC0415 - as in serve
    from mockserver.seeding.scenario import load, names  # noqa: PLC0415 - as in serve

    click.echo("To start from (serve --scenario):")
    for name in names():
        click.echo(f"  {name}\n      {load(name).purpose}")
    click.echo("To carry out (scenario run):")
    for name in histories.names():
        click.echo(f"  {name}\n      {histories.load(name)['purpose']}")


@scenario.command("run")
@click.argument("histories", nargs=-1, metavar="[NAME|FILE]...")
@option("--url", help="A server with controlled processing; without it a mock is started.")
@option("--token", default=DEFAULT_TOKEN, help="A bearer token that the server knows.")
def run_histories(histories: tuple[str, ...], url: str | None, token: str) -> None:
    """Carry out histories over HTTP and compare the figures; all there are, if none is named.

    Exit code 1: a figure is not as expected.
    """
    from contract_tests.following import follow_all  # noqa: PLC0415 - as in serve
    from contract_tests.histories import HistoryError  # noqa: PLC0415 - as in serve

    try:
        kept = follow_all(histories, url, token, click.echo)
    except HistoryError as error:
        raise click.ClickException(str(error)) from error
    if not kept:
        raise click.exceptions.Exit(1)
