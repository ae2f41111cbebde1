"""The command ``canopy-mock serve``."""

from __future__ import annotations

from typing import Any

import click

from mockserver.options import config_option, option, settings
from mockserver.serve_options import server_options


@click.command()
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
