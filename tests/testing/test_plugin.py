"""The pytest plugin, as a project sees it that has canopy-mock installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.running import serving, serving_oddly

ALONE = ("-p", "mockserver.pytest_plugin", "-p", "xdist")
"""Without the plugins of others, which take seconds to import in each worker."""

RUNS_COROUTINES = """
import asyncio

def pytest_pyfunc_call(pyfuncitem):
    arguments = {n: pyfuncitem.funcargs[n] for n in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True
"""

MANY = """
    import pytest

    @pytest.mark.parametrize("number", range(24))
    def test_a_post_is_the_only_one(canopy_mock, number):
        account = canopy_mock.account("can_52322")
        before = account.total_cents
        path = f"/accounts/{account}/line_items/debit_offsets"
        body = {"line_item_id": "same", "original_amount_cents": number}
        assert canopy_mock.client.post(path, json=body).status_code == 200
        assert account.total_cents == before - number
        canopy_mock.exchanges.assert_called(1)
"""


def run(
    folder: Path, code: str, *arguments: str, alone: bool = True, **environment: str
) -> tuple[int, str]:
    """Run the command pytest on ``code`` in a project of its own."""
    lines = code.strip("\n").splitlines()
    (folder / "test_it.py").write_text("\n".join(line[4:] for line in lines) + "\n")
    (folder / "pytest.ini").write_text("[pytest]\ncanopy_mock_options = --accounts 3\n")
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "pytest",
            *(ALONE if alone else ()),
            "-W",
            "error",
            *arguments,
        ],
        cwd=folder,
        env={
            **os.environ,
            **({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if alone else {}),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_fixture_is_there_without_an_import(tmp_path: Path) -> None:
    code, printed = run(tmp_path, MANY, "-n0", alone=False)
    assert code == 0, printed
    assert "24 passed" in printed


@pytest.mark.parametrize("servers", [(), ("--canopy-mock-one-server",)], ids=["many", "one"])
def test_eight_workers_do_not_meet(tmp_path: Path, servers: tuple[str, ...]) -> None:
    code, printed = run(tmp_path, MANY, "-n8", *servers)
    assert code == 0, printed
    assert "24 passed" in printed


def test_a_server_that_is_there_is_used(tmp_path: Path) -> None:
    test = "    def test_url(canopy_mock):\n        print('at', canopy_mock.url)\n"
    with serving() as server:
        code, printed = run(tmp_path, test, "-s", "--canopy-mock-url", server.url)
        assert code == 0, printed
        assert f"at {server.url}" in printed
        listed = httpx.get(
            f"{server.url}/_mock/sandboxes", headers={"Authorization": "Bearer demo-token"}
        )
        assert listed.json() == {"results": ["default"]}, "the test's own is gone"


def test_a_server_is_started_as_the_project_says(tmp_path: Path) -> None:
    test = """
    def test_accounts(canopy_mock):
        assert len(canopy_mock.client.get("/accounts?limit=100").json()["results"]) == 3
    """
    code, printed = run(tmp_path, test)
    assert code == 0, printed


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    test = "    def test_it(canopy_mock):\n        pass\n"
    for how in ((), ("--canopy-mock-one-server",)):
        code, printed = run(tmp_path, test, "-o", "canopy_mock_options=--accounts 2", *how)
        assert code == pytest.ExitCode.USAGE_ERROR
        assert printed.count("canopy-mock: Invalid value for '--accounts'") == 1
        assert "Traceback" not in printed


def test_a_server_that_is_not_there_is_told_once_or_in_a_line_each(tmp_path: Path) -> None:
    told = "no canopy-mock server answers at http://127.0.0.1:9: "
    code, printed = run(tmp_path, MANY, "--canopy-mock-url", "http://127.0.0.1:9/")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert printed.count(told) == 1
    assert "Traceback" not in printed
    code, printed = run(tmp_path, MANY, "-n2", "--canopy-mock-url", "http://127.0.0.1:9")
    assert (code, "24 errors" in printed) == (1, True)
    assert "parts.py" not in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("servers", [("-n0",), ("-n2",), ("-n2", "--canopy-mock-one-server")])
def test_a_project_may_have_files_of_our_names(tmp_path: Path, servers: tuple[str, ...]) -> None:
    (tmp_path / "canopy-mock.toml").write_text('control-token = "theirs"\nmax-sandboxes = 1\n')
    for name in ("mockserver", "contract_tests", "starlette"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('it is not ours')\n")
    (tmp_path / "faker.py").write_text("raise RuntimeError('it is not ours')\n")
    code, printed = run(tmp_path, MANY, *servers)
    assert code == 0, printed


def test_what_the_environment_would_import_is_not_the_servers(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "faker.py").write_text("raise RuntimeError('it is not ours')\n")
    code, printed = run(tmp_path, MANY, PYTHONPATH=str(theirs))
    assert code == 0, printed


def test_a_configuration_file_is_read_where_the_options_name_it(tmp_path: Path) -> None:
    test = """
    def test_accounts(canopy_mock):
        assert len(canopy_mock.client.get("/accounts?limit=100").json()["results"]) == 7
    """
    (tmp_path / "canopy-mock.toml").write_text("accounts = 7\n")
    code, printed = run(tmp_path, test, "-o", "canopy_mock_options=--config canopy-mock.toml")
    assert code == 0, printed


@pytest.mark.parametrize("servers", [("-n0",), ("-n2",), ("-n2", "--canopy-mock-one-server")])
@pytest.mark.parametrize(
    "token",
    [
        ("--canopy-mock-control-token", "secret-7"),
        ("-o", "canopy_mock_options=--accounts 3 --control-token secret-7"),
        ("-o", "canopy_mock_options=--accounts 3 --control-token=secret-7"),
    ],
    ids=["of the plugin", "of the server", "with ="],
)
def test_a_server_that_is_started_with_a_control_token_is_told_it(
    tmp_path: Path, token: tuple[str, ...], servers: tuple[str, ...]
) -> None:
    test = """
    import httpx
    def test_it(canopy_mock):
        assert canopy_mock.account(principal_cents=1).total_cents == 1
        asked = httpx.get(f"{canopy_mock.url}/_mock/clock", headers=canopy_mock.headers)
        assert asked.status_code == 403
    """
    code, printed = run(tmp_path, test, *token, *servers)
    assert code == 0, printed


def test_the_first_test_pays_no_more_than_others(tmp_path: Path) -> None:
    test = """
    import time

    def test_it(canopy_mock):
        began = time.monotonic()
        canopy_mock.verify()
        assert time.monotonic() - began < 0.2
    """
    code, printed = run(tmp_path, test, "-o", "canopy_mock_options=--accounts 1000")
    assert code == 0, printed


def test_coroutines_are_tests_too(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(RUNS_COROUTINES)
    test = """
    import httpx
    async def test_it(canopy_mock):
        async with httpx.AsyncClient(
            base_url=canopy_mock.url, headers=canopy_mock.headers
        ) as client:
            assert (await client.get("/accounts")).status_code == 200
        canopy_mock.exchanges.assert_called(1)
    """
    code, printed = run(tmp_path, test, "-n0", alone=False)
    assert code == 0, printed


def test_a_ledger_that_is_wrong_after_a_test_fails_it(tmp_path: Path) -> None:
    test = """
    import httpx

    def test_corrupted(canopy_mock):
        path = "/accounts/can_52322/line_items/debit_offsets"
        canopy_mock.client.post(path, json={"original_amount_cents": 1})
        httpx.post(f"{canopy_mock.url}/corrupt/{canopy_mock.token}").raise_for_status()

    def test_sound(canopy_mock):
        path = "/accounts/can_52322/line_items/debit_offsets"
        canopy_mock.client.post(path, json={"original_amount_cents": 1})
    """
    with serving_oddly({}) as server:
        code, printed = run(tmp_path, test, "--canopy-mock-url", server.url)
    assert (code, "2 passed, 1 error" in printed) == (1, True)
    assert "ERROR at teardown of test_corrupted" in printed
    told = r"the ledger is broken:\s+E\s+account can_52322 is not what its events lead to\s+E\s+acc"
    assert re.search(f"AssertionError: {told}", printed)
    assert re.search(r"- canopy-mock, sbx_test_corrupted_\w+ -+\n1: POST .* -> 200", printed)


def test_a_failure_shows_what_was_asked_and_no_code_of_ours(tmp_path: Path) -> None:
    test = """
    def test_it(canopy_mock):
        canopy_mock.client.get("/accounts/can_52322")
        canopy_mock.exchanges.assert_called(2, operation="getAccount")
    """
    code, printed = run(tmp_path, test)
    assert code == 1
    assert "AssertionError: operation=getAccount: expected 2, found 1" in printed
    assert re.search(
        r"-+ canopy-mock, sbx_test_it_\w+ -+\n1: GET /accounts/can_52322 -> 200\n"
        r"   answered {\"account_id\":\"can_52322\",.{200,}…\n",
        printed,
    )
    assert "parts.py" not in printed


def test_a_fixture_that_fails_shows_what_it_asked(tmp_path: Path) -> None:
    test = """
    import pytest

    @pytest.fixture
    def offset(canopy_mock):
        path = "/accounts/can_52322/line_items/debit_offsets"
        answer = canopy_mock.client.post(path, json={"original_amount_cents": -1})
        assert answer.status_code == 200

    def test_it(offset):
        pass
    """
    code, printed = run(tmp_path, test)
    assert (code, "ERROR at setup of test_it" in printed) == (1, True)
    assert 'debit_offsets -> 422\n   sent {"original_amount_cents":-1}\n   answered {' in printed


def test_nothing_of_ours_is_imported_before_the_fixture_is_asked_for(tmp_path: Path) -> None:
    test = """
    import sys
    def test_it():
        ours = {name for name in sys.modules if name.startswith("mockserver")}
        assert ours == {"mockserver", "mockserver.pytest_plugin"}
        assert "httpx" not in sys.modules
    """
    code, printed = run(tmp_path, test)
    assert code == 0, printed


def test_a_server_that_others_can_reach_is_used_with_its_control_token(tmp_path: Path) -> None:
    test = "    def test_it(canopy_mock):\n        canopy_mock.account(principal_cents=1)\n"
    options = ("--host", "0.0.0.0", "--control-token", "secret-7")  # noqa: S104 - for a moment
    with serving(*options) as server:
        where = ("--canopy-mock-url", f"http://127.0.0.1:{server.address[1]}")
        code, printed = run(tmp_path, test, *where)
        assert (code, 'Send the control token as "X-Canopy-Control' in printed) == (1, True)
        code, printed = run(tmp_path, test, *where, "--canopy-mock-control-token", "secret-7")
        assert code == 0, printed
