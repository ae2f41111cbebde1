"""A server that goes silent is found, also where the time of the run ends with that."""

from __future__ import annotations

import time

from contract_tests.findings import Report
from contract_tests.running import check_quietly
from tests.zoo.api import Zoo
from tests.zoo.catalogue import breeds
from tests.zoo.judge import options
from tests.zoo.messages import Answer, Request
from tests.zoo.server import running


class Silent(Zoo):
    """Reads are answered, and no post is in time."""

    def handle(self, request: Request) -> Answer:
        if request.method == "POST":
            time.sleep(4)
        return super().handle(request)


def found(report: Report) -> set[str]:
    return {of.rule.rule_id for of in report.findings}


def test_a_server_that_hangs_from_the_first_post_on_is_broken() -> None:
    with running(Silent()) as url:
        one = {"account": ("can_101",)}  # so that it is one silence only
        report = check_quietly(url, {**options(quick=True, seed=1), **one})

    assert "http.answers" in found(report)
    assert not report.is_kept


def test_many_requests_without_an_answer_need_no_second_look() -> None:
    with running(breeds()["hangs_on_unknown_path"].made()) as url:
        how = {**options(quick=False, seed=1), "layer": ("http",), "budget": 7.0}
        report = check_quietly(url, how)

    assert "http.answers" in found(report)
    assert not report.is_kept
