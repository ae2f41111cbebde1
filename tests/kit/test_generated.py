"""What Schemathesis is given."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.generated import _cache

ASK = "from hypothesis.internal.charmap import intervals_from_codec as of; of('utf-8')"


def tables(storage: Path) -> dict[str, Any]:
    """Give the tables that are in a storage, by where they are."""
    found = storage.rglob("*.json.gz")
    return {
        str(path.relative_to(storage)): json.loads(gzip.decompress(path.read_bytes()))
        for path in found
    }


def test_hypothesis_is_given_the_table_that_it_would_make_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = tmp_path / "own"
    environment = {"HYPOTHESIS_STORAGE_DIRECTORY": str(own)}
    subprocess.run([sys.executable, "-c", ASK], env=environment, check=True)

    given = tables(_cache())
    assert len(given) == 1
    assert given.items() <= tables(own).items()
