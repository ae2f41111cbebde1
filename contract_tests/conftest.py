"""Options and fixtures of the contract suite."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from contract_tests.findings import Report
from contract_tests.running import DEFAULTS, check_quietly, target_of
from contract_tests.server import Server, started_mock
from contract_tests.target import TargetError, base_url


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the suite be pointed at any server."""
    group = parser.getgroup("canopy-mock", "which server has to keep the contract")
    group.addoption("--canopy-url", help="the server's base URL; a mock is started without it")
    group.addoption("--token", help="a bearer token that the server knows")
    group.addoption("--client-id", help="of a client that may exchange it for a token")
    group.addoption("--client-secret", help="that client's secret")
    group.addoption(
        "--account", action="append", help="an account the token may change; may be repeated"
    )

    group.addoption("--read-only-token", help="a token that may read and not post")
    group.addoption("--foreign-account", help="an account that the token may not see")
    group.addoption("--allow-writes", action="store_true", help="post to these accounts")
    group.addoption("--max-cents", type=_cents, help="the largest amount to post")
    group.addoption("--rate", type=_rate, help="requests per second at most")
    group.addoption("--canopy-seed", type=int, default=0, help="what is drawn is drawn from it")
    group.addoption("--canopy-quick", action="store_true", help="only what takes 3 seconds")
    group.addoption(
        "--canopy-everything",
        action="store_true",
        help="also every operation of a given server, and golden pairs: they open accounts, create "
        "products, roll time, and take nothing back",
    )


def _cents(text: str) -> int:
    """Read an amount. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def _rate(text: str) -> float:
    """Read requests per second. Raises ArgumentTypeError."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0
    if not rate > 0:  # nor is it no number at all
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return rate


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to begin without what a run on a given server needs."""
    url: str | None = config.getoption("--canopy-url", None)
    if url is None:
        return
    who = (config.getoption("--client-id"), config.getoption("--client-secret"))
    if not (config.getoption("--token") or all(who)) or config.getoption("--account") is None:
        raise pytest.UsageError(
            "--canopy-url also takes --token, or --client-id and --client-secret, "
            "and at least one --account"
        )
    try:
        base_url(url)
    except TargetError as error:
        raise pytest.UsageError(str(error)) from error


_MOCK_SECONDS = 90
"""A budget that lets everything be seen, however busy the machine is."""


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server under test."""
    url: str | None = pytestconfig.getoption("--canopy-url")
    if url is None:
        with started_mock("--check-responses") as mock:
            yield mock
        return
    try:
        httpx.get(url)
        target = target_of(url, _options(pytestconfig))
    except httpx.TransportError as error:
        pytest.exit(f"cannot reach {url}: {error}", returncode=2)
    except TargetError as error:
        pytest.exit(str(error), returncode=2)
    yield Server(target.url, target.token, target.accounts, target.client, is_mock=False)


@pytest.fixture(scope="session")
def report(server: Server, pytestconfig: pytest.Config) -> Report:
    """What ``canopy-mock check`` finds on the server; on a mock, on one of its own."""
    if not server.is_mock:
        return _checked(server, pytestconfig)
    with started_mock() as mock:
        return _checked(mock, pytestconfig)


def _options(config: pytest.Config) -> Mapping[str, Any]:
    """Give the options of a run on a given server."""
    names = ("token", "client_id", "client_secret", "account", "allow_writes")
    more = ("read_only_token", "foreign_account", "max_cents", "rate")
    return {
        **DEFAULTS,
        **{name: config.getoption(f"--{name.replace('_', '-')}") for name in (*names, *more)},
        "quick": config.getoption("--canopy-quick"),
        "seed": config.getoption("--canopy-seed"),
        "budget": None,
    }


def _checked(server: Server, config: pytest.Config) -> Report:
    client_id, secret = server.client or (None, None)
    options = {
        **_options(config),
        "token": server.token,
        "client_id": client_id,
        "client_secret": secret,
        "account": server.accounts,
    }
    if server.is_mock:
        options |= {"allow_writes": True, "budget": _MOCK_SECONDS}
    try:
        return check_quietly(server.url, options)
    except TargetError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def may_post(server: Server, pytestconfig: pytest.Config) -> None:
    """Skip what posts beyond all bounds to a server that nobody allowed that for."""
    why = None if server.is_mock else _why_not_post(pytestconfig)
    if why is not None:
        pytest.skip(why)


def _why_not_post(config: pytest.Config) -> str | None:
    """Say why nothing is posted to a given server but by the check, None if it may be."""
    for name in ("--max-cents", "--rate"):
        if config.getoption(name) is not None:
            return f"knows no {name}"
    if not config.getoption("--allow-writes"):
        return "needs --allow-writes"
    if not config.getoption("--canopy-everything"):
        return "needs --canopy-everything: it opens accounts, and takes nothing back"
    return None


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of the server."""
    with httpx.Client(base_url=server.url, headers=server.headers) as client:
        yield client
