"""What a finding shows is sent once more, alone, before it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.bench import Bench, Break, item_of
from contract_tests.exchange import Answer, Exchange
from contract_tests.reading import READ_ITEM
from contract_tests.replay import Kept, finding_of, remark
from contract_tests.running import check_quietly
from tests.kit.looking import looking
from tests.zoo.api import Zoo
from tests.zoo.judge import options
from tests.zoo.server import started


@pytest.fixture
def bench() -> Iterator[Bench]:
    with looking(Zoo()) as bench:
        yield bench


def broken(*exchanges: Exchange, how: str = "sequence") -> Break:
    return Break("records.read-one", "something", "something else", exchanges, how)


def test_what_is_answered_alike_needs_no_remark(bench: Bench) -> None:
    post = bench.post(bench.offset(1))

    sent = len(bench.client.exchanges)
    assert remark(bench, broken(post)) == ""
    again = bench.client.exchanges[-1]
    assert len(bench.client.exchanges) == sent + 1
    assert again.status == 200
    assert again.member("line_item_id") != post.member("line_item_id"), "a repeat shows nothing"


def test_what_is_answered_otherwise_alone_says_so(bench: Bench) -> None:
    read = bench.send(bench.reading(item_of(bench.account, "li_gone"), READ_ITEM))
    seen = read._replace(answer=Answer(200, (), b"{}"))

    told = "# answered 200 in the run, 404 alone: what the run did before matters\n"
    assert remark(bench, broken(seen)) == told
    assert remark(bench, broken(read, seen, how="connection")) == told


@pytest.mark.parametrize("before", [1, 12])
def test_what_came_on_a_shared_connection_is_shown_alone_where_that_shows_it(
    bench: Bench, before: int
) -> None:
    read = bench.send(bench.reading(item_of(bench.account, "li_gone"), READ_ITEM))
    finding = finding_of(
        bench, Kept(broken(*[read] * before, read, how="shared"), "records", 2, 2), ()
    )

    assert finding.exchanges == (read,)
    assert finding.curl.startswith("curl ")
    assert "--next" not in finding.curl


def test_too_many_on_a_shared_connection_are_not_shown(bench: Bench) -> None:
    read = bench.send(bench.reading(item_of(bench.account, "li_gone"), READ_ITEM))
    seen = read._replace(answer=Answer(200, (), b"{}"))
    finding = finding_of(bench, Kept(broken(*[seen] * 13, how="shared"), "records", 2, 2), ())

    assert finding.exchanges == (seen,)
    assert finding.curl.startswith("# answered 200 in the run, 404 alone")


def test_races_and_silence_are_not_sent_again(bench: Bench) -> None:
    post = bench.post(bench.offset(1))
    sent = len(bench.client.exchanges)

    assert remark(bench, broken(post, how="race")) == ""
    assert remark(bench, broken(post._replace(answer=None))) == ""
    assert remark(bench, broken(*[post] * 13)) == ""
    assert len(bench.client.exchanges) == sent


def test_what_shows_on_one_connection_only_is_sent_on_one() -> None:
    with started("wire_eleventh_breaks") as url:
        report = check_quietly(
            url, {**options(quick=True, seed=1), "budget": 20.0, "layer": ("http",)}
        )

    found = {of.rule.rule_id: of.curl for of in report.findings}
    assert found["shape.no-server-error"].count("--next") >= 9
    assert not found["shape.no-server-error"].startswith("# answered")
