"""The pytest plugin: the fixture ``canopy_mock``, a sandbox of its own for every test.

It is loaded wherever canopy-mock is installed, so nothing but pytest is imported before a test asks
for the fixture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.testing import CanopyMock, Server

_SERVER = pytest.StashKey["contextlib.ExitStack"]()
_URL = "canopy_mock_url"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("canopy-mock")
    group.addoption(
        "--canopy-mock-url",
        metavar="URL",
        help="use the canopy-mock server that is running there, instead of starting one",
    )
    group.addoption(
        "--canopy-mock-control-token",
        metavar="TOKEN",
        help="the control token of that server, if it has one",
    )
    group.addoption(
        "--canopy-mock-one-server",
        action="store_true",
        help="with xdist, start one server for all workers, instead of one each",
    )
    parser.addini(
        "canopy_mock_options",
        "what canopy-mock servers are started with, as for `canopy-mock serve`",
        type="args",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the one server where there is to be one, and this is no worker."""
    config.stash[_SERVER] = contextlib.ExitStack()
    is_worker = hasattr(config, "workerinput")
    if config.getoption("--canopy-mock-one-server") and not is_worker:
        config.option.canopy_mock_url = _start(config).url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it."""
    if _SERVER in config.stash:
        config.stash[_SERVER].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the one server is."""
    node.workerinput[_URL] = node.config.getoption("--canopy-mock-url")


def _start(config: pytest.Config) -> Server:
    """Start a server that is stopped with ``config``, or use the one that was named."""
    from mockserver.testing.server import at, running  # noqa: PLC0415 - see above

    worker: dict[str, Any] = getattr(config, "workerinput", {})
    url = worker.get(_URL) or config.getoption("--canopy-mock-url")
    token = config.getoption("--canopy-mock-control-token")
    server = at(url, token) if url else running(*config.getini("canopy_mock_options"))
    return config.stash[_SERVER].enter_context(server)


@pytest.fixture(scope="session")
def canopy_mock_server(pytestconfig: pytest.Config) -> Server:
    """A canopy-mock server for all tests of this process, or the one that was named."""
    return _start(pytestconfig)


@pytest.fixture
def canopy_mock(canopy_mock_server: Server, request: pytest.FixtureRequest) -> Iterator[CanopyMock]:
    """A sandbox of its own on a canopy-mock server; its ledger is verified after the test."""
    mock = canopy_mock_server.sandbox(request.node.name)
    try:
        yield mock
        mock.verify()
    finally:
        mock.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was asked of the sandbox beside what has failed."""
    report = yield
    mock = getattr(item, "funcargs", {}).get("canopy_mock")
    if mock is not None and report.when == "call" and report.failed:
        with contextlib.suppress(Exception):
            lines = mock.exchanges.lines()
            report.sections.append((f"canopy-mock, {mock.token}", "\n".join(lines)))
    return report
