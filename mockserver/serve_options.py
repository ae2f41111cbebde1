"""What a server is started with, by ``canopy-mock serve`` or in the process of a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import click

from mockserver.api.auth import Client
from mockserver.api.compat import Compat
from mockserver.ledger.commands import Processing
from mockserver.options import (
    check_control_token,
    check_hosts,
    check_tokens,
    option,
    read_instant,
    read_rate,
    settings,
)
from mockserver.sandbox.rate import Rate
from mockserver.sandbox.sandboxes import Limits
from mockserver.settings import DEFAULT_TOKEN, MAX_ACCOUNTS, MAX_EVENTS, MIN_ACCOUNTS, Settings

F = TypeVar("F", bound=Callable[..., Any])

_LIMITS = Limits()
_DECLARED = (
    option("--host", default="127.0.0.1", help="The address to listen on."),
    option("--port", type=click.IntRange(0, 65_535), default=8080, help="0 is any free port."),
    option("--seed", type=int, default=1, help="What the portfolio is drawn from."),
    option(
        "--accounts",
        type=click.IntRange(MIN_ACCOUNTS, MAX_ACCOUNTS),
        default=25,
        help="How many accounts the portfolio has.",
    ),
    option(
        "--token",
        multiple=True,
        default=[DEFAULT_TOKEN],
        callback=check_tokens,
        help="A bearer token with all rights; may be repeated.",
    ),
    option(
        "--compat",
        type=click.Choice([compat.value for compat in Compat]),
        default=Compat.DOCUMENTED.value,
        help="The published contract, or what the real service was seen to do.",
    ),
    option(
        "--processing",
        type=click.Choice([processing.value for processing in Processing]),
        default=Processing.AUTOMATIC.value,
        help="Whether due work is carried out by itself, or only by a roll.",
    ),
    option("--scenario", help="Start from this scenario, a name or a YAML file, not a portfolio."),
    option(
        "--frozen-at",
        metavar="INSTANT",
        callback=read_instant,
        help="Let all clocks stand still, at first, at this instant.",
    ),
    option(
        "--rate",
        metavar="N[/SECONDS]",
        callback=read_rate,
        help="How many requests a token may send: 10 a second, or 100/60.",
    ),
    option("--shared", is_flag=True, help="Know no tokens but those minted for [[clients]]."),
    option(
        "--control-token",
        callback=check_control_token,
        help="Open the control API to other machines, with this token.",
    ),
    option(
        "--allow-host",
        multiple=True,
        callback=check_hosts,
        help="A further name for the control API; may be repeated.",
    ),
    option(
        "--max-sandboxes",
        type=click.IntRange(1),
        default=_LIMITS.sandboxes,
        help="How many sandboxes there may be.",
    ),
    option(
        "--max-events",
        type=click.IntRange(1),
        default=MAX_EVENTS,
        help="How much may happen in a sandbox.",
    ),
    option(
        "--forget-after",
        type=click.FloatRange(0, min_open=True),
        default=_LIMITS.idle_seconds / 3600,
        help="After how many hours without use a sandbox of its own is forgotten.",
    ),
    option("--check-responses", is_flag=True, help="Answer 500 rather than break the contract."),
)


def server_options(command: F) -> F:
    """Declare all that a server is started with, but a file that says so."""
    for declare in reversed(_DECLARED):
        command = declare(command)
    return command


def checked(**chosen: Any) -> Settings:
    """Give the settings that these options mean, by the rules and in the words of the command.

    Options are called as there, or as the field of ``Settings`` is. What an option reads from text
    may be that, or what it means. Neither environment nor file says more. Raises click.UsageError.
    """
    meant = {name: value for name, value in chosen.items() if _is_meant(value)}
    words = [
        word for name, value in chosen.items() if name not in meant for word in _said(name, value)
    ]
    command = click.command()(server_options(lambda **_: None))
    for parameter in command.params:
        parameter.envvar = None
    with command.make_context("canopy-mock", words) as context:
        context.meta["clients"] = meant.get("clients", ())
        return replace(settings(context.params), **meant)


def _is_meant(value: object) -> bool:
    """Tell whether a value needs no reading."""
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, Rate | Limits | Compat | Processing):
        return True
    return isinstance(value, tuple) and any(isinstance(client, Client) for client in value)


def _said(name: str, value: object) -> list[str]:
    """Give an option as it stands on a command line."""
    flag = "--" + _CALLED.get(name, name).replace("_", "-")
    if value is None or isinstance(value, bool):
        return [flag] if value else []
    values = value if isinstance(value, tuple | list) else (value,)
    return [f"{flag}={one}" for one in values]


_CALLED = {"tokens": "token", "allowed_hosts": "allow_host", "is_shared": "shared"}
"""Options that are not called like the field of ``Settings``."""
