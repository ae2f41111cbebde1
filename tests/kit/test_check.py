"""``canopy-mock check``, from its command line: exit codes, errors, reports, what is undone."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from click.testing import CliRunner, Result

from contract_tests.command import _screen
from contract_tests.target import no_tls
from mockserver.cli import cli
from tests.zoo.guard import TOKEN
from tests.zoo.server import started

ROOT = Path(__file__).parent.parent.parent
ACCOUNTS = ("can_101", "can_102", "can_103")
WHO = ("--token", TOKEN, *(part for of in ACCOUNTS for part in ("--account", of)))
QUICK = (*WHO, "--allow-writes", "--quick", "--seed", "1")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CANOPY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    with started("plain") as url:
        yield url


def check(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", url, *arguments])


def total(url: str, account: str) -> int:
    answer = httpx.get(f"{url}/accounts/{account}", headers={"Authorization": f"Bearer {TOKEN}"})
    cents: int = answer.json()["summary"]["total_balance_cents"]
    return cents


class TestOutcome:
    """What a run ends with."""

    def test_a_server_that_keeps_the_contract_is_0(self, plain: str) -> None:
        result = check(plain, *QUICK, "--layer", "money,auth")

        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("KEPT: ")
        assert "money" in result.stderr
        assert "auth" in result.stderr
        assert "accepts." not in result.stdout, "nobody asked for that layer"

    def test_a_broken_rule_is_1_and_told_with_what_shows_it(self) -> None:
        with started("amount_string_taken") as url:
            result = check(url, *QUICK, "--layer", "refuses")

        assert result.exit_code == 1
        assert "refuses.amount-types  (seed)" in result.stdout
        assert 'expected  a refusal (4xx) of original_amount_cents "2"' in result.stdout
        assert re.search(r"got +200\s+\{", result.stdout)
        assert "curl -sS -i -X POST" in result.stdout

    def test_what_was_posted_is_taken_back(self, plain: str) -> None:
        before = [total(plain, account) for account in ACCOUNTS]
        result = check(plain, *QUICK, "--layer", "money")

        assert [total(plain, account) for account in ACCOUNTS] == before
        assert re.search(
            r"can_101: \d+ debit offsets of \d+ cents in all, taken back", result.stdout
        )

    def test_the_last_line_does_it_again(self, plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
        first = check(plain, *QUICK, "--layer", "money", "--max-cents", "2000")
        line = first.stdout.strip().rpartition("Repeat")[2]
        monkeypatch.setenv("CANOPY_TOKEN", TOKEN)
        again = CliRunner().invoke(cli, shlex.split(line)[1:])

        assert TOKEN not in line
        assert again.exit_code == 0, again.output
        assert again.stdout.strip().rpartition("Repeat")[2] == line
        covered = re.compile(r"createAccountDebitOffset +200 .*")
        assert covered.findall(again.stdout) == covered.findall(first.stdout)

    def test_what_may_not_be_posted_is_not_seen_and_not_passed(self, plain: str) -> None:
        before = [total(plain, account) for account in ACCOUNTS]
        result = check(plain, *WHO, "--quick")

        assert result.exit_code == 0, result.output
        assert [total(plain, account) for account in ACCOUNTS] == before
        assert "needs --allow-writes" in result.stdout

    def test_a_server_that_only_posts_is_checked_as_far_as_can_be_seen(self) -> None:
        with started("only_post") as url:
            result = check(url, *QUICK)

        assert result.exit_code == 0, result.output
        assert "the server has no GET" in result.stdout
        assert "money.total-falls" in result.stdout  # among what was not seen


class TestCannotRun:
    """One line on stderr, and exit code 2."""

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (
                (*WHO[2:], "--quick"),
                "say who asks, with --token, or --client-id and --client-secret",
            ),
            (("--token", TOKEN), "name an account to try, with --account or CANOPY_ACCOUNT"),
            (
                (*WHO[:2], "--account", "none", "--allow-writes"),
                "answers a plain debit offset on none with 404",
            ),
            ((*QUICK, "--token", "wrong"), "with 403: the token is refused"),
            ((*QUICK, "--token", ""), "--client-secret: the token is empty"),
            ((*QUICK, "--token", " \n"), "the token is blank"),
            ((*QUICK, "--token", "b\xe4d"), "the token has a character outside ASCII in it"),
            ((*QUICK, "--token", "b\x07d"), "the token has a control character in it"),
            ((*QUICK, "--token", "Bearer x"), "the token has a space in it"),
            ((*QUICK, "--token", "x\n"), "the token has a line break at its end"),
            ((*QUICK, "--token", " x"), "the token has a space at its beginning"),
            ((*QUICK, "--read-only-token", "x\t"), "the read-only token has a tab at its end"),
            ((*QUICK, "--layer", "mony"), "'mony' is no layer; there are shape, accepts"),
            ((*QUICK, "--operation", "x"), "no rule is about 'x'; known: "),
            ((*QUICK, "--update-baseline"), "--update-baseline needs --baseline"),
            ((*QUICK, "--baseline", "no.json"), "no.json: No such file or directory"),
            ((*QUICK, "--config", "no.toml"), "no.toml: No such file or directory"),
            (
                (*QUICK, "--html", "no/page.html"),
                "the html report cannot be written to no/page.html: No such file or directory",
            ),
            ((*QUICK, "--har", "."), "the har report cannot be written to .: Is a directory"),
            (
                (*QUICK, "--baseline", "no/b.json", "--update-baseline"),
                "the baseline cannot be written to no/b.json: No such file or directory",
            ),
            (
                (*WHO, "--quick", "--layer", "model"),
                "nothing could be checked: needs --allow-writes",
            ),
            (
                (*QUICK, "--layer", "money,model", "--operation", "createAccessToken"),
                "checked: no rule of money, model is about createAccessToken",
            ),
            (
                (*QUICK, "--strict"),
                "--strict is about assumptions, which a run with --quick does not look at",
            ),
            ((*WHO, "--everything", "--layer", "auth"), "which a run with --layer does not look"),
        ],
        ids=lambda given: given if isinstance(given, str) else "",
    )
    def test_it_says_why(self, plain: str, arguments: tuple[str, ...], told: str) -> None:
        with pytest.raises(SystemExit) as ended:
            run_main(plain, arguments)

        assert ended.value.code == 2

        assert told in self.line

    @pytest.fixture(autouse=True)
    def _read(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    @property
    def line(self) -> str:
        lines = [of for of in self._capsys.readouterr().err.splitlines() if "canopy-mock:" in of]
        assert len(lines) == 1
        return lines[0]

    def test_a_port_where_nobody_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with pytest.raises(SystemExit) as ended:
                run_main(url, QUICK)

        assert ended.value.code == 2
        assert f"cannot reach {url}: the connection broke: Connection refused" in self.line

    def test_a_server_without_tls(self, plain: str) -> None:
        with pytest.raises(SystemExit) as ended:
            run_main(plain.replace("http://", "https://"), QUICK)

        assert ended.value.code == 2
        assert "no TLS with https://127.0.0.1" in self.line

    @pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://x", "http://", "http://x?y=1"])
    def test_a_url_that_is_none(self, url: str) -> None:
        with pytest.raises(SystemExit) as ended:
            run_main(url, QUICK)

        assert ended.value.code == 2
        assert repr(url) in self.line

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("http://user:hunter2@host", "'http://…@host' has a user in it: say who asks"),
            ("http://:hunter2@host", "'http://…@host' has a user in it"),
            ("http://user:hun/ter2@host", "'http://…@host' is no URL"),
            ("http://user:hunter 2@host", "'http://…@host' has a space in it"),
            ("user:hunter2@host", "'…@host' is no http or https URL"),
            ("http://host/a b", "'http://host/a b' has a space in it"),
            ("http://h\xf6st", "'http://höst' has 'ö' in it: write a path percent-encoded"),
            ("http://host/\n", "has a line break in it"),
        ],
    )
    def test_a_url_that_is_refused_is_told_without_a_password(self, url: str, told: str) -> None:
        with pytest.raises(SystemExit) as ended:
            run_main(url, QUICK)

        assert ended.value.code == 2
        line = self.line
        assert told in line
        assert "hun" not in line
        assert "ter2" not in line


class TestTls:
    """What is told where TLS fails."""

    def test_a_certificate_is_told_with_what_helps(self) -> None:
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.reason, error.verify_message = "CERTIFICATE_VERIFY_FAILED", "self-signed certificate"

        assert str(no_tls("https://host", error)) == (
            "no TLS with https://host: CERTIFICATE_VERIFY_FAILED: self-signed certificate; "
            "for a private CA, set SSL_CERT_FILE to its certificate"
        )

    def test_what_is_no_certificate_has_no_such_advice(self) -> None:
        error = ssl.SSLError(1, "wrong version number")
        error.reason = "WRONG_VERSION_NUMBER"

        assert (
            str(no_tls("https://host", error)) == "no TLS with https://host: WRONG_VERSION_NUMBER"
        )


def run_main(url: str, arguments: tuple[str, ...]) -> None:
    from mockserver.cli import main  # noqa: PLC0415 - it exits

    main(["check", url, *arguments])


class TestWhereOptionsComeFrom:
    """The command line, then the environment, then a file."""

    def test_the_environment(self, plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "CANOPY_URL": plain,
            "CANOPY_TOKEN": TOKEN,
            "CANOPY_ACCOUNT": "can_101,can_102",
            "CANOPY_ALLOW_WRITES": "1",
        }.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(cli, ["check", "--quick", "--layer", "auth"])

        assert result.exit_code == 0, result.output
        assert "can_102" in result.stdout

    @pytest.mark.parametrize(
        ("name", "table"),
        [("check.toml", ""), ("pyproject.toml", "[tool.canopy-mock.check]\n")],
    )
    def test_a_file(self, plain: str, name: str, table: str) -> None:
        lines = f'token = "{TOKEN}"\naccount = ["can_103"]\nallow-writes = true\nlayer = ["auth"]\n'
        Path(name).write_text(table + lines, encoding="utf-8")
        result = check(plain, "--quick")

        assert result.exit_code == 0, result.output
        assert "can_103" in result.stdout

    def test_a_file_with_a_word_that_is_no_option(self, plain: str) -> None:
        Path("check.toml").write_text("acount = []\n", encoding="utf-8")
        result = check(plain)

        assert result.exit_code == 2
        assert "check.toml: there is no acount; known: account, allow-writes" in result.output

    @pytest.mark.parametrize("named", ['"can_103"', '"can_103,can_101"', '["can_103"]'])
    def test_a_file_may_name_the_server_and_one_account_without_a_list(
        self, plain: str, named: str
    ) -> None:
        lines = f'url = "{plain}"\naccount = {named}\ntoken = "{TOKEN}"\nlayer = "auth"\n'
        Path("check.toml").write_text(lines, encoding="utf-8")
        result = CliRunner().invoke(cli, ["check", "--quick"])

        assert result.exit_code == 0, result.output
        assert "--account can_103" in result.stdout

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("max-cents = 1.5", "max-cents has to be a whole number"),
            ("max-cents = true", "max-cents has to be a whole number"),
            ("rate = true", "rate has to be a number"),
            ('quick = "yes"', "quick has to be true or false"),
            ("account = [5]", "account has to be a text, or a list of texts"),
            ("account = {a = 1}", "account has to be a text, or a list of texts"),
            ("junit = 5", "junit has to be a text"),
            ("token = 55555", "token has to be a text"),
            ("max_cents = 5\nmax-cents = 6", "max-cents is there twice"),
        ],
    )
    def test_a_file_with_a_value_of_another_type(self, line: str, told: str) -> None:
        Path("check.toml").write_text(f"{line}\n", encoding="utf-8")
        result = check("http://127.0.0.1:1", *QUICK)

        assert result.exit_code == 2
        assert f"check.toml: {told}\n" in result.output
        assert "55555" not in result.output

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("tool = 5", "tool"),
            ("[tool]\ncanopy-mock = 5", "canopy-mock"),
            ("[tool.canopy-mock]\ncheck = 5", "check"),
        ],
    )
    def test_a_file_without_a_table_where_one_has_to_be(self, text: str, name: str) -> None:
        Path("pyproject.toml").write_text(text, encoding="utf-8")
        result = check("http://127.0.0.1:1", *QUICK)

        assert result.exit_code == 2
        told = f"pyproject.toml: {name}, of tool.canopy-mock.check, is no table"
        assert told in result.output

    def test_a_client_is_exchanged_for_a_token(self, plain: str) -> None:
        who = ("--client-id", "zoo", "--client-secret", "zoo-secret-55c2", *WHO[2:])
        result = check(plain, *who, "--allow-writes", "--quick", "--layer", "auth")

        assert result.exit_code == 0, result.output
        assert "auth.token" not in result.stdout  # it was seen


class TestFiles:
    """What a run writes."""

    def test_reports_tell_nothing_secret(self) -> None:
        names = {
            "junit": "j.xml",
            "html": "p.html",
            "markdown": "s.md",
            "sarif": "r.sarif",
            "har": "x.har",
        }
        files = [part for of in names.items() for part in (f"--{of[0]}", of[1])]
        with started("amount_string_taken") as url:
            result = check(url, *QUICK, "--layer", "refuses,auth", *files)

        assert result.exit_code == 1
        for name in names.values():
            text = Path(name).read_text(encoding="utf-8")
            assert "refuses.amount-types" in text or name == "x.har"
            assert TOKEN not in text
        assert TOKEN not in result.output

    def test_a_baseline_accepts_what_is_known(self) -> None:
        known = ("--layer", "refuses", "--baseline", "known.json")
        with started("amount_string_taken") as url:
            written = check(url, *QUICK, *known, "--update-baseline")
            accepted = check(url, *QUICK, *known)

        assert written.exit_code == 0
        assert json.loads(Path("known.json").read_text())["accepted"] == ["refuses.amount-types"]
        assert accepted.exit_code == 0, accepted.output
        with started("amount_null_taken") as url, started("allocation_null_taken") as other:
            assert check(url, *QUICK, *known).exit_code == 0  # the same rule
            assert check(other, *QUICK, *known).exit_code == 1  # another one

    def test_a_run_of_some_layers_keeps_what_it_did_not_look_at(self) -> None:
        known = ["auth.scheme", "refuses.body", "refuses.amount-types"]
        Path("known.json").write_text(json.dumps({"accepted": known}))
        update = ("--layer", "refuses", "--baseline", "known.json", "--update-baseline")
        with started("amount_string_taken") as url:
            result = check(url, *QUICK, *update)

        assert result.exit_code == 0, result.output
        kept = json.loads(Path("known.json").read_text())["accepted"]
        assert kept == ["auth.scheme", "refuses.amount-types"]

    def test_a_run_that_saw_nothing_changes_no_baseline(self, plain: str) -> None:
        update = ("--layer", "model", "--baseline", "known.json", "--update-baseline")
        result = check(plain, *WHO, "--quick", *update, "--markdown", "s.md")

        assert result.exit_code != 0
        assert result.stdout.startswith("NOT CHECKED: 0 rules hold")
        assert Path("s.md").read_text().startswith("## ❌ NOT CHECKED")
        assert not Path("known.json").exists()

    def test_where_a_file_cannot_be_written_nothing_is_asked(self) -> None:
        result = check("http://127.0.0.1:1", *QUICK, "--sarif", "no/x.sarif")

        assert "no/x.sarif" in result.output
        assert "127.0.0.1" not in result.output, "it was not reached for"

    def test_files_are_written_before_the_report_is_told(self, plain: str) -> None:
        arguments = ("check", plain, *QUICK, "--layer", "auth", "--junit", "j.xml")
        command = shlex.join([sys.executable, "-m", "mockserver", *arguments])
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {command} >/dev/full"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )

        assert done.returncode == 2
        assert "auth.required" in Path("j.xml").read_text()

    def test_nothing_is_left_where_it_is_started(self, plain: str, tmp_path: Path) -> None:
        arguments = (*WHO, "--allow-writes", "--layer", "model", "--budget", "4")
        subprocess.run(
            [sys.executable, "-m", "mockserver", "check", plain, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )

        assert list(tmp_path.iterdir()) == []


class TestScreen:
    """How a report looks depends on where it is shown."""

    @pytest.mark.parametrize(
        ("environment", "is_coloured", "width"),
        [
            ({}, True, 80),
            ({"COLUMNS": "60"}, True, 60),
            ({"COLUMNS": "5"}, True, 40),
            ({"COLUMNS": "500"}, True, 100),
            ({"NO_COLOR": "1"}, False, 80),
            ({"NO_COLOR": ""}, True, 80),
            ({"TERM": "dumb"}, False, 80),
        ],
    )
    def test_a_terminal_says_what_it_can(
        self,
        monkeypatch: pytest.MonkeyPatch,
        environment: dict[str, str],
        is_coloured: bool,  # noqa: FBT001 - a column of a table
        width: int,
    ) -> None:
        for name, value in {"TERM": "xterm", "COLUMNS": "80", **environment}.items():
            monkeypatch.setenv(name, value)
        if "NO_COLOR" not in environment:
            monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))

        assert _screen() == (is_coloured, width)

    @pytest.mark.parametrize("stdout", [None, SimpleNamespace(isatty=lambda: False)])
    def test_what_is_no_terminal_has_no_colours_and_one_width(
        self, monkeypatch: pytest.MonkeyPatch, stdout: object
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setattr("sys.stdout", stdout)

        assert _screen() == (False, 100)


class TestExitCode:
    """1 says that a rule is broken, and nothing else says so."""

    @pytest.mark.parametrize("where", ["config._table", "running.run_check"])
    def test_a_bug_is_2(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
    ) -> None:
        def fail(*_: object) -> None:
            raise TypeError("of ours")

        monkeypatch.setattr(f"contract_tests.{where}", fail)
        Path("check.toml").touch()
        with pytest.raises(SystemExit) as ended:
            run_main("http://127.0.0.1:1", QUICK)

        assert ended.value.code == 2
        assert "the check failed: TypeError of ours" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("redirection", "code", "told"),
        [
            (">&-", 0, ""),
            (">/dev/full", 2, "cannot be written to stdout: No space left"),
            ("2>&-", 0, ""),
        ],
    )
    def test_a_report_that_nobody_reads(
        self, plain: str, redirection: str, code: int, told: str
    ) -> None:
        arguments = shlex.join([sys.executable, "-m", "mockserver", "check", plain, *QUICK])
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {arguments} --layer auth {redirection}"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == code, done.stderr
        assert told in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
class TestCurl:
    """What is told to be pasted shows what is broken."""

    @pytest.mark.parametrize(
        "name", ["amount_string_taken", "id_slashes", "auth_no_header_comes_in"]
    )
    def test_a_pasted_line_is_answered_200_where_it_should_be_refused(self, name: str) -> None:
        with started(name) as url:
            result = check(url, *QUICK, "--layer", "refuses,accepts,auth", "--budget", "20")
            lines = [
                of.strip() for of in result.stdout.splitlines() if of.strip().startswith("curl")
            ]
            pasted = subprocess.run(
                ["/bin/sh", "-c", lines[0]],
                env={**os.environ, "CANOPY_TOKEN": TOKEN},
                capture_output=True,
                text=True,
                check=True,
            )

        assert "200 OK" in pasted.stdout.splitlines()[0], lines[0]
