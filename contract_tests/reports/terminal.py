"""The report for a terminal: on one screen, unless much is broken."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from contract_tests.findings import AssumptionState, Finding, LayerResult, Report
from contract_tests.reports.redaction import redacted
from contract_tests.reports.summary import (
    accepted_findings,
    assumptions,
    by_reason,
    counted,
    coverage,
    failures,
    label,
    printable,
    repeat,
    untested,
    verdict,
)

WIDTH = 100
"""Columns, if nothing else is said."""
MAX_TOLD = 10
"""How many findings are told in full; of the others one line each."""
MAX_OPERATIONS = 12
MAX_LEFT_BEHIND = 6
MAX_CHARACTERS = 600
"""Of one text, except of commands."""
MAX_COMMANDS = 12
"""Lines of the commands of one finding; the reports have all."""
MAX_COMMAND = 3000
"""Characters of one of them."""
_INDENT = "    "


def render(
    report: Report, *, colour: bool = False, width: int = WIDTH, secrets: Sequence[str] = ()
) -> str:
    """Give the summary of a run, which ends in a line break; commands may be wider than it."""
    report = redacted(report._replace(exchanges=()), secrets)  # there may be thousands
    screen = _Screen(is_coloured=colour, width=width)
    blocks = [
        list(_head(report, screen)),
        *(list(_finding(at, of, screen)) for at, of in enumerate(_told(report), 1)),
        list(_briefly(report, screen)),
        list(_assumptions(report, screen)),
        list(_covered(report, screen)),
        list(_not_covered(report, screen)),
        list(_left_behind(report, screen)),
        list(_tail(report, screen)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def progress_line(layer: LayerResult, broken: int) -> str:
    """Give one line about a layer that has just run, without a line break.

    ``broken`` counts the rules that were seen broken so far.
    """
    requests = counted(layer.exchanges, "request")
    found = f"{counted(broken, 'rule')} broken so far" if broken else "ok"
    if not layer.exchanges and layer.untested:
        found = f"not run: {layer.untested}"
    return f"{layer.name:<12} {layer.seconds:5.1f} s  {requests:>14}  {found}"


class _Screen:
    """Colours texts, or leaves them as they are, and breaks them into lines."""

    def __init__(self, *, is_coloured: bool, width: int) -> None:
        self._is_on = is_coloured
        self.width = width

    def bad(self, text: str) -> str:
        return click.style(text, fg="red", bold=True) if self._is_on else text

    def good(self, text: str) -> str:
        return click.style(text, fg="green", bold=True) if self._is_on else text

    def warn(self, text: str) -> str:
        return click.style(text, fg="yellow") if self._is_on else text

    def title(self, text: str) -> str:
        return click.style(text, bold=True) if self._is_on else text

    def wrapped(self, lead: str, text: str) -> list[str]:
        """Give ``text`` behind ``lead`` in lines of the screen's width, without its line breaks."""
        width = len(click.unstyle(lead))
        words = _cut(printable(" ".join(text.split())), MAX_CHARACTERS)
        lines = textwrap.wrap(
            words, max(self.width - width, 20), break_on_hyphens=False, break_long_words=False
        ) or [""]
        return [f"{lead}{lines[0]}".rstrip(), *(" " * width + line for line in lines[1:])]


def _head(report: Report, screen: _Screen) -> Iterator[str]:
    sentence = verdict(report)
    yield screen.good(sentence) if report.is_kept else screen.bad(sentence)
    for note in report.notes:
        yield from screen.wrapped("Note: ", note)


def _told(report: Report) -> list[Finding]:
    return failures(report)[:MAX_TOLD]


def _finding(number: int, of: Finding, screen: _Screen) -> Iterator[str]:
    flaky = f"  {screen.warn(label(of))}" if of.is_flaky else ""
    by = "" if of.layer == of.rule.layer else f", found by {of.layer}"
    yield f"{number}. {screen.bad(of.rule.rule_id)}  ({of.rule.evidence}{by}){flaky}"
    yield from screen.wrapped(_INDENT, of.rule.sentence)
    yield from screen.wrapped(f"{_INDENT}expected  ", of.expected)
    yield from screen.wrapped(f"{_INDENT}got       ", of.got)
    yield from textwrap.indent("\n".join(_commands(printable(of.curl))), _INDENT).splitlines()


def _commands(script: str) -> Iterator[str]:
    """Give what there is room for of the commands, and say what is left out."""
    lines = script.splitlines()
    rest = len(lines) - MAX_COMMANDS
    half = MAX_COMMANDS // 2
    for line in lines if rest <= 0 else lines[:half]:
        yield _short(line)
    if rest > 0:
        yield f"# … and {rest} more like these; --html writes all of them"
        yield from map(_short, lines[-half:])


def _short(line: str) -> str:
    more = len(line) - MAX_COMMAND
    return line if more <= 0 else f"{line[:MAX_COMMAND]}  # … {more} characters more: see --html"


def _briefly(report: Report, screen: _Screen) -> Iterator[str]:
    """Tell the findings that there is no room for, in a line each, and count the accepted ones."""
    rest = failures(report)[MAX_TOLD:]
    if rest:
        yield screen.title(f"And {counted(len(rest), 'more finding')}")
    for of in rest:
        line = " ".join(f"  {of.rule.rule_id}  {label(of)}  {of.got}".split())
        yield "  " + _cut(printable(line), screen.width - 2)
    if accepted := accepted_findings(report):
        yield f"{counted(len(accepted), 'finding')} more that the baseline accepts."


def _assumptions(report: Report, screen: _Screen) -> Iterator[str]:
    counts = {state: assumptions(report, state) for state in AssumptionState}
    if not report.assumptions:
        return
    told = ", ".join(f"{len(of)} {state}" for state, of in counts.items() if of)
    yield f"{screen.title('Assumptions')}  {told}"
    for of in counts[AssumptionState.REFUTED]:
        about = of.assumption
        yield from screen.wrapped(
            f"  {screen.warn('refuted')}   ", f"{about.assumption_id}: {of.seen}"
        )
    for reason, ids in by_reason(counts[AssumptionState.UNTESTED]).items():
        yield from screen.wrapped("  untested  ", f"{', '.join(ids)}: {reason}")


def _covered(report: Report, screen: _Screen) -> Iterator[str]:
    told = coverage(report)
    answers = sum(of.total for of in told)
    seen = f"{counted(answers, 'answer')} of {counted(len(told), 'operation')}"
    yield f"{screen.title('Covered')}  {seen}: status (how often)"
    most_first = sorted(told, key=lambda of: -of.total)
    for of in most_first[:MAX_OPERATIONS]:
        yield from screen.wrapped(f"  {of.operation:<26} ", of.told)
    if rest := most_first[MAX_OPERATIONS:]:
        yield from screen.wrapped("  and ", ", ".join(of.operation for of in rest))


def _not_covered(report: Report, screen: _Screen) -> Iterator[str]:
    groups = untested(report)
    if groups:
        yield screen.title("Not covered")
    for of in groups:
        rules = f" ({', '.join(rule.rule.rule_id for rule in of.rules)})" if of.rules else ""
        text = f"{counted(len(of.rules), 'rule')}: {of.reason}{rules}" if of.rules else of.reason
        yield from screen.wrapped(f"  {screen.warn(of.layer)}  ", text)


def _left_behind(report: Report, screen: _Screen) -> Iterator[str]:
    if report.left_behind:
        yield screen.title("Left behind")
    for line in report.left_behind[:MAX_LEFT_BEHIND]:
        yield from screen.wrapped("  ", line)
    if rest := report.left_behind[MAX_LEFT_BEHIND:]:
        yield f"  and on {counted(len(rest), 'more account')}"


def _tail(report: Report, screen: _Screen) -> Iterator[str]:
    requests = counted(sum(layer.exchanges for layer in report.layers), "request")
    layers = ", ".join(f"{of.name} {of.seconds:.1f} ({of.exchanges:,})" for of in report.layers)
    took = f"{report.seconds:.1f} s, {requests}; seconds (requests): {layers}"
    yield from screen.wrapped(f"{screen.title('Time')}  ", took)
    yield f"{screen.title('Repeat')}  {printable(repeat(report))}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
