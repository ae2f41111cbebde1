"""From the options of ``canopy-mock check`` to a report."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from contract_tests.baseline import read_baseline, write_baseline
from contract_tests.bench import JSON, encoded
from contract_tests.connection import Connection
from contract_tests.exchange import Request
from contract_tests.findings import LayerResult, Report
from contract_tests.kit import check
from contract_tests.places import why_not
from contract_tests.plan import Plan
from contract_tests.reports import terminal
from contract_tests.reports.summary import why_void
from contract_tests.rules import LAYERS, rules
from contract_tests.target import (
    ReportError,
    Target,
    TargetError,
    base_url,
    check_token,
    no_tls,
)
from contract_tests.telling import told
from mockserver import __version__

DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("client_id", "client_secret", "read_only_token", "foreign_account")),
    **dict.fromkeys(("max_cents", "rate", "budget", "baseline")),
    **dict.fromkeys(("operation", "layer"), ()),
    **dict.fromkeys(("strict", "update_baseline", "everything"), False),
}
"""What the options of a run are that nobody named."""


class Say(Protocol):
    """Takes what is told: progress as it comes, and the report."""

    def __call__(self, text: str, *, is_progress: bool) -> None:
        """Tell ``text``."""
        ...


def run_check(
    url: str,
    options: Mapping[str, Any],
    files: Mapping[str, Path],
    say: Say,
    since: float | None = None,
) -> bool:
    """Check a server, tell and write what was found; tell whether the contract is kept.

    ``since`` is the instant of ``time.monotonic`` from which the budget counts, if it is not now.
    Raises TargetError, ReportError.
    """
    _require_places(options, files)
    plan = plan_of(options)
    target = target_of(url, options)

    def progress(layer: LayerResult, broken: int) -> None:
        say(terminal.progress_line(layer, broken), is_progress=True)

    report = told(check(target, plan, __version__, progress, since), target, plan)
    report = report._replace(options=told_options(target, plan))
    how = {name: options[name] for name in ("colour", "width") if name in options}
    try:  # first, so that they are there if nobody can be told
        _write(report, plan, options, files, target.secrets)
    finally:
        say(terminal.render(report, **how, secrets=target.secrets), is_progress=False)
    if report.is_void:
        raise TargetError(f"nothing could be checked: {why_void(report)}")
    return options["update_baseline"] or report.is_kept


def _require_places(options: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    """Make sure that what is to be written can be. Raises ReportError."""
    places = {f"the {name} report": path for name, path in files.items()}
    if options["update_baseline"] and options["baseline"]:
        places["the baseline"] = options["baseline"]
    for what, path in places.items():
        why = why_not(path)
        if why is not None:
            raise ReportError(f"{what} cannot be written to {path}: {why}")


def _write(
    report: Report,
    plan: Plan,
    options: Mapping[str, Any],
    files: Mapping[str, Path],
    secrets: Sequence[str],
) -> None:
    """Write what is wanted. Raises ReportError, TargetError."""
    if options["update_baseline"] and not report.is_void:
        write_baseline(options["baseline"], report, plan.baseline)
    if files:
        # not at the top: most runs write nothing
        from contract_tests.reports.writing import write  # noqa: PLC0415 - as said

        write(report, files, secrets)


def check_quietly(url: str, options: Mapping[str, Any]) -> Report:
    """Check a server and give the report. Raises TargetError."""
    target, plan = target_of(url, options), plan_of(options)
    return told(check(target, plan, __version__, lambda *_: None), target, plan)


def target_of(url: str, options: Mapping[str, Any]) -> Target:
    """Give the server that the options name, with a token. Raises TargetError."""
    accounts = tuple(dict.fromkeys(options["account"]))
    if not accounts:
        raise TargetError("name an account to try, with --account or CANOPY_ACCOUNT")
    client_id, secret = options["client_id"], options["client_secret"]
    client = (client_id, secret) if client_id and secret else None
    if not options["token"] and client is None:
        empty = "" if options["token"] is None else ": the token is empty"
        raise TargetError(f"say who asks, with --token, or --client-id and --client-secret{empty}")
    target = Target(
        base_url(url),
        options["token"] or "",
        accounts,
        allows_writes=options["allow_writes"],
        client=client,
        read_only_token=options["read_only_token"] or None,
        foreign_account=options["foreign_account"] or None,
        max_cents=options["max_cents"],
        rate=options["rate"],
    )
    check_token("the token", target.token)
    check_token("the read-only token", target.read_only_token or "")
    return target if target.token else target._replace(token=_minted(target))


def _minted(target: Target) -> str:
    """Exchange the client's id and secret for a token. Raises TargetError."""
    assert target.client is not None
    body = {"client_id": target.client[0], "client_secret": target.client[1]}
    try:
        with Connection(target) as connection:
            exchange = connection.send(Request("POST", "/auth/token", (JSON,), encoded(body)))
    except ssl.SSLError as error:
        raise no_tls(target.url, error) from error
    token = exchange.member("access_token")
    if exchange.status != 200 or not isinstance(token, str):
        why = exchange.error or f"{exchange.status}"
        raise TargetError(f"{target.url}/auth/token gave no token for the client: {why}")
    check_token("the token of /auth/token", token)
    return token


def told_options(target: Target, plan: Plan) -> Sequence[str]:
    """Give the options that do a run again, but for those of the report and what is secret."""
    named: Mapping[str, Sequence[object]] = {
        "account": target.accounts,
        "foreign-account": [target.foreign_account],
        "max-cents": [target.max_cents],
        "rate": [target.rate],
        "layer": plan.layers if plan.layers != LAYERS else (),
        "operation": plan.operations,
        "budget": [plan.budget_seconds],
    }
    flags = {"allow-writes": target.allows_writes, "everything": plan.everything}
    return [
        *(
            part
            for name, values in named.items()
            for value in values
            if value is not None
            for part in (f"--{name}", str(value))
        ),
        *(f"--{name}" for name, is_said in flags.items() if is_said),
    ]


def plan_of(options: Mapping[str, Any]) -> Plan:
    """Give what a run consists of. Raises TargetError."""
    known = {operation for rule in rules().values() for operation in rule.operations}
    for operation in options["operation"]:
        if operation not in known:
            raise TargetError(f"no rule is about {operation!r}; known: {', '.join(sorted(known))}")
    layers = options["layer"] or LAYERS
    _require_rules(layers, options["operation"])
    _require_assumptions(layers, options)
    if options["update_baseline"] and options["baseline"] is None:
        raise TargetError("--update-baseline needs --baseline")
    is_new = options["update_baseline"] and not options["baseline"].exists()
    baseline = (
        read_baseline(options["baseline"]) if options["baseline"] and not is_new else frozenset()
    )
    return Plan(
        seed=options["seed"],
        is_quick=options["quick"],
        is_strict=options["strict"],
        layers=layers,
        operations=options["operation"],
        budget_seconds=options["budget"],
        everything=options["everything"],
        baseline=baseline,
    )


def _require_rules(layers: Sequence[str], operations: Sequence[str]) -> None:
    """Make sure that there is something to look at. Raises TargetError."""
    wanted = set(operations)
    known = [of for of in rules().values() if of.layer in layers]
    if wanted and not any(wanted & set(rule.operations) for rule in known):
        of_layers = f"no rule of {', '.join(layers)} is about {', '.join(operations)}"
        raise TargetError(f"nothing could be checked: {of_layers}")


def _require_assumptions(layers: Sequence[str], options: Mapping[str, Any]) -> None:
    """Refuse to be strict about assumptions that a run does not look at. Raises TargetError."""
    asked = [name for name in ("strict", "everything") if options[name]]
    partial = ["--quick"] if options["quick"] else []
    partial += [] if set(layers) == set(LAYERS) else ["--layer"]
    if asked and partial:
        raise TargetError(
            f"--{asked[0]} is about assumptions, which a run with {partial[0]} does not look at"
        )
