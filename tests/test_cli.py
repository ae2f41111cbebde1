"""The command, run as its users run it."""

from __future__ import annotations

import contextlib
import gc
import json
import re
import shutil
import signal
import socket
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from mockserver import __version__
from mockserver import serving as serving_module
from mockserver.options import CONFIG_FILE
from mockserver.settings import Settings
from tests.running import in_shell, run, serving

OPTIONS = [
    *("host", "port", "seed", "accounts", "token", "compat", "processing", "scenario"),
    *("check-responses", "reload", "open"),
]


def test_the_version_is_told() -> None:
    assert run("--version") == (0, f"canopy-mock {__version__}\n", "")


def test_help_names_every_option_with_its_default_and_its_variable() -> None:
    code, text, _ = run("serve", "--help")
    shown = " ".join(text.split())

    assert code == 0
    for option in OPTIONS:
        assert f"--{option}" in shown
        assert f"CANOPY_MOCK_{option.replace('-', '_').upper()}" in shown
    assert "default: 127.0.0.1" in shown
    assert "default: 8080" in shown


def test_the_curl_line_that_is_printed_works_when_pasted() -> None:
    with serving() as server:
        lines = server.text.splitlines()
        start = next(n for n, line in enumerate(lines) if line.strip().startswith("curl"))
        answer = in_shell("\n".join(lines[start : start + 4]).strip())

    assert json.loads(answer)["line_item_summary"]["principal_cents"] == -200


def test_the_ready_text_shows_three_accounts_with_their_balances() -> None:
    with serving("--seed", "7") as server:
        text = server.text
    assert "25 accounts from seed 7" in text
    for row in (
        "can_52322                 REVOLVING               $1,548.20  $1,500.00    $19.20",
        "31mNprzLd2bKl6koVna68ARM  INSTALLMENT             $8,561.38",
        "can_52323                 MIXED_RATE_INSTALLMENT  $2,516.02",
    ):
        assert row in text


def test_where_no_account_takes_an_offset_the_printed_request_is_a_read() -> None:
    with serving("--scenario", "closed") as server:
        line = next(line for line in server.text.splitlines() if line.strip().startswith("curl"))
        answer = json.loads(in_shell(line.strip()))

    assert [account["account_id"] for account in answer["results"]] == ["can_52322"]


def test_a_browser_is_opened_only_where_there_is_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    def run_shortly(_: object, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        on_ready()
        listener.close()

    monkeypatch.setattr(serving_module, "run", run_shortly)
    monkeypatch.setattr(serving_module, "settle_memory", gc.enable)
    for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - closed at once
        serving_module.serve_once(Settings(host=host, port=0, accounts=3), opens=True)

    assert len(opened) == 1
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/_mock/", opened[0])


def test_a_server_that_others_can_reach_promises_no_console() -> None:
    with serving("--host", "0.0.0.0") as server:  # noqa: S104 - for as long as it takes
        assert "/_mock/" not in server.text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("--port 70000", "'CANOPY_MOCK_PORT'): 70000 is not in the range 0<=x<=65535"),
        ("--port http", "Invalid value for '--port'"),
        ("--accounts 2", "'CANOPY_MOCK_ACCOUNTS'): 2 is not in the range 3<=x<=100000"),
        ("--compat exact", "'exact' is not one of 'documented', 'observed'"),
        ("--prot 1", "No such option '--prot'"),
        ("--token a,b", "'a,b' is no bearer token; use [A-Za-z0-9._~+/-]+=*"),
        ("--port 0 --scenario nothing", "there is no scenario 'nothing'; there are"),
        ("--port 0 --scenario none.yaml", "none.yaml: No such file or directory"),
        ("--frozen-at 2030-01-01", "'2030-01-01' is no instant such as 2030-01-01T00:00:00Z"),
        ("--frozen-at 9999-12-31T23:59:59Z", "'9999-12-31T23:59:59Z' is later than 3000-01-01"),
        ("--rate fast", "'fast' is no rate such as 10 or 100/60"),
        ("--rate 5/0", "'5/0' is no rate such as 10 or 100/60"),
        ("--max-sandboxes 0", "0 is not in the range x>=1"),
        ("--max-events 0", "0 is not in the range x>=1"),
        ("--forget-after 0", "0.0 is not in the range x>0"),
        ("--control-token=", "'CANOPY_MOCK_CONTROL_TOKEN'): '' is no token"),
        ("--control-token=caf\xe9", "'caf\xe9' is no token; use letters, digits and punctuation"),
        ("--allow-host=", "'CANOPY_MOCK_ALLOW_HOST'): '' is no host name such as mock.example"),
        ("--allow-host mock:80", "'mock:80' is no host name such as mock.example, without port"),
        ("--shared", "--shared needs [[clients]] in the configuration file"),
        ("--scenario sample --accounts 5", "--accounts does not go with --scenario"),
        ("--scenario sample --seed 5", "--seed does not go with --scenario"),
        ("--port 0 --host=", "--host is empty; say 0.0.0.0 for all addresses"),
        ("--host host.invalid", "cannot listen on host.invalid:8080: "),
        ("--config none.toml", "none.toml: No such file or directory"),
        ("extra", "Got unexpected extra argument (extra)"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, arguments: str, why: str) -> None:
    code, out, complaint = run("serve", *arguments.split(), cwd=tmp_path)

    assert (code, out) == (2, "")
    assert complaint.startswith("canopy-mock: ")
    assert why in complaint
    assert complaint.count("\n") == 1


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, complaint = run("serve", "--port", str(port))

    assert code == 2
    assert complaint == (
        f"canopy-mock: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    )


_CLIENT = '[[clients]]\nclient_id = "a"\nclient_secret = "b"\n'


class TestConfiguration:
    """The command line wins over the environment, the environment over the file."""

    def test_every_option_can_be_set_in_the_environment(self, tmp_path: Path) -> None:
        environment = {
            "CANOPY_MOCK_SEED": "5",
            "CANOPY_MOCK_ACCOUNTS": "4",
            "CANOPY_MOCK_TOKEN": "first second",
            "CANOPY_MOCK_COMPAT": "observed",
            "CANOPY_MOCK_PROCESSING": "controlled",
            "CANOPY_MOCK_CHECK_RESPONSES": "1",
        }
        with serving(cwd=tmp_path, **environment) as server:
            assert "4 accounts from seed 5" in server.text
            url = f"{server.url}/accounts/can_52322/line_items/debit_offsets"
            for token in ("first", "second"):
                headers = {"Authorization": f"Bearer {token}"}
                body = {"original_amount_cents": "5", "allocation": "FEE"}
                assert httpx.post(url, json=body, headers=headers).status_code == 200
            account = httpx.get(f"{server.url}/accounts/can_52322", headers=headers).json()
            assert account["summary"]["principal_cents"] == 150_000 - 10

    def test_a_file_sets_what_the_environment_and_the_command_leave_open(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / CONFIG_FILE).write_text(
            'seed = 5\naccounts = 4\ncheck-responses = true\ntoken = ["t1", "t2"]\n'
            '[[clients]]\nclient_id = "shop"\nclient_secret = "s"\nrole = "Operations"\n'
        )
        with serving("--seed", "6", cwd=tmp_path, CANOPY_MOCK_ACCOUNTS="5") as server:
            assert "5 accounts from seed 6" in server.text
            assert "Bearer t1" in server.text
            with httpx.Client(base_url=server.url) as client:
                credentials = {"client_id": "shop", "client_secret": "s"}
                token = client.post("/auth/token", json=credentials).json()["access_token"]
                post = "/accounts/can_52322/line_items/debit_offsets"
                body = {"original_amount_cents": 1}
                client.post(post, json=body, headers={"Authorization": "Bearer t2"})
                own = client.get(
                    "/accounts/can_52322", headers={"Authorization": f"Bearer {token}"}
                )
                assert own.json()["summary"]["principal_cents"] == 150_000

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("prot = 1", "$: Additional properties are not allowed ('prot' was unexpected)"),
            ("port = ", "Invalid value"),
            ('port = "http"', "$.port: 'http' is not of type 'integer'"),
            ("port = true", "$.port: True is not of type 'integer'"),
            (
                "port = 70000",
                "mine.toml: Invalid value for '--port'",
            ),
            ("accounts = 3.7", "$.accounts: 3.7 is not of type 'integer'"),
            ("token = []", "$.token: [] should be non-empty"),
            ("clients = 5", "$.clients: 5 is not of type 'array'"),
            ('[[clients]]\nclient_id = "a"', "$.clients[0]: 'client_secret' is a required"),
            ('[[clients]]\nclient_id = "a"\nclient_secret = 5', "5 is not of type 'string'"),
            (f'{_CLIENT}role = "King"', "$.clients[0].role: 'King' is not one of ['Admin'"),
            (f'{_CLIENT}sandbox = "a b"', "$.clients[0].sandbox: 'a b' does not match"),
            (_CLIENT.replace('"a"', '"a b"'), "[[clients]] 'a b': say which sandbox it has"),
            (_CLIENT * 2, "[[clients]] 'a' is there twice"),
        ],
    )
    def test_a_file_that_makes_no_sense_is_told_in_one_line(
        self, tmp_path: Path, text: str, why: str
    ) -> None:
        path = tmp_path / "mine.toml"
        path.write_text(text)
        code, _, complaint = run("serve", "--config", str(path), cwd=tmp_path)

        assert code == 2
        assert why in complaint
        assert complaint.count("\n") == 1


def test_a_shared_server_knows_minted_tokens_only(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text(f"shared = true\n{_CLIENT}")
    with serving(cwd=tmp_path) as server, httpx.Client(base_url=server.url) as client:
        assert "Get a token as a, whose secret you know" in server.text
        assert '"Authorization: Bearer $TOKEN"' in server.text
        for token in ("demo-token", "sbx_mine"):
            answer = client.get("/accounts", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 403
        minted = client.post("/auth/token", json={"client_id": "a", "client_secret": "b"})
        headers = {"Authorization": f"Bearer {minted.json()['access_token']}"}
        assert client.get("/accounts", headers=headers).status_code == 200
        for path in ("/_mock/sandboxes", "/_mock/strangers"):
            told = client.get(path, headers=headers).json()["error"]["message"]
            assert told == "On a shared server, nobody is told of others."


def test_a_shared_server_shows_nobody_anybodys_ledger(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text(f"shared = true\n{_CLIENT}")
    with serving(cwd=tmp_path) as server, httpx.Client(base_url=server.url) as client:
        client.post("/auth/token", json={"client_id": "a", "client_secret": "b"})
        for path in ("", "account?sandbox=a&id=can_52322", "?sandbox=a"):
            assert client.get(f"/_mock/{path}").status_code == 404
    assert "The ledger:" not in server.text


def test_nobody_fills_a_shared_server_with_forks(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text(f"shared = true\n{_CLIENT}")
    with serving(cwd=tmp_path) as server, httpx.Client(base_url=server.url) as client:
        minted = client.post("/auth/token", json={"client_id": "a", "client_secret": "b"})
        headers = {"Authorization": f"Bearer {minted.json()['access_token']}"}
        forked = client.post("/_mock/fork", json={"name": "sbx_unusable"}, headers=headers)

    assert forked.status_code == 403
    told = forked.json()["error"]["message"]
    assert told == "On a shared server, no token leads to a fork."


def test_a_shared_server_takes_no_token_from_the_command(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text(f"shared = true\n{_CLIENT}")
    code, _, complaint = run("serve", "--token", "mine", cwd=tmp_path)
    assert code == 2
    assert "--token does not go with --shared: tokens are minted" in complaint


def test_clocks_stand_still_where_they_are_told_to() -> None:
    with serving("--frozen-at", "2031-01-01T00:00:00Z", "--rate", "2/60") as server:
        headers = {"Authorization": "Bearer demo-token"}
        answers = [httpx.get(f"{server.url}/accounts", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert {answer.headers["date"] for answer in answers} == {"Wed, 01 Jan 2031 00:00:00 GMT"}
    assert answers[2].headers["retry-after"] == "60"


def test_sandboxes_and_what_happens_in_them_are_limited() -> None:
    with serving("--max-sandboxes", "2", "--max-events", "1") as server:
        post = f"{server.url}/accounts/can_52322/line_items/debit_offsets"
        answers = [
            httpx.post(
                post, json={"original_amount_cents": 1}, headers={"Authorization": f"Bearer {name}"}
            )
            for name in ("sbx_1", "sbx_1", "sbx_2", "demo-token")
        ]
    codes = [answer.json().get("error", {}).get("code") for answer in answers]
    assert codes == [None, "sandbox_full", "too_many_sandboxes", None]


def test_a_scenario_is_served_instead_of_a_portfolio() -> None:
    with serving("--scenario", "sample") as server:
        assert "3 accounts from scenario sample" in server.text


def test_scenarios_are_listed_with_their_purpose() -> None:
    code, text, _ = run("scenario", "list")
    assert code == 0
    assert "  sample\n      Three accounts that owe" in text
    assert "  revolving_debit_offset_fee\n      A debit offset on the fees" in text


def test_a_large_portfolio_shows_how_far_it_got() -> None:
    with serving("--accounts", "1200") as server:
        assert "1200 accounts" in server.text
        server.process.terminate()
        _, complaint = server.process.communicate()
    assert "Making accounts" in complaint
    assert "Posting their history" in complaint


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_quietly_when_told_to(how: signal.Signals) -> None:
    with serving() as server:
        server.process.send_signal(how)
        _, complaint = server.process.communicate(timeout=10)
    assert complaint == ""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout, whose contract a test may change."""
    for name in ("mockserver", "fixtures"):
        shutil.copytree(name, tmp_path / name)
    shutil.copy("openapi.yaml", tmp_path)
    return tmp_path


def test_it_starts_again_when_the_contract_changes(checkout: Path) -> None:
    contract = checkout / "openapi.yaml"
    changed = contract.read_text(encoding="utf-8") + "# changed\n"
    with serving("--reload", cwd=checkout) as server:
        contract.write_text(changed, encoding="utf-8")
        deadline = time.monotonic() + 30
        served = ""
        while served != changed and time.monotonic() < deadline:
            time.sleep(0.2)
            with contextlib.suppress(httpx.TransportError):
                served = httpx.get(f"{server.url}/openapi.yaml").text

    assert served == changed


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("paths:", "paths: {", ": line "),
        ("openapi: 3.0.3", "openapi: 3.1.0", "this is no OpenAPI 3.0 document"),
        ("operationId: getAccount\n", "operationId: fetchAccount\n", "no handler answers"),
    ],
)
def test_a_broken_contract_is_told_in_one_line(
    checkout: Path, old: str, new: str, why: str
) -> None:
    contract = checkout / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace(old, new), encoding="utf-8")
    code, _, complaint = run("serve", "--port", "0", cwd=checkout)

    assert code == 2
    assert complaint.startswith("canopy-mock: ")
    assert why in complaint
    assert complaint.count("\n") == 1


def test_reloading_does_not_begin_on_a_port_that_cannot_be_taken() -> None:
    code, out, complaint = run("serve", "--reload", "--port", "0", "--host", "host.invalid")

    assert (code, out) == (2, "")
    assert complaint.startswith("canopy-mock: cannot listen on host.invalid:0: ")
    assert complaint.count("\n") == 1
