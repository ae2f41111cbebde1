"""The command ``canopy-mock``. What goes wrong is said in one line on stderr, with exit code 2."""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import click

from contract_tests.command import assumptions, check
from mockserver import __version__
from mockserver.api.compat import Compat
from mockserver.ledger.commands import Processing
from mockserver.options import (
    check_control_token,
    check_hosts,
    check_tokens,
    config_option,
    option,
    read_instant,
    read_rate,
    settings,
    where_from,
)
from mockserver.sandbox.sandboxes import Limits
from mockserver.settings import DEFAULT_TOKEN, MAX_ACCOUNTS, MAX_EVENTS, MIN_ACCOUNTS

_LIMITS = Limits()


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
@option("--host", default="127.0.0.1", help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65_535), default=8080, help="0 is any free port.")
@option("--seed", type=int, default=1, help="What the portfolio is drawn from.")
@option(
    "--accounts",
    type=click.IntRange(MIN_ACCOUNTS, MAX_ACCOUNTS),
    default=25,
    help="How many accounts the portfolio has.",
)
@option(
    "--token",
    multiple=True,
    default=[DEFAULT_TOKEN],
    callback=check_tokens,
    help="A bearer token with all rights; may be repeated.",
)
@option(
    "--compat",
    type=click.Choice([compat.value for compat in Compat]),
    default=Compat.DOCUMENTED.value,
    help="The published contract, or what the real service was seen to do.",
)
@option(
    "--processing",
    type=click.Choice([processing.value for processing in Processing]),
    default=Processing.AUTOMATIC.value,
    help="Whether due work is carried out by itself, or only by a roll.",
)
@option("--scenario", help="Start from this scenario, a name or a YAML file, not a portfolio.")
@option(
    "--frozen-at",
    metavar="INSTANT",
    callback=read_instant,
    help="Let all clocks stand still, at first, at this instant.",
)
@option(
    "--rate",
    metavar="N[/SECONDS]",
    callback=read_rate,
    help="How many requests a token may send: 10 a second, or 100/60.",
)
@option("--shared", is_flag=True, help="Know no tokens but those minted for [[clients]].")
@option(
    "--control-token",
    callback=check_control_token,
    help="Open the control API to other machines, with this token.",
)
@option(
    "--allow-host",
    multiple=True,
    callback=check_hosts,
    help="A further name for the control API; may be repeated.",
)
@option(
    "--max-sandboxes",
    type=click.IntRange(1),
    default=_LIMITS.sandboxes,
    help="How many sandboxes there may be.",
)
@option(
    "--max-events",
    type=click.IntRange(1),
    default=MAX_EVENTS,
    help="How much may happen in a sandbox.",
)
@option(
    "--forget-after",
    type=click.FloatRange(0, min_open=True),
    default=_LIMITS.idle_seconds / 3600,
    help="After how many hours without use a sandbox of its own is forgotten.",
)
@option("--check-responses", is_flag=True, help="Answer 500 rather than break the contract.")
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
