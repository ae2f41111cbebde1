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
from mockserver.ledger.decide import Processing
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


def settings(options: dict[str, Any]) -> Settings:
    """Give the settings for the options of ``serve``. Raises click.UsageError."""
    context = click.get_current_context()
    if options["scenario"] is not None:
        for name in ("accounts", "seed"):
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
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
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error
    values = {name.replace("-", "_"): value for name, value in values.items()}
    context.meta["clients"] = _clients(path, values.pop("clients", []))
    known = {parameter.name for parameter in context.command.params}
    for name in sorted(values.keys() - known):
        raise click.UsageError(f"{path}: there is no option {name!r}")
    context.default_map = values


def _clients(path: Path, tables: list[dict[str, str]]) -> tuple[Client, ...]:
    """Read ``[[clients]]``: client_id, client_secret, and if need be role and sandbox.

    A client has a sandbox of its own, called like the client, unless the file says otherwise.
    """
    clients = []
    for table in tables:
        try:
            clients.append(_client(**table))
        except (TypeError, ValueError) as error:
            message = str(error).removeprefix("_client() ")
            raise click.UsageError(f"{path}: [[clients]]: {message}") from error
    return tuple(clients)


def _client(
    client_id: str, client_secret: str, role: str = "Admin", sandbox: str | None = None
) -> Client:
    name = client_id if sandbox is None else sandbox
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a sandbox; use {NAME.pattern}")
    return Client(client_id, client_secret, Role(role), name)


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
