"""Options and fixtures of the contract suite."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from contract_tests.findings import Report
from contract_tests.running import DEFAULTS, check_quietly
from contract_tests.server import Server, started_mock
from contract_tests.target import TargetError


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
    group.addoption("--max-cents", type=int, help="the largest amount to post")
    group.addoption("--rate", type=float, help="requests per second at most")
    group.addoption("--canopy-seed", type=int, default=1, help="what is drawn is drawn from it")
    group.addoption("--canopy-quick", action="store_true", help="only what takes 3 seconds")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to begin without what a run on a given server needs."""
    if config.getoption("--canopy-url", None) is None:
        return
    if config.getoption("--token") is None or config.getoption("--account") is None:
        raise pytest.UsageError("--canopy-url also takes --token and at least one --account")


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
    except httpx.TransportError as error:
        pytest.exit(f"cannot reach {url}: {error}", returncode=2)
    token, accounts = pytestconfig.getoption("--token"), pytestconfig.getoption("--account")
    client_id: str | None = pytestconfig.getoption("--client-id")
    secret: str | None = pytestconfig.getoption("--client-secret")
    client = None if client_id is None or secret is None else (client_id, secret)
    yield Server(url.rstrip("/"), token, accounts, client, is_mock=False)


@pytest.fixture(scope="session")
def report(server: Server, pytestconfig: pytest.Config) -> Report:
    """What ``canopy-mock check`` finds on the server; on a mock, on one of its own."""
    if not server.is_mock:
        return _checked(server, pytestconfig)
    with started_mock() as mock:
        return _checked(mock, pytestconfig)


def _checked(server: Server, config: pytest.Config) -> Report:
    names = ("read_only_token", "foreign_account", "max_cents", "rate")
    client_id, secret = server.client or (None, None)
    options = {
        **{name: config.getoption(f"--{name.replace('_', '-')}") for name in names},
        "token": server.token,
        "client_id": client_id,
        "client_secret": secret,
        "account": server.accounts,
        "allow_writes": server.is_mock or config.getoption("--allow-writes"),
        "quick": config.getoption("--canopy-quick"),
        "seed": config.getoption("--canopy-seed"),
        "budget": _MOCK_SECONDS if server.is_mock else None,
    }
    try:
        return check_quietly(server.url, {**DEFAULTS, **options})
    except TargetError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def may_post(server: Server, pytestconfig: pytest.Config) -> None:
    """Skip what posts to a server that nobody allowed to be posted to."""
    if not server.is_mock and not pytestconfig.getoption("--allow-writes"):
        pytest.skip("needs --allow-writes")


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of the server."""
    with httpx.Client(base_url=server.url, headers=server.headers) as client:
        yield client
