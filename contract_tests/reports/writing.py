"""Writes the reports that are wanted to files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from contract_tests.findings import Report
from contract_tests.reports import har, html, junit, markdown, sarif
from contract_tests.reports.redaction import redacted
from contract_tests.target import ReportError

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "junit": junit.render,
    "html": html.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "har": har.render,
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
        text = FORMATS[name](without_secrets)
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            why = error.strerror or type(error).__name__
            failed = ReportError(f"the {name} report cannot be written to {path}: {why}")
    if failed is not None:
        raise failed
