"""The register for people: a listing for the terminal, and the table of the docs."""

from __future__ import annotations

from textwrap import fill

from contract_tests.assuming.register import register
from contract_tests.rules import assumptions

_WIDTH = 96


def listing() -> str:
    """Give every assumption: its id, what the mock does, and how a check looks at it."""
    looks = register()
    parts = []
    for name, said in assumptions().items():
        sentence = _indented(said.sentence)
        parts.append(f"{name}\n{sentence}\n{_indented(looks[name].how, 'probe: ')}\n")
    count = len(parts)
    return "\n".join(
        [*parts, f"{count} assumptions. canopy-mock check says what a server makes of each."]
    )


def table() -> str:
    """Give the register as a table in Markdown."""
    looks = register()
    lines = [
        "| id | what the mock does | how a check looks | a server that does otherwise |",
        "|---|---|---|---|",
    ]
    for name, said in assumptions().items():
        cells = (f"`{name}`", said.sentence, looks[name].how, looks[name].otherwise)
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(lines)


def _indented(text: str, label: str = "") -> str:
    after = " " * (4 + len(label))
    return fill(text, _WIDTH, initial_indent=f"    {label}", subsequent_indent=after)
