"""Where options come from: the command line, then ``CANOPY_MOCK_…``, then a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from mockserver.api.auth import DEMO_CLIENT, TOKEN, Client, Role
from mockserver.api.compat import Compat
from mockserver.hosts import is_host_name
from mockserver.instants import is_instant, parse_instant
from mockserver.ledger.commands import Processing
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandboxes import NAME, Limits
from mockserver.settings import LAST_BEGINNING, Settings

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


def read_instant(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> datetime | None:
    """Read an RFC 3339 date-time with an offset."""
    if text is not None and not is_instant(text):
        raise click.BadParameter(f"{text!r} is no instant such as 2030-01-01T00:00:00Z")
    instant = None if text is None else parse_instant(text)
    if instant is not None and instant > LAST_BEGINNING:
        raise click.BadParameter(f"{text!r} is later than {LAST_BEGINNING:%Y-%m-%d}")
    return instant


def read_rate(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> Rate | None:
    """Read requests a second, or in so many seconds."""
    if text is None:
        return None
    match = _RATE.fullmatch(text)
    if match is None or float(match[2] or 1) == 0:
        raise click.BadParameter(f"{text!r} is no rate such as 10 or 100/60")
    return Rate(int(match[1]), float(match[2] or 1))


_RATE = re.compile(r"([0-9]{1,9})(?:/([0-9]{1,9}(?:\.[0-9]{1,3})?))?")


def check_tokens(
    _context: click.Context, _parameter: click.Parameter, tokens: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse what no request could ever send."""
    for token in tokens:
        if not TOKEN.fullmatch(token):
            raise click.BadParameter(f"{token!r} is no bearer token; use {TOKEN.pattern}")
    return tokens


def check_control_token(
    _context: click.Context, _parameter: click.Parameter, token: str | None
) -> str | None:
    """Refuse what protects nothing, and what no field of a request could say."""
    if token is not None and not _SAYABLE.fullmatch(token):
        raise click.BadParameter(f"{token!r} is no token; use letters, digits and punctuation")
    return token


_SAYABLE = re.compile(r"[!-~]+")


def check_hosts(
    _context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse what no host is called."""
    for name in names:
        if not is_host_name(name):
            raise click.BadParameter(f"{name!r} is no host name such as mock.example, without port")
    return names


def settings(options: dict[str, Any]) -> Settings:
    """Give the settings for the options of ``serve``. Raises click.UsageError."""
    context = click.get_current_context()
    if options["scenario"] is not None:
        for name in ("accounts", "seed"):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"--{name} does not go with --scenario")
    clients: tuple[Client, ...] = context.meta.get("clients", ())
    if options["shared"]:
        if not clients:
            raise click.UsageError("--shared needs [[clients]] in the configuration file")
        if context.get_parameter_source("token") is not ParameterSource.DEFAULT:
            raise click.UsageError("--token does not go with --shared: tokens are minted")
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
        frozen_at=options["frozen_at"],
        is_shared=options["shared"],
        control_token=options["control_token"],
        allowed_hosts=tuple(options["allow_host"]),
        limits=Limits(options["max_sandboxes"], options["forget_after"] * 3600),
        max_events=options["max_events"],
        rate=options["rate"],
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
