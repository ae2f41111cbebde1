"""Options and fixtures of the contract suite."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from contract_tests.server import Server, started_mock


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


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to begin without what a run on a given server needs."""
    if config.getoption("--canopy-url", None) is None:
        return
    if config.getoption("--token") is None or config.getoption("--account") is None:
        raise pytest.UsageError("--canopy-url also takes --token and at least one --account")


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


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of the server."""
    with httpx.Client(base_url=server.url, headers=server.headers) as client:
        yield client
