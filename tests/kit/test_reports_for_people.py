"""Reports that people read: on a terminal, as a job summary, as a page."""

from __future__ import annotations

import html as html_library
import re
from html.parser import HTMLParser

import click
import pytest
from markdown_it import MarkdownIt

from contract_tests.findings import LayerResult, Report
from contract_tests.reports import html, markdown, terminal
from tests.kit.sample_report import (
    ALLOW,
    EXACT,
    FUTURE,
    LEAP,
    LISTED,
    MARKUP,
    ONCE,
    RACE,
    REPEAT,
    SECRETS,
    clean,
    everything,
)

SCREEN_LINES = 40


@pytest.fixture
def report() -> Report:
    """A run that found something of every kind."""
    return everything()


class TestTerminal:
    """The summary on a screen."""

    def test_a_clean_run_fits_on_one_screen(self) -> None:
        lines = terminal.render(clean()).splitlines()
        assert lines[0] == "KEPT: 80 rules hold, 3 rules are untested."
        assert len(lines) <= SCREEN_LINES
        assert max(map(len, lines)) <= terminal.WIDTH

    def test_a_finding_has_all_that_is_needed_to_see_it(self, report: Report) -> None:
        told = terminal.render(report, secrets=SECRETS)
        assert "1. money.exact-amount  (seed)\n    The sentence of money.exact-amount.\n" in told
        assert "    expected  154620 <script>" in told
        assert "    got       154720" in told
        assert "\n    curl -X POST 'http://x/accounts/can_1/debit_offsets' -H \"Auth" in told
        assert "\n    for n in 1 2; do\n      curl -s http://x/accounts &\n    done\n" in told

    def test_commands_that_fill_the_screen_are_cut_and_it_says_where_they_are(
        self, report: Report
    ) -> None:
        commands = "\n".join(f"curl {'v' * 4000} http://x/{number}" for number in range(40))
        long = report._replace(findings=[report.findings[0]._replace(curl=commands)])

        lines = terminal.render(long).splitlines()

        shown = [line for line in lines if line.startswith("    curl")]
        assert len(shown) == terminal.MAX_COMMANDS
        assert all(line.endswith("# … 1016 characters more: see --html") for line in shown[:3])
        assert "    # … and 28 more like these; --html writes all of them" in lines
        assert "http://x/39" in html.render(long)

    def test_a_flaky_finding_says_how_often_it_showed(self, report: Report) -> None:
        told = terminal.render(report)
        assert "2. concurrency.no-lost-update  (owed)  flaky 2/5\n" in told
        assert told.count("flaky") == 1

    def test_what_is_accepted_or_confirmed_is_only_counted(self, report: Report) -> None:
        told = terminal.render(report)
        assert "1 finding more that the baseline accepts." in told
        assert "Assumptions  1 confirmed, 1 refuted, 1 untested" in told
        assert ALLOW.rule_id not in told
        assert FUTURE.assumption_id not in told

    def test_it_tells_what_was_not_seen_and_why(self, report: Report) -> None:
        told = terminal.render(report)
        assert "records  1 rule: the server has no listAccountLineItems" in told
        assert LISTED.rule_id in told
        assert "untested  leap-second: there was no time" in told
        assert "refuted   repeat-answers-again: 409 " in told

    def test_it_tells_what_was_seen_what_is_left_and_how_to_repeat_it(self, report: Report) -> None:
        told = terminal.render(report)
        assert "createAccountDebitOffset   200 (45), no answer (1)\n" in told
        assert "Left behind\n  can_1: 3 items" in told
        assert "Time  9.8 s, 400 requests; seconds (requests): shape 0.5 (40), " in told
        assert told.endswith("Repeat  canopy-mock check http://127.0.0.1:8080 --seed 42\n")
        again = terminal.render(report._replace(is_quick=True, is_strict=True))
        assert again.endswith(" --seed 42 --quick --strict\n")

    def test_of_many_findings_the_worst_are_told_in_full(self, report: Report) -> None:
        worst = report.findings[0]
        others = [
            worst._replace(rule=EXACT._replace(rule_id=f"money.number-{number}"))
            for number in range(terminal.MAX_TOLD + 2)
        ]
        told = terminal.render(report._replace(findings=others))
        assert told.count("    expected  ") == terminal.MAX_TOLD
        assert "And 2 more findings\n  money.number-10 154720" in told

    def test_colours_are_there_only_if_they_are_asked_for(self, report: Report) -> None:
        plain = terminal.render(report)
        coloured = terminal.render(report, colour=True)
        assert "\x1b" not in plain
        assert coloured.startswith("\x1b[31m\x1b[1mBROKEN")
        assert click.unstyle(coloured) == plain

    @pytest.mark.parametrize("width", [40, 70, 100])
    def test_what_is_told_fills_the_lines_of_a_screen(self, report: Report, width: int) -> None:
        long = report._replace(notes=["some words " * 30])
        lines = terminal.render(long, width=width).splitlines()
        told = lines[1 : lines.index("")]
        assert told[0].startswith("Note: some words")
        assert width - 5 <= max(map(len, told)) <= width

    def test_a_server_cannot_steer_the_terminal(self, report: Report) -> None:
        told = terminal.render(report)
        assert r"got       154720 \x1b[31m\x00\u202e\ud800" in told
        assert told.encode()

    def test_progress_is_told_in_a_line_for_each_layer(self) -> None:
        money = LayerResult("money", 1.25, 112, "")
        assert terminal.progress_line(money, 0).endswith("1.2 s    112 requests  ok")
        shape = LayerResult("shape", 0, 1, "out of time")
        assert "1 request  2 rules broken so far" in terminal.progress_line(shape, 2)
        auth = LayerResult("auth", 0, 0, "out of time")
        assert "0 requests  not run: out of time" in terminal.progress_line(auth, 2)


class TestMarkdown:
    """The summary of a job."""

    def test_it_begins_with_the_verdict_and_tables_the_findings(self, report: Report) -> None:
        page = MarkdownIt("commonmark").enable("table").render(markdown.render(report))
        assert html_library.unescape(page).startswith("<h2>❌ BROKEN: 2 rules are broken")
        table = page.partition("<h3>Broken rules</h3>")[2].partition("</table>")[0]
        assert table.count("<tr>") == 1 + 2
        assert "money.exact-amount" in html_library.unescape(table)
        assert "(flaky 2/5)" in table

    def test_the_words_of_a_server_are_shown_as_words(self, report: Report) -> None:
        text = markdown.render(report)
        page = MarkdownIt("commonmark").enable("table").render(text)
        assert "<script>" not in page
        assert "<strong>" not in page
        cells = re.findall(r"<td>(.*?)</td>", page)
        assert f"154620 {' '.join(MARKUP.split())}" in [html_library.unescape(of) for of in cells]

    def test_commands_stand_in_fences_that_nothing_in_them_ends(self, report: Report) -> None:
        nasty = report.findings[0]._replace(curl="curl x\n```\n# not a heading\n````")
        page = MarkdownIt("commonmark").render(markdown.render(report._replace(findings=[nasty])))
        assert "curl x\n```\n# not a heading\n````\n</code>" in page
        assert "not a heading</h1>" not in page

    def test_a_clean_run_is_green(self) -> None:
        assert markdown.render(clean()).startswith("## ✅ KEPT")


class Page(HTMLParser):
    """What an HTML page consists of."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.tags.append(tag)
        self.attributes += attrs
        self.open += [tag] * (tag not in self.VOID)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.texts.append(data)


class TestHtml:
    """The page."""

    def test_it_needs_nothing_but_itself(self, report: Report) -> None:
        text = html.render(report)
        page = Page(text)
        loading = {"src", "srcset", "href", "action", "data", "poster", "background"}
        assert not [name for name, _ in page.attributes if name in loading]
        assert not set(page.tags) & {"script", "link", "img", "iframe", "object", "embed", "base"}
        assert not re.search(r"url\(|@import", text)

    def test_its_elements_are_closed_in_order(self, report: Report) -> None:
        assert Page(html.render(report)).open == []

    def test_the_words_of_a_server_are_shown_as_words(self, report: Report) -> None:
        text = html.render(report)
        assert "<script" not in text
        assert f"154620 {MARKUP}" in Page(text).texts
        assert r"154720 \x1b[31m\x00\u202e\ud800" in Page(text).texts

    def test_it_tells_everything_that_was_found(self, report: Report) -> None:
        words = " ".join(Page(html.render(report)).texts)
        for rule in (EXACT, RACE, ALLOW, LISTED, ONCE):
            assert rule.rule_id in words
        for assumption in (REPEAT, LEAP, FUTURE):
            assert assumption.sentence in words
        for told in (
            "flaky 2/5",
            "found by shape",
            "openapi.yaml, line 311",
            "200 (45), no answer (1)",
            "canopy-mock check http://127.0.0.1:8080 --seed 42",
            "1 finding that the baseline accepts",
        ):
            assert told in words

    def test_tables_have_captions(self, report: Report) -> None:
        tags = Page(html.render(report)).tags
        assert tags.count("table") == tags.count("caption") > 5

    def test_long_bodies_are_cut(self, report: Report) -> None:
        words = " ".join(Page(html.render(report)).texts)
        longest = max(map(len, re.findall(r"(?:\\u00e9)+", words)))
        assert 2_000 < longest < html.MAX_BODY_BYTES
        assert "15,964 more bytes are not shown." in words

    def test_of_many_exchanges_the_last_are_shown(self, report: Report) -> None:
        many = list(report.exchanges) * 5
        told = report._replace(findings=[report.findings[0]._replace(exchanges=many)])
        page = Page(html.render(told))
        assert "25 exchanges, the last 12 of them" in page.texts
        assert page.texts.count("Request") == 12

    def test_a_clean_run_has_a_page_too(self) -> None:
        page = Page(html.render(clean()))
        assert "KEPT: 80 rules hold, 3 rules are untested." in page.texts
        assert "article" not in page.tags
