"""Where options come from: the command line, then ``CANOPY_MOCK_…``, then a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from mockserver.api.auth import DEMO_CLIENT, TOKEN, Client, Role
from mockserver.api.compat import Compat
from mockserver.ledger.commands import Processing
from mockserver.sandbox.sandboxes import NAME
from mockserver.settings import Settings

CONFIG_FILE = "canopy-mock.toml"

F = TypeVar("F", bound=Callable[..., Any])


def option(name: str, **details: Any) -> Callable[[F], F]:
    """Declare an option that the environment can set too, as ``CANOPY_MOCK_<NAME>``."""
    variable = name.removeprefix("--").replace("-", "_").upper()
    return click.option(
        name,
        envvar=f"CANOPY_MOCK_{variable}",
        show_envvar=True,
        show_default="default" in details,
        **details,
    )


def check_tokens(
    _context: click.Context, _parameter: click.Parameter, tokens: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse what no request could ever send."""
    for token in tokens:
        if not TOKEN.fullmatch(token):
            raise click.BadParameter(f"{token!r} is no bearer token; use {TOKEN.pattern}")
    return tokens


def where_from(error: click.ClickException) -> str:
    """Give the file that a bad value stands in, or nothing."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None:
        return ""
    source = error.ctx.get_parameter_source(error.param.name or "")
    return f"{error.ctx.meta['config']}: " if source is ParameterSource.DEFAULT_MAP else ""


def settings(options: dict[str, Any]) -> Settings:
    """Give the settings for the options of ``serve``. Raises click.UsageError."""
    context = click.get_current_context()
    if options["scenario"] is not None:
        for name in ("accounts", "seed"):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"--{name} does not go with --scenario")
    clients: tuple[Client, ...] = context.meta.get("clients", ())
    return Settings(
        host=options["host"],
        port=options["port"],
        seed=options["seed"],
        accounts=options["accounts"],
        tokens=tuple(options["token"]),
        clients=clients or (DEMO_CLIENT,),
        compat=Compat(options["compat"]),
        processing=Processing(options["processing"]),
        scenario=options["scenario"],
        check_responses=options["check_responses"],
    )


def _read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Let a TOML file set defaults."""
    if path is None:
        path = Path(CONFIG_FILE)
        if not path.exists():
            return
    # not at the top: only those who have a file pay for what checks it
    from mockserver.seeding.data_file import DataFileError, check  # noqa: PLC0415 - as said

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        check(values, path, "config")
        context.meta["clients"] = _clients(path, values.pop("clients", []))
        context.meta["config"] = path
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    except DataFileError as error:
        raise click.UsageError(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error
    context.default_map = {name.replace("-", "_"): value for name, value in values.items()}


def _clients(path: Path, tables: list[dict[str, str]]) -> tuple[Client, ...]:
    """Read ``[[clients]]``: client_id, client_secret, and if need be role and sandbox.

    A client has a sandbox of its own, called like the client, unless the file says otherwise.
    """
    clients: dict[str, Client] = {}
    for table in tables:
        client_id = table["client_id"]
        sandbox = table.get("sandbox", client_id)
        where = f"{path}: [[clients]] {client_id!r}"
        if client_id in clients:
            raise click.UsageError(f"{where} is there twice")
        if not NAME.fullmatch(sandbox):
            raise click.UsageError(f"{where}: say which sandbox it has; its id is no name for one")
        role = Role(table.get("role", Role.ADMIN.value))
        clients[client_id] = Client(client_id, table["client_secret"], role, sandbox)
    return tuple(clients.values())


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="CANOPY_MOCK_CONFIG",
    show_envvar=True,
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    help=f"A TOML file with these options and [[clients]]; {CONFIG_FILE} if there is one.",
)
"""Declares ``--config``."""
