"""The pytest plugin, as a project sees it that has canopy-mock installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.running import serving

ALONE = ("-p", "mockserver.pytest_plugin", "-p", "xdist")
"""Without the plugins of others, which take seconds to import in each worker."""

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


def run(folder: Path, code: str, *arguments: str, alone: bool = True) -> tuple[int, str]:
    """Run pytest on ``code`` in a project of its own."""
    lines = code.strip("\n").splitlines()
    (folder / "test_it.py").write_text("\n".join(line[4:] for line in lines) + "\n")
    (folder / "pytest.ini").write_text("[pytest]\ncanopy_mock_options = --accounts 3\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *(ALONE if alone else ()), "-W", "error", *arguments],
        cwd=folder,
        env={**os.environ, **({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if alone else {})},
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
    code, printed = run(tmp_path, test, "-o", "canopy_mock_options=--accounts 2")
    assert code == 1
    assert "StartError: canopy-mock: Invalid value for '--accounts'" in printed


def test_a_ledger_that_is_wrong_after_a_test_fails_it(tmp_path: Path) -> None:
    test = """
    def test_it(canopy_mock):
        control = canopy_mock.control
        def corrupted(method, path, *rest):
            answer = control(method, path, *rest)
            return {**answer, "broken": ["a cent is missing"]} if path == "verify" else answer
        canopy_mock.control = corrupted
    """
    code, printed = run(tmp_path, test)
    assert code == 1
    assert "ERROR at teardown of test_it" in printed
    assert re.search(r"AssertionError: the ledger is broken:\s+E\s+a cent is missing", printed)


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
        r"-+ canopy-mock, sbx_test_it_\w+ -+\n1: GET /accounts/can_52322 -> 200", printed
    )
    assert "parts.py" not in printed


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
