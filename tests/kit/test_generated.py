"""What Schemathesis is given."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.exchange import Request
from contract_tests.generated import Generated, generate
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT
from contract_tests.rules import FIRST_OPERATION
from contract_tests.storage import VARIABLE, storage
from contract_tests.target import Target
from tests.zoo.guard import TOKEN
from tests.zoo.server import started

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
    monkeypatch.delenv(VARIABLE, raising=False)
    environment = {VARIABLE: str(own)}
    subprocess.run([sys.executable, "-c", ASK], env=environment, check=True)

    given = tables(storage())
    assert len(given) == 1
    assert given.items() <= tables(own).items()


def made_up(rate: float | None = None) -> Generated:
    """Let Schemathesis send requests for three seconds."""
    accounts = ("can_101", "can_102", "can_103")
    operations = frozenset({FIRST_OPERATION, READ_ACCOUNT, LIST_ITEMS})
    with started("plain") as url:
        target = Target(url, TOKEN, accounts, allows_writes=True, rate=rate)
        return generate(target, accounts[1:], operations, 3, seed=1)


def test_it_posts_to_the_accounts_that_are_named_and_to_no_others() -> None:
    made = made_up()

    posts = [of for of in made.exchanges if of.request.method == "POST"]
    assert {account_of(of.request) for of in posts} <= {"can_102", "can_103"}
    assert any(of.is_ok for of in posts)
    methods = {of.request.method for of in made.exchanges}
    assert methods <= {"GET", "POST", "OPTIONS", "QUERY", "TRACE"}, "others may do harm"


def account_of(request: Request) -> str:
    return request.target.split("/")[2]


def test_it_keeps_to_the_rate() -> None:
    made = made_up(rate=5.7)

    # five at once, and then five a second, for three seconds and what it takes to notice
    assert 5 < len(made.exchanges) <= 5 * (1 + 3 + 1)
