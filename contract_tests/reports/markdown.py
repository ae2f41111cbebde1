"""The report as Markdown: the summary of a job, as GitHub shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from contract_tests.findings import AssumptionState, Finding, Report
from contract_tests.reports.redaction import redacted
from contract_tests.reports.summary import (
    NO_REASON,
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

MAX_TOLD = 50
"""How many findings are told: a job summary may have 1 MiB."""
MAX_CHARACTERS = 4_000
"""Of one text."""
_SPECIAL = re.compile(r"(?![-_:])[^\w .,;/]|(?<!\w)-|:(?=//)|(?<![^\W_])_|_(?![^\W_])")
"""What means something in Markdown or HTML where it stands."""
_FENCE = re.compile("`{3,}")


def render(report: Report, *, secrets: Sequence[str] = ()) -> str:
    """Give the report as Markdown, as GitHub understands it."""
    report = redacted(report, secrets)
    mark = "✅" if report.is_kept else "❌"
    blocks = [
        f"## {mark} {escaped(verdict(report))}",
        f"{_code(report.url)} in {report.seconds:.1f} s, seed {report.seed}",
        *(escaped(note) for note in report.notes),
        *_findings(report),
        *_assumptions(report),
        *_coverage(report),
        *_left_behind(report),
        *_folded("Time", _table(("Layer", "Seconds", "Requests"), _times(report))),
        "Repeat it:",
        _fenced(repeat(report), "sh"),
    ]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Give ``text`` so that Markdown and HTML show it as it is, on one line."""
    line = " ".join(printable(_cut(text)).split())
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", line)


def _code(text: str) -> str:
    return f"<code>{escaped(text)}</code>"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + "…"


def _fenced(text: str, language: str) -> str:
    """Give ``text`` as a block of code that no line of it can end."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{printable(_cut(text))}\n{fence}"


def _findings(report: Report) -> Iterator[str]:
    told = failures(report)
    if told:
        yield "### Broken rules"
        yield _table(("Rule", "Evidence", "Expected", "Got"), map(_row, told[:MAX_TOLD]))
        for of in told[:MAX_TOLD]:
            yield from _folded(
                f"How to see {_code(of.rule.rule_id)}",
                escaped(of.rule.sentence),
                _fenced(of.curl, "sh"),
            )
        if rest := told[MAX_TOLD:]:
            yield f"And {counted(len(rest), 'more finding')}."
    if accepted := accepted_findings(report):
        ids = ", ".join(_code(of.rule.rule_id) for of in accepted)
        yield f"The baseline accepts {counted(len(accepted), 'more finding')}: {ids}."


def _row(of: Finding) -> tuple[str, ...]:
    flaky = f" ({label(of)})" if of.is_flaky else ""
    rule = _code(of.rule.rule_id) + flaky
    return rule, escaped(of.rule.evidence), escaped(of.expected), escaped(of.got)


def _assumptions(report: Report) -> Iterator[str]:
    if refuted := assumptions(report, AssumptionState.REFUTED):
        yield "### Refuted assumptions"
        rows = ((_code(of.assumption.assumption_id), escaped(of.seen)) for of in refuted)
        yield _table(("Assumption", "Seen"), rows)
    if not_seen := by_reason(assumptions(report, AssumptionState.UNTESTED)):
        rows = ((", ".join(map(_code, ids)), escaped(why)) for why, ids in not_seen.items())
        yield from _folded("Untested assumptions", _table(("Assumptions", "Why"), rows))


def _coverage(report: Report) -> Iterator[str]:
    if groups := untested(report):
        rows = (
            (
                escaped(of.layer),
                ", ".join(_code(rule.rule.rule_id) for rule in of.rules) or "parts of it",
                escaped(of.reason or NO_REASON),
            )
            for of in groups
        )
        yield "### Not covered"
        yield _table(("Layer", "Rules", "Why"), rows)
    told = coverage(report)
    seen = ((_code(of.operation), of.told) for of in told)
    title = f"Covered: {counted(len(told), 'operation')}"
    yield from _folded(title, _table(("Operation", "Status (how often)"), seen))


def _left_behind(report: Report) -> Iterator[str]:
    if report.left_behind:
        yield "### Left behind"
        yield "\n".join(f"* {escaped(line)}" for line in report.left_behind)


def _times(report: Report) -> Iterator[tuple[str, ...]]:
    for layer in report.layers:
        yield escaped(layer.name), f"{layer.seconds:.1f}", f"{layer.exchanges:,}"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (titles, ["---"] * len(titles), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _folded(title: str, *blocks: str) -> Iterator[str]:
    """Give ``blocks`` behind a title that opens them, as blocks of their own."""
    yield f"<details><summary>{title}</summary>"
    yield from blocks
    yield "</details>"
