"""``pytest contract_tests`` on a given server: who asks, what it may do there, what is refused."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from contract_tests import conftest
from contract_tests.command import check
from tests.zoo.guard import CLIENT, TOKEN
from tests.zoo.server import started

ROOT = Path(__file__).parent.parent.parent
WRITES = {"--allow-writes": True}
EVERYTHING = {**WRITES, "--canopy-everything": True}


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    with started("plain") as url:
        yield url


def suite(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-rs"]
    command += ["-p", "no:cacheprovider", "-p", "no:schemathesis", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


class Config(NamedTuple):
    """The options that pytest was given."""

    given: Mapping[str, object]

    def getoption(self, name: str, _: object = None) -> object:
        return self.given.get(name)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "needs --allow-writes"),
        (WRITES, "needs --canopy-everything: it opens accounts, and takes nothing back"),
        ({**EVERYTHING, "--max-cents": 5}, "knows no --max-cents"),
        ({**EVERYTHING, "--rate": 5.0}, "knows no --rate"),
        (EVERYTHING, None),
    ],
)
def test_what_posts_beyond_all_bounds_needs_leave(
    given: Mapping[str, object], told: str | None
) -> None:
    config: Any = Config(given)
    assert conftest._why_not_post(config) == told


def test_without_leave_golden_pairs_and_every_operation_are_skipped(plain: str) -> None:
    who = ("--token", TOKEN, "--account", "can_101", "--allow-writes")
    which = ("contract_tests/test_golden.py", "contract_tests/test_shape.py")
    done = suite(*which, "--canopy-url", plain, *who)

    assert done.returncode == 0, done.stdout
    assert "needs --canopy-everything" in done.stdout
    assert "passed" not in done.stdout


def test_with_leave_golden_pairs_are_posted_as_a_client(plain: str) -> None:
    client = ("--client-id", CLIENT[0], "--client-secret", CLIENT[1], "--account", "can_101")
    everything = ("--allow-writes", "--canopy-everything", "-k", "documented_example and minimal")
    done = suite("contract_tests/test_golden.py", "--canopy-url", plain, *client, *everything)

    assert "1 passed" in done.stdout, done.stdout


def test_a_token_that_no_header_can_carry_is_2(plain: str) -> None:
    who = ("--token", "x y", "--account", "can_101")
    done = suite("contract_tests/test_rules.py", "--canopy-url", plain, *who)

    assert done.returncode == 2
    assert "the token has a space in it" in done.stdout


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((conftest._rate, text) for text in ("0", "-1", "nan", "x", "")),
        *((conftest._cents, text) for text in ("0", "-1", "1.5", "x", "")),
    ],
)
def test_a_bound_that_is_none_is_refused(read: Callable[[str], float], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{text}' is no "):
        read(text)


def test_a_bound_is_read() -> None:
    assert (conftest._rate("0.5"), conftest._cents("100")) == (0.5, 100)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"--token": "x"}, "at least one --account"),
        ({"--account": ["a"]}, "--token, or --client-id and --client-secret"),
        ({"--account": ["a"], "--client-id": "x"}, "--client-id and --client-secret"),
        ({"--account": ["a"], "--token": "x", "--canopy-url": "http://u:hunter2@h"}, "has a user"),
    ],
)
def test_what_a_given_server_needs_is_said(given: Mapping[str, object], told: str) -> None:
    config: Any = Config({"--canopy-url": "http://h", **given})
    with pytest.raises(pytest.UsageError, match=told) as refused:
        conftest.pytest_configure(config)

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("who", [{"--token": "x"}, {"--client-id": "x", "--client-secret": "y"}])
def test_a_token_or_a_client_is_enough(who: Mapping[str, object]) -> None:
    config: Any = Config({"--canopy-url": "http://h", "--account": ["a"], **who})
    conftest.pytest_configure(config)


def test_options_have_types_and_the_seed_is_that_of_the_command() -> None:
    told: dict[str, dict[str, Any]] = {}
    group = SimpleNamespace(addoption=lambda name, **more: told.update({name: more}))
    parser: Any = SimpleNamespace(getgroup=lambda *_: group)
    conftest.pytest_addoption(parser)
    (seed,) = (of for of in check.params if of.name == "seed")

    assert told["--canopy-seed"]["default"] == seed.default
    assert told["--rate"]["type"] is conftest._rate
    assert told["--max-cents"]["type"] is conftest._cents
