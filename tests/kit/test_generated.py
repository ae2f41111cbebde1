"""What Schemathesis is given, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.generated import _cache

ASK = """
import resource
from hypothesis.internal.charmap import intervals_from_codec
tables = intervals_from_codec("utf-8")
print([of.intervals for of in tables], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def asked(storage: Path) -> tuple[str, int]:
    """Give the tables as Hypothesis has them with this storage, and the megabytes that took."""
    environment = {"HYPOTHESIS_STORAGE_DIRECTORY": str(storage)}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    tables, _, megabytes = done.stdout.rpartition(" ")
    return tables, int(megabytes)


def test_hypothesis_finds_the_table_that_it_would_make_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made, most = asked(tmp_path / "empty")
    found, least = asked(_cache())

    assert found == made
    assert least < most - 50
