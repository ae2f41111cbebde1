"""The docs are tested: commands parse, sessions run and print what they show, tables are true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contract_tests.command import check
from contract_tests.rules import rules
from mockserver import __version__
from mockserver.api.compat import DIFFERENCES
from mockserver.cli import cli
from mockserver.options import CONFIG_FILE
from mockserver.serve_command import serve
from tests.running import in_shell, serving

ROOT = Path(__file__).parent.parent
DOCS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/ledger.md",
        "docs/kit.md",
        "docs/sandbox.md",
        "docs/assumptions.md",
    )
}
SERVED_WITH = {
    "README.md": [],
    "docs/ledger.md": ["--scenario", "one_dollar_each"],
    "docs/sandbox.md": [],
}


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Give each command of the console blocks, with what the block shows it to print."""
    for block in re.findall(r"(?ms)^```console\n(.*?)^```$", text):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            lines = part.splitlines()
            length = 1
            while lines[length - 1].endswith("\\"):
                length += 1
            command = "\n".join(lines[:length])
            yield command.partition("    #")[0].rstrip(), "\n".join(lines[length:])


def shown_by(name: str, program: str) -> list[str]:
    return [command for command, _ in commands(DOCS[name]) if command.startswith(program)]


@pytest.mark.parametrize(
    "command",
    sorted({command for name in DOCS for command in shown_by(name, "canopy-mock")}),
)
def test_every_command_parses(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANOPY_URL", "http://127.0.0.1:8080")
    arguments = command.replace("\\\n", " ").split()[1:]
    at: click.Command = cli
    while isinstance(at, click.Group):
        found = at.get_command(click.Context(at), arguments.pop(0))
        assert found is not None, command
        at = found
    if arguments != ["--help"]:
        at.make_context(at.name, arguments)


@pytest.mark.parametrize("name", sorted(SERVED_WITH))
def test_sessions_print_what_they_show(name: str) -> None:
    with serving(*SERVED_WITH[name]) as server:
        ran = 0
        for command, shown in commands(DOCS[name]):
            if command.startswith("canopy-mock serve") and shown:
                printed = server.text.replace(server.url, "http://127.0.0.1:8080")
            elif command.startswith("curl"):
                script = command.replace("http://127.0.0.1:8080", server.url)
                printed = in_shell(script)
            else:
                continue
            pattern = ".*".join(map(re.escape, shown.split("…")))
            assert re.fullmatch(pattern, printed, re.DOTALL), f"{command}\n{printed}"
            ran += 1
    assert ran >= 3


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    for name in DOCS:
        for command in shown_by(name, "make"):
            assert set(command.split()[1:]) <= targets, command
    for name, text in DOCS.items():
        assert set(re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z]+)", text)) <= targets, name


def test_the_commands_of_the_suite_are_understood() -> None:
    for command in shown_by("README.md", "pytest"):
        done = subprocess.run(
            [sys.executable, "-m", *command.split(), "--collect-only", "-q"],
            env={**os.environ, "TOKEN": "x"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "test_schemathesis_finds_nothing" in done.stdout


def test_the_table_of_profiles_is_that_of_the_code() -> None:
    for difference in DIFFERENCES:
        row = f"| {difference.what} | {difference.documented} | {difference.observed} |"
        assert row in DOCS["README.md"]
    section = DOCS["README.md"].partition("## Two profiles")[2].partition("\n## ")[0]
    assert section.count("\n| ") == len(DIFFERENCES) + 1


def test_the_table_of_options_has_every_option() -> None:
    section = DOCS["README.md"].partition("## Starting it")[2].partition("\n## ")[0]
    told = set(re.findall(r"`--([a-z-]+)`", section))
    assert told == {p.opts[0].removeprefix("--") for p in serve.params}


def test_the_example_of_a_configuration_file_is_understood(tmp_path: Path) -> None:
    (toml,) = re.findall(r"(?ms)^```toml\n(.*?)^```$", DOCS["README.md"])
    (tmp_path / CONFIG_FILE).write_text(toml, encoding="utf-8")
    with serving(cwd=tmp_path) as server:
        assert "Bearer local-token" in server.text


def test_the_table_of_rules_is_that_of_the_contract() -> None:
    rows = [f"| `{of.rule_id}` | {of.sentence} | {of.evidence} |" for of in rules().values()]
    section = DOCS["docs/kit.md"].partition("## What each rule means")[2].partition("\n## ")[0]
    assert re.findall(r"(?m)^\| `.*$", section) == rows


def test_the_options_of_check_are_all_told() -> None:
    told = set(re.findall(r"`--([a-z-]+)`", DOCS["docs/kit.md"]))
    assert told >= {p.opts[0].removeprefix("--") for p in check.params if p.name != "url"}


def test_links_between_the_docs_lead_somewhere() -> None:
    for name, text in DOCS.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"
        anchors = {
            re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"(?m)^#+ (.*)$", text)
        }
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors, name


def test_every_rule_the_code_refers_to_is_told() -> None:
    told = set(re.findall(r"(?m)^\| (L\d+) \|", DOCS["docs/ledger.md"]))
    used: set[str] = set()
    for path in [*(ROOT / "mockserver").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for reference in re.findall(r"ledger\.md ([L\d, ]+)", path.read_text(encoding="utf-8")):
            used.update(re.findall(r"L\d+", reference))
    assert used <= told
    assert len(used) > 10


def test_the_version_is_the_same_everywhere() -> None:
    assert f"canopy-mock {__version__} is ready" in DOCS["README.md"]
