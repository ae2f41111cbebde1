"""What all reports of a run have in common: the verdict, nothing secret, files to stand in."""

from __future__ import annotations

import base64
import html as html_library
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from contract_tests.findings import AssumptionState, Report, RuleState
from contract_tests.reports import har, html, junit, markdown, sarif, terminal
from contract_tests.reports.redaction import Redactor, redacted
from contract_tests.reports.summary import printable, verdict
from contract_tests.reports.writing import FORMATS, write
from contract_tests.target import ReportError
from tests.kit.sample_report import (
    CLIENT_SECRET,
    EXACT,
    ISSUED,
    SECRETS,
    TOKEN,
    clean,
    everything,
)

RENDERERS: dict[str, Callable[..., str]] = {
    "terminal": terminal.render,
    "junit": junit.render,
    "html": html.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "har": lambda report, secrets=(): "".join(har.lines(report, secrets=secrets)),
}
every_format = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)


@pytest.fixture
def report() -> Report:
    """A run that found something of every kind."""
    return everything()


class TestVerdict:
    """The first thing everybody reads."""

    def test_it_counts_what_is_broken_accepted_held_and_untested(self, report: Report) -> None:
        held = len(report.rules) - 4
        assert verdict(report) == (
            f"BROKEN: 2 rules are broken, 1 broken rule is accepted, {held} rules hold, "
            "1 rule is untested."
        )
        assert verdict(clean()) == "KEPT: 80 rules hold, 3 rules are untested."

    def test_what_the_baseline_accepts_breaks_nothing(self, report: Report) -> None:
        known = report._replace(findings=[of for of in report.findings if of.is_accepted])
        assert verdict(known).startswith("KEPT: 1 broken rule is accepted, ")

    def test_a_refuted_assumption_counts_if_the_run_is_strict(self, report: Report) -> None:
        without = report._replace(findings=[])
        assert verdict(without).startswith("KEPT: ")
        strict = without._replace(is_strict=True)
        assert verdict(strict).startswith("BROKEN: 1 assumption is refuted, ")


class TestSecrets:
    """What is in no report."""

    @every_format
    def test_no_secret_is_in_any_report_however_it_is_spelled(
        self, report: Report, render: Callable[..., str]
    ) -> None:
        text = render(report, secrets=SECRETS)
        plain = html_library.unescape(unquote(_unescaped(text)))
        for secret in (*SECRETS, ISSUED):
            for leak in (secret, secret[:-1], secret[1:], html_library.unescape(secret)):
                assert leak not in text
                assert leak not in plain
            for shift in range(3):
                encoded = base64.b64encode(b"x" * shift + secret.encode())[4:-4].decode()
                assert encoded not in text
                assert encoded.replace("+", "-").replace("/", "_") not in text

    @every_format
    def test_the_secrets_were_there_to_be_found(
        self, report: Report, render: Callable[..., str]
    ) -> None:
        assert TOKEN in html_library.unescape(unquote(_unescaped(render(report))))

    @every_format
    def test_what_was_taken_out_stays_out_the_second_time(
        self, report: Report, render: Callable[..., str]
    ) -> None:
        once = redacted(report, SECRETS)
        assert render(once, secrets=SECRETS) == render(once) == render(report, secrets=SECRETS)

    def test_a_command_still_works_without_the_token(self) -> None:
        without = Redactor(SECRETS)
        assert without.text(f"-H 'A: Bearer {TOKEN}'") == "-H 'A: Bearer $CANOPY_TOKEN'"
        assert without.text(f"{TOKEN}x") == "${CANOPY_TOKEN}x"
        assert without.text(f"-u demo:{CLIENT_SECRET}") == "-u demo:[secret]"

    def test_most_of_a_secret_is_a_secret_and_a_common_beginning_is_none(self) -> None:
        without = Redactor(["demo-token-0123456789"])
        assert without.text("<demo-token-012345678>") == "<[part of a secret]>"
        assert without.text("<emo-token-0123456789>") == "<[part of a secret]>"
        assert without.text("demo-token is the name") == "demo-token is the name"

    @pytest.mark.parametrize(
        "spelled",
        [
            "a/b&\"'é +0123",
            "a%2Fb%26%22%27%C3%A9%20%2B0123",
            "a%2fb%26%22%27%c3%a9+%2b0123",
            "a\\/b&\\\"'\\u00e9 +0123",
            "\\u0061\\u002F\\u0062\\u0026\\u0022\\u0027\\u00E9\\u0020\\u002B\\u0030123",
            "a/b&amp;&quot;&#x27;&#233; +0123",
            "a&#x2F;b&#38;&#34;&#39;&#xe9; +0123",
            "a/b&\"'Ã© +0123",
            "%61/b%26\\u0022&#39;é+&#43;0123",
        ],
    )
    def test_a_secret_is_known_in_any_spelling_and_in_a_mix(self, spelled: str) -> None:
        without = Redactor(["a/b&\"'é +0123"])
        assert without.text(f"<{spelled}>") == "<$CANOPY_TOKEN>"

    def test_it_is_known_in_the_base64_of_addresses_too(self) -> None:
        without = Redactor(["~?>~?>~?>~?>"])
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"id:~?>~?>~?>~?>:rest").decode()
            assert without.text(encoded) == f"{encoded[:4]}$CANOPY_TOKEN{encoded[20:]}"

    def test_every_text_that_a_server_may_have_written_is_looked_through(
        self, report: Report
    ) -> None:
        worst = report.findings[0]._replace(expected=TOKEN)
        layer = report.layers[0]._replace(untested=TOKEN)
        full = report._replace(
            url=f"http://x/{TOKEN}", notes=[TOKEN], findings=[worst], layers=[layer]
        )
        told = redacted(full, SECRETS)
        assert (told.url, told.notes) == ("http://x/$CANOPY_TOKEN", ["$CANOPY_TOKEN"])
        assert told.findings[0].expected == told.layers[0].untested == "$CANOPY_TOKEN"

    def test_a_short_secret_is_taken_out_whole_only(self) -> None:
        assert Redactor(["abc"]).text("ab abc bc") == "ab $CANOPY_TOKEN bc"

    def test_bodies_keep_every_other_byte(self) -> None:
        body = b"\xff\x00" + TOKEN.encode() + b"\xfe"
        assert Redactor([TOKEN]).body(body) == b"\xff\x00$CANOPY_TOKEN\xfe"

    def test_credentials_that_nobody_told_are_taken_out_of_headers(self) -> None:
        headers = (
            ("AUTHORIZATION", "Bearer who-knows"),
            ("Proxy-Authorization", "who-knows"),
            ("Authorization", "Bearer "),
            ("Cookie", "a=b; c=d"),
        )
        assert [value for _, value in Redactor(()).headers(headers)] == [
            "Bearer [another token, 9 characters]",
            "[another token, 9 characters]",
            "Bearer ",
            "a=[secret]",
        ]

    def test_the_words_of_the_contract_stay(self, report: Report) -> None:
        told = redacted(report, ["money", "createAccountDebitOffset"])
        assert told.findings[0].rule == EXACT
        assert told.coverage == report.coverage


class TestWriting:
    """Reports in files."""

    def test_it_writes_the_wanted_formats(self, report: Report, tmp_path: Path) -> None:
        paths = {name: tmp_path / name for name in FORMATS}
        write(report, paths, SECRETS)
        for name, path in paths.items():
            assert path.read_text("utf-8") == RENDERERS[name](report, secrets=SECRETS)

    def test_a_file_that_cannot_be_written_is_told_in_a_line(
        self, report: Report, tmp_path: Path
    ) -> None:
        path = tmp_path / "nowhere" / "report.xml"
        with pytest.raises(ReportError) as told:
            write(report, {"junit": path})
        assert str(told.value) == (
            f"the junit report cannot be written to {path}: No such file or directory"
        )

    def test_a_file_that_cannot_be_written_keeps_no_other_from_it(
        self, report: Report, tmp_path: Path
    ) -> None:
        with pytest.raises(ReportError, match="the junit report"):
            write(report, {"junit": tmp_path / "no" / "a", "html": tmp_path / "b"})
        assert (tmp_path / "b").exists()

    def test_an_unknown_format_is_told_before_anything_is_written(
        self, report: Report, tmp_path: Path
    ) -> None:
        with pytest.raises(ReportError, match="'pdf' is no format of a report; there are junit"):
            write(report, {"junit": tmp_path / "a", "pdf": tmp_path / "b"})
        assert not list(tmp_path.iterdir())


def test_the_sample_has_every_kind_of_thing(report: Report) -> None:
    assert {of.state for of in report.rules} == set(RuleState)
    assert {of.state for of in report.assumptions} == set(AssumptionState)
    assert {of.is_accepted for of in report.findings} == {True, False}
    assert {of.is_flaky for of in report.findings} == {True, False}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain", "plain"),
        ("é 𝄞 日", "é 𝄞 日"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\rb\x1b\x9b", "a\\rb\\x1b\\x9b"),
        ("\u2028\u200b\ufeff\ud800\U000e0001", "\\u2028\\u200b\\ufeff\\ud800\\U000e0001"),
    ],
)
def test_what_nobody_sees_is_written_out(text: str, told: str) -> None:
    assert printable(text) == told


def _unescaped(text: str) -> str:
    """Undo the escapes of JSON as often as they were made."""
    for _ in range(3):
        text = re.sub(
            r"\\u([0-9a-f]{4})", lambda of: chr(int(of[1], 16)), text, flags=re.IGNORECASE
        )
        text = re.sub(r'\\([\\"/])', r"\1", text)
    return text
