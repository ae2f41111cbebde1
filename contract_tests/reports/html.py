"""The report as one HTML file that needs nothing else: no script, no style sheet, no network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template

from contract_tests.exchange import Exchange, Headers
from contract_tests.findings import AssumptionState, Finding, Report, RuleResult, RuleState
from contract_tests.reports import summary
from contract_tests.reports.redaction import redacted

TEMPLATE = "report.html.j2"
MAX_BODY_BYTES = 2_048
"""Of a body that is shown."""
MAX_EXCHANGES = 12
"""Of a finding that are shown, the last."""


_WORST_FIRST = (AssumptionState.REFUTED, AssumptionState.UNTESTED, AssumptionState.CONFIRMED)


class Message(NamedTuple):
    """A request or an answer, as it is shown."""

    head: str
    headers: Headers
    body: str
    left_off: int
    """How many bytes of the body are not shown."""


class Shown(NamedTuple):
    """An exchange, as it is shown."""

    title: str
    outcome: str
    milliseconds: str
    request: Message
    answer: Message | None
    error: str


def render(report: Report, *, secrets: Sequence[str] = ()) -> str:
    """Give the report as an HTML document."""
    report = redacted(report, secrets)
    return _template().render(
        report=report,
        word=summary.word(report),
        verdict=summary.verdict(report),
        repeat=summary.repeat(report),
        failures=summary.failures(report),
        accepted=summary.accepted_findings(report),
        label=summary.label,
        exchanges=shown,
        max_exchanges=MAX_EXCHANGES,
        figures=_figures(report),
        assumptions={state: summary.assumptions(report, state) for state in _WORST_FIRST},
        coverage=summary.coverage(report),
        untested=summary.untested(report),
        layers=_by_layer(report),
        counted=summary.counted,
        no_reason=summary.NO_REASON,
    )


def shown(finding: Finding) -> list[Shown]:
    """Give the last exchanges of ``finding`` as they are shown."""
    return [_shown(exchange) for exchange in finding.exchanges[-MAX_EXCHANGES:]]


def _figures(report: Report) -> dict[str, str]:
    accepted = len(summary.broken_rules(summary.accepted_findings(report)))
    return {
        "Broken": f"{len(summary.broken_rules(summary.failures(report))):,}",
        **({"Accepted": f"{accepted:,}"} if accepted else {}),
        "Untested": f"{len(summary.results(report, RuleState.UNTESTED)):,}",
        "Hold": f"{len(summary.results(report, RuleState.HOLDS)):,}",
        "Requests": f"{sum(layer.exchanges for layer in report.layers):,}",
        "Seconds": f"{report.seconds:.1f}",
        "Seed": str(report.seed),
    }


def _shown(exchange: Exchange) -> Shown:
    request, answer = exchange.request, exchange.answer
    line = f"{request.method} {request.target}"
    told = None
    if answer is not None:
        told = _message(f"{answer.version} {answer.status}", answer.headers, answer.body)
    return Shown(
        title=line,
        outcome=str(exchange.status) if answer is not None else summary.NO_ANSWER,
        milliseconds=f"{exchange.seconds * 1_000:.0f} ms",
        request=_message(line, request.headers, request.body or b""),
        answer=told,
        error=exchange.error or summary.NO_ANSWER,
    )


def _message(head: str, headers: Headers, body: bytes) -> Message:
    text = body[:MAX_BODY_BYTES].decode("utf-8", "backslashreplace")
    return Message(head, headers, text, max(0, len(body) - MAX_BODY_BYTES))


def _by_layer(report: Report) -> list[tuple[str, list[RuleResult]]]:
    """Give the rules by layer, in the order in which the layers ran."""
    order = [layer.name for layer in report.layers]
    order += [of.rule.layer for of in report.rules if of.rule.layer not in order]
    in_order = sorted(report.rules, key=lambda of: order.index(of.rule.layer))
    return [(name, list(of)) for name, of in groupby(in_order, key=lambda of: of.rule.layer)]


@cache
def _template() -> Template:
    text = resources.files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    return environment.from_string(text)


def _finalized(value: Any) -> Any:
    """Write out what nobody sees in a text; a part that is rendered already stays as it is."""
    return summary.printable(value) if type(value) is str else value
