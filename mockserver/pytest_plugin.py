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
_WHERE = ("canopy_mock_url", "canopy_mock_control_token")
"""The options that say where a server is; workers are told them."""
_MOCK = pytest.StashKey["CanopyMock"]()
"""The sandbox of a test, while there is one."""
_SEEN = pytest.StashKey[tuple[str, str]]()
"""What was asked of one whose ledger is broken."""


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
        help="the control token of that server, or what one that is started is given",
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
    if not config.getoption("--canopy-mock-one-server") or _is_worker(config):
        return
    from mockserver.testing.server import StartError  # noqa: PLC0415 - see above

    try:
        server = _start(config)
    except StartError as error:
        raise pytest.UsageError(str(error)) from error
    config.option.canopy_mock_url = server.url
    config.option.canopy_mock_control_token = server.control_token


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it."""
    if _SERVER in config.stash:
        config.stash[_SERVER].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the one server is, and what opens its control API."""
    for name in _WHERE:
        node.workerinput[name] = getattr(node.config.option, name)


def _start(config: pytest.Config) -> Server:
    """Start a server that is stopped with ``config``, or use the one that was named.

    Raises StartError.
    """
    from mockserver.testing.server import at, running  # noqa: PLC0415 - see above

    told: dict[str, Any] = getattr(config, "workerinput", vars(config.option))
    url, token = (told[name] for name in _WHERE)
    options = config.getini("canopy_mock_options")
    server = at(url, token) if url else running(*options, control_token=token)
    return config.stash[_SERVER].enter_context(server)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def canopy_mock_server(pytestconfig: pytest.Config) -> Server:
    """A canopy-mock server for all tests of this process, or the one that was named."""
    from mockserver.testing.server import StartError  # noqa: PLC0415 - see above

    try:
        server = _start(pytestconfig)
    except StartError as error:
        # once, not for every test; but a worker of xdist cannot end the others
        if _is_worker(pytestconfig):
            pytest.fail(str(error), pytrace=False)
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
    server.warm_up()
    return server


@pytest.fixture
def canopy_mock(canopy_mock_server: Server, request: pytest.FixtureRequest) -> Iterator[CanopyMock]:
    """A sandbox of its own on a canopy-mock server; its ledger is verified after the test."""
    mock = canopy_mock_server.sandbox(request.node.name)
    stash = request.node.stash
    stash[_MOCK] = mock
    try:
        yield mock
        mock.verify()
    except AssertionError:
        stash[_SEEN] = _seen(mock)
        raise
    finally:
        del stash[_MOCK]
        mock.close()


def _seen(mock: CanopyMock) -> tuple[str, str]:
    """Give what was asked of a sandbox, under a title."""
    with contextlib.suppress(Exception):
        return f"canopy-mock, {mock.token}", mock.exchanges.report()
    return f"canopy-mock, {mock.token}", "it does not tell what was asked"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was asked of the sandbox beside what has failed."""
    report = yield
    mock = item.stash.get(_MOCK, None)
    if report.failed and mock is not None:
        report.sections.append(_seen(mock))
    elif report.failed and _SEEN in item.stash:
        report.sections.append(item.stash[_SEEN])
    return report
