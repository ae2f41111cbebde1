"""The examples of docs/sandbox.md, run as somebody would who copies them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TEXT = (Path(__file__).parent.parent / "docs" / "sandbox.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"(?ms)^```python\n# (\S+\.py(?:: fails)?)\n(.*?)^```$", TEXT))


def run_pytest(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def write(folder: Path, *, fails: bool) -> int:
    (folder / "pytest.ini").write_text("[pytest]\n")
    chosen = {name: code for name, code in EXAMPLES.items() if name.endswith("fails") is fails}
    for name, code in chosen.items():
        (folder / name.partition(":")[0]).write_text(code)
    return len(chosen)


def test_every_example_is_named() -> None:
    assert len(EXAMPLES) == TEXT.count("```python\n")


def test_the_examples_pass(tmp_path: Path) -> None:
    count = write(tmp_path, fails=False)
    code, printed = run_pytest(tmp_path, "-n0")
    assert code == 0, printed
    assert count >= 12


def test_the_planted_bug_is_found_and_shown_as_the_page_says(tmp_path: Path) -> None:
    assert write(tmp_path, fails=True) == 1
    code, printed = run_pytest(tmp_path, "-n0")
    assert code == 1
    (shown,) = re.findall(r"(?ms)^```text\n(.*?)^```$", TEXT)
    for line in shown.splitlines():
        assert re.search(".*".join(map(re.escape, line.split("…"))), printed), printed
