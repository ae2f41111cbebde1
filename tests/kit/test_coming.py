"""Earlier runs have left items that are yet to come: they stand before what is new."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from contract_tests.bench import UntestedError
from contract_tests.reading import most_recent
from contract_tests.running import check_quietly
from tests.kit.looking import looking
from tests.zoo.api import Zoo
from tests.zoo.catalogue import breeds
from tests.zoo.guard import TOKEN
from tests.zoo.judge import options
from tests.zoo.others import ACCOUNTS
from tests.zoo.server import running

LATER = "2096-02-29T12:00:00Z"


def with_coming(zoo: Zoo, count: int) -> Zoo:
    """Post to each account what is effective much later."""
    body = json.dumps({"original_amount_cents": 1, "effective_at": LATER})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with running(zoo) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        for account in ACCOUNTS:
            for _ in range(count):
                path = f"/accounts/{account}/line_items/debit_offsets"
                connection.request("POST", path, body, headers)
                assert connection.getresponse().read()
        connection.close()
    return zoo


@pytest.mark.parametrize("count", [25, 130])
def test_what_is_yet_to_come_hides_nothing(count: int) -> None:
    with running(with_coming(Zoo(), count)) as url:
        report = check_quietly(url, {**options(quick=True, seed=1), "budget": 10.0})

    assert [(of.rule.rule_id, of.expected, of.got) for of in report.findings] == []
    assert report.is_kept


def test_a_defect_is_found_behind_it() -> None:
    zoo = with_coming(breeds()["list_zero_hidden"].made(), 130)
    with running(zoo) as url:
        how = {**options(quick=True, seed=1), "budget": 10.0, "layer": ("records", "accepts")}
        report = check_quietly(url, how)

    assert "records.listed-once" in {of.rule.rule_id for of in report.findings}


def test_a_look_shows_as_many_more() -> None:
    with looking(with_coming(Zoo(), 130), *ACCOUNTS) as bench:
        assert [most_recent(bench, account) for account in (None, *ACCOUNTS)] == [150] * 4


def test_of_more_than_a_page_shows_nothing_is_seen() -> None:
    with looking(Zoo()) as bench:
        bench.coming[bench.account] = 1000

        with pytest.raises(UntestedError, match="too many items are yet to come"):
            most_recent(bench)
