"""The commands ``canopy-mock check`` and ``canopy-mock assumptions``."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from contract_tests.config import FILES, read_config

F = TypeVar("F", bound=Callable[..., Any])

REPORTS = ("junit", "html", "markdown", "sarif", "har")
WIDTHS = (40, 100)
"""Columns of a report, at least and at most."""


def _list(_: click.Context, __: click.Parameter, value: Any) -> tuple[str, ...]:
    """Give what is separated by commas, or repeated, as one tuple."""
    given = (value,) if isinstance(value, str) else value or ()
    return tuple(part.strip() for text in given for part in str(text).split(",") if part.strip())


def _layers(context: click.Context, parameter: click.Parameter, value: Any) -> tuple[str, ...]:
    """Give the layers that are named. Raises BadParameter."""
    from contract_tests.rules import LAYERS  # noqa: PLC0415 - --help needs none of it

    parts = _list(context, parameter, value)
    for part in parts:
        if part not in LAYERS:
            raise click.BadParameter(f"{part!r} is no layer; there are {', '.join(LAYERS)}")
    return parts


def _option(name: str, **details: Any) -> Callable[[F], F]:
    """Declare an option that the environment can set too, as ``CANOPY_<NAME>``."""
    variable = f"CANOPY_{name.removeprefix('--').replace('-', '_').upper()}"
    return click.option(name, envvar=variable, show_envvar=True, **details)


@contextlib.contextmanager
def _never_1() -> Iterator[None]:
    """Let what goes wrong end with 2, as 1 would say that the server broke a rule."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.exceptions.Abort):
        raise
    except Exception as error:
        raise click.ClickException(f"the check failed: {type(error).__name__} {error}") from error


class _Check(click.Command):
    """A command that ends with 1 where a rule is broken, and never else."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """Read the command line and the file of options."""
        with _never_1():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the check."""
        with _never_1():
            return super().invoke(ctx)


@click.command(cls=_Check)
@click.argument("url", envvar="CANOPY_URL")
@_option("--token", help="A bearer token that the server knows.")
@_option("--client-id", help="Of a client that is exchanged for a token at /auth/token.")
@_option("--client-secret", help="That client's secret.")
@_option("--account", multiple=True, callback=_list, help="An account to try; may be repeated.")
@_option("--allow-writes", is_flag=True, help="Post debit offsets to these accounts.")
@_option("--max-cents", type=click.IntRange(1), help="The largest amount to post.")
@_option("--rate", type=click.FloatRange(0, min_open=True), help="Requests per second at most.")
@_option("--read-only-token", help="A token that may read and not post.")
@_option("--foreign-account", help="An account that the token may not see.")
@click.option("--layer", multiple=True, callback=_layers, help="Only these layers.")
@click.option("--operation", multiple=True, callback=_list, help="Only rules of these operations.")
@click.option("--quick", is_flag=True, help="In 3 seconds, without what is made up.")
@click.option("--seed", type=int, default=0, help="What is drawn by chance is drawn from it.")
@click.option("--budget", type=click.FloatRange(1), help="Seconds that a run may take.")
@click.option("--everything", is_flag=True, help="Open accounts for what only they can show.")
@click.option("--strict", is_flag=True, help="Fail where an assumption is refuted, too.")
@click.option("--baseline", type=click.Path(path_type=Path), help="A file of accepted findings.")
@click.option("--update-baseline", is_flag=True, help="Write what is broken now to that file.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML to this file.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to this file.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write a job summary to it.")
@click.option("--sarif", type=click.Path(path_type=Path), help="Write SARIF 2.1.0 to this file.")
@click.option("--har", type=click.Path(path_type=Path), help="Write all exchanges to this file.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=read_config,
    help=f"A TOML file with these options; else {' or [tool.canopy-mock.check] of '.join(FILES)}.",
)
def check(url: str, **options: Any) -> None:
    """Check whether the server at URL keeps the contract.

    Exit code 0: it does, as far as was seen. 1: a rule is broken. 2: it could not be checked.
    """
    # not at the top: --help needs none of it
    from contract_tests.ending import StoppedError  # noqa: PLC0415 - as said
    from contract_tests.running import run_check  # noqa: PLC0415 - as said
    from contract_tests.storage import keep_out_of_the_way  # noqa: PLC0415 - as said
    from contract_tests.target import ReportError, TargetError  # noqa: PLC0415 - as said

    since: float | None = click.get_current_context().obj  # the command's own beginning
    keep_out_of_the_way()
    options["colour"], options["width"] = _screen()
    files = {name: options.pop(name) for name in REPORTS}
    wanted = {name: path for name, path in files.items() if path is not None}
    try:
        kept = run_check(url, options, wanted, _say, since)
    except (TargetError, ReportError) as error:
        raise click.ClickException(str(error)) from error
    except StoppedError as stopped:
        for line in ("stopped", *(f"left behind: {of}" for of in stopped.left_behind)):
            _say(line, is_progress=True)
        raise click.exceptions.Exit(130) from stopped
    if not kept:
        raise click.exceptions.Exit(1)


def _screen() -> tuple[bool, int]:
    """Give whether stdout shows colours, and how many columns it has."""
    least, most = WIDTHS
    if sys.stdout is None or not sys.stdout.isatty():  # it may be closed
        return False, most
    # not at the top: --help needs none of it
    from shutil import get_terminal_size  # noqa: PLC0415 - as said

    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return not is_plain, min(most, max(least, get_terminal_size((most, 24)).columns))


def _say(text: str, *, is_progress: bool) -> None:
    if is_progress:  # nobody has to read it
        with contextlib.suppress(OSError):
            click.echo(text, err=True)
        return
    try:
        click.echo(text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise click.ClickException(f"the report cannot be written to stdout: {why}") from error


@click.command()
def assumptions() -> None:
    """List what nobody outside documents: what the mock does, and how a check asks for it."""
    from contract_tests.assuming.listing import listing  # noqa: PLC0415 - as said

    click.echo(listing())
