"""The commands ``canopy-mock scenario list`` and ``canopy-mock scenario run``."""

from __future__ import annotations

import click

from mockserver.options import option
from mockserver.settings import DEFAULT_TOKEN


@click.group()
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
