"""Writes the reports that are wanted to files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from contract_tests.findings import Report
from contract_tests.reports import har, html, junit, markdown, sarif
from contract_tests.reports.redaction import redacted
from contract_tests.target import ReportError


def _whole(render: Callable[[Report], str]) -> Callable[[Report], Iterable[str]]:
    return lambda report: (render(report),)


FORMATS: Mapping[str, Callable[[Report], Iterable[str]]] = {
    "junit": _whole(junit.render),
    "html": _whole(html.render),
    "markdown": _whole(markdown.render),
    "sarif": _whole(sarif.render),
    "har": har.lines,
}
"""What writes a report of each format."""


def write(report: Report, paths: Mapping[str, Path], secrets: Sequence[str] = ()) -> None:
    """Write ``report`` in the formats that ``paths`` names, without ``secrets``.

    A file that is there is replaced; one that cannot be written keeps no other from it. Raises
    ReportError.
    """
    unknown = sorted(paths.keys() - FORMATS.keys())
    if unknown:
        raise ReportError(
            f"{unknown[0]!r} is no format of a report; there are {', '.join(FORMATS)}"
        )
    without_secrets = redacted(report, secrets)
    failed: ReportError | None = None
    for name, path in paths.items():
        try:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(FORMATS[name](without_secrets))
        except OSError as error:
            why = error.strerror or type(error).__name__
            failed = ReportError(f"the {name} report cannot be written to {path}: {why}")
    if failed is not None:
        raise failed
