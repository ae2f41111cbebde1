"""Reading line items: order, filters, pages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ACCOUNT, Api, TestClock

LIST = f"/accounts/{ACCOUNT}/line_items"


def ids(answer: Any) -> list[str]:
    return [item["line_item_id"] for item in answer.json()["results"]]


@pytest.fixture
def filled(api: Api, clock: TestClock) -> Api:
    """An account with offsets of four days, two of them on the same instant."""
    for line_item_id, effective_at in (
        ("li_b", "2021-02-01T00:00:00Z"),
        ("li_d", "2021-04-01T00:00:00Z"),
        ("li_a", "2021-01-01T00:00:00Z"),
        ("li_c", "2021-03-01T00:00:00Z"),
        ("li_c2", "2021-02-28T19:00:00-05:00"),
    ):
        clock.advance(minutes=1)
        body = {
            "line_item_id": line_item_id,
            "original_amount_cents": 1,
            "effective_at": effective_at,
        }
        assert api.post(body).status_code == 200
    return api


def test_lists_are_newest_effective_first_then_newest_created(filled: Api) -> None:
    assert ids(filled.get(LIST))[:5] == ["li_d", "li_c2", "li_c", "li_b", "li_a"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("line_item_type=LATE_FEE", ["can_900005"]),
        ("line_item_type=LATE_FEE,INTEREST", ["can_900005", "can_900004"]),
        ("line_item_type=NOTHING", []),
        ("line_item_type=CHARGE&line_item_status=VALID", ["can_900002", "can_900001"]),
        ("line_item_status=POSTED", []),
        ("line_item_status=POSTED,VALID&limit=1", ["li_d"]),
        ("effective_at_after=2021-03-01T00:00:00Z", ["li_d", "li_c2", "li_c"]),
        ("effective_at_after=2021-03-01T00:00:01Z", ["li_d"]),
        (
            "effective_at_after=2021-02-01T00:00:00Z&effective_at_before=2021-03-01T00:00:00Z",
            ["li_c2", "li_c", "li_b"],
        ),
        ("effective_at_before=2019-03-04T17:30:00Z", ["can_900001"]),
        ("effective_at_before=2019-03-04T17:29:59Z", []),
        ("updated_at_after=2026-01-05T15:34:00Z", ["li_c2", "li_c"]),
        ("updated_at_before=2019-03-04T17:30:00Z", ["can_900001"]),
        ("limit=2&limit=3", ["li_d", "li_c2", "li_c"]),
        ("unknown=1&limit=1", ["li_d"]),
    ],
)
def test_filters_narrow_the_list_and_bounds_are_inclusive(
    filled: Api, query: str, expected: list[str]
) -> None:
    assert ids(filled.get(f"{LIST}?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.0", "limit"),
        ("limit=+5", "limit"),
        ("limit=%205", "limit"),
        ("limit=5_0", "limit"),
        ("limit=05", "limit"),
        ("limit=%D9%A5", "limit"),
        ("limit=" + "9" * 30, "limit"),
        ("starting_after=", "starting_after"),
        ("starting_after=xyz", "starting_after"),
        ("ending_before=" + "0" * 29, "ending_before"),
        ("line_item_status=valid", "line_item_status/0"),
        ("line_item_status=VALID,,VOID", "line_item_status/1"),
        ("line_item_type=", "line_item_type/0"),
        ("line_item_type=" + ",".join(["A"] * 21), "line_item_type"),
        ("effective_at_after=2021-02-30T00:00:00Z", "effective_at_after"),
        ("updated_at_before=yesterday", "updated_at_before"),
    ],
)
def test_a_query_that_breaks_the_contract_is_rejected(api: Api, query: str, where: str) -> None:
    answer = api.get(f"{LIST}?{query}")

    assert answer.status_code == 422
    detail = answer.json()["error"]["details"][0]
    assert detail["instancePath"] == f"/queryStringParameters/{where}"


def test_a_query_called_like_a_part_of_the_path_means_nothing(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    assert api.get(f"/accounts/{ACCOUNT}?account_id=can_52323").json()["account_id"] == ACCOUNT
    assert [record.getMessage() for record in caplog.records] == []


def test_two_cursors_at_once_are_rejected(api: Api) -> None:
    cursor = api.get(f"{LIST}?limit=1").json()["paging"]["starting_after"]
    answer = api.get(f"{LIST}?starting_after={cursor}&ending_before={cursor}")

    assert answer.status_code == 422
    assert "starting_after" in answer.json()["error"]["details"][0]["message"]


def test_a_page_tells_whether_there_is_more_in_its_direction(filled: Api) -> None:
    def page(query: str) -> tuple[list[str], dict[str, Any]]:
        answer = filled.get(f"{LIST}?{query}")
        return ids(answer), answer.json()["paging"]

    first, at_first = page("limit=4")
    second, at_second = page(f"limit=4&starting_after={at_first['starting_after']}")
    third, at_third = page(f"limit=4&starting_after={at_second['starting_after']}")
    assert (len(first), len(second), len(third)) == (4, 4, 2)
    assert [p["has_more"] for p in (at_first, at_second, at_third)] == [True, True, False]

    back, at_back = page(f"limit=4&ending_before={at_third['ending_before']}")
    assert (back, at_back["has_more"]) == (second, True)
    before_all, at_start = page(f"limit=4&ending_before={at_first['ending_before']}")
    assert (before_all, at_start) == (
        [],
        {"starting_after": None, "ending_before": None, "has_more": False},
    )


def test_paging_neither_skips_nor_repeats_while_items_are_added(filled: Api) -> None:
    before = ids(filled.get(LIST))
    seen: list[str] = []
    query = "limit=2"
    for number in range(20):
        answer = filled.get(f"{LIST}?{query}")
        seen += ids(answer)
        # one above and one below where the reader is
        for effective_at in ("2025-01-01T00:00:00Z", "2019-03-01T14:00:00Z"):
            body = {"original_amount_cents": number, "effective_at": effective_at}
            assert filled.post(body).status_code == 200
        if not answer.json()["paging"]["has_more"]:
            break
        query = f"limit=2&starting_after={answer.json()['paging']['starting_after']}"

    assert [line_item_id for line_item_id in seen if line_item_id in before] == before
    assert len(set(seen)) == len(seen)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(limit=st.integers(1, 12), backwards=st.booleans())
def test_pages_of_any_size_add_up_to_the_list(
    filled: Api,
    limit: int,
    backwards: bool,  # noqa: FBT001 - given by Hypothesis
) -> None:
    everything = ids(filled.get(LIST))
    name = "ending_before" if backwards else "starting_after"
    # a position below, or above, all there are
    query = f"&{name}={'0' * 30}" if backwards else ""
    pages: list[list[str]] = []
    while True:
        answer = filled.get(f"{LIST}?limit={limit}{query}")
        pages.append(ids(answer))
        paging = answer.json()["paging"]
        if not paging["has_more"]:
            break
        query = f"&{name}={paging[name]}"
    ordered = reversed(pages) if backwards else pages

    assert [line_item_id for page in ordered for line_item_id in page] == everything


def test_one_item_is_read_in_the_same_envelope(filled: Api) -> None:
    answer = filled.get(f"{LIST}/li_b").json()

    assert [item["line_item_id"] for item in answer["results"]] == ["li_b"]
    assert answer["paging"]["has_more"] is False


@pytest.mark.parametrize("line_item_id", ["li_nothing", "can_1", "%00", "LI_B"])
def test_an_unknown_item_is_not_found(filled: Api, line_item_id: str) -> None:
    answer = filled.get(f"{LIST}/{line_item_id}")

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {"code": "not_found", "message": "The account has no such line item."}
    }


@pytest.mark.parametrize("path", ["line_items", "line_items/can_900001"])
def test_items_of_an_unknown_account_are_not_found(api: Api, path: str) -> None:
    answer = api.get(f"/accounts/can_404/{path}")

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "There is no such account."


def test_an_item_is_listed_in_its_own_account_only(filled: Api) -> None:
    assert filled.get("/accounts/can_52323/line_items/li_a").status_code == 404
    assert filled.get("/accounts/can_52323/line_items/can_900001").status_code == 404


def test_reading_changes_nothing(filled: Api) -> None:
    paths = (LIST, f"{LIST}/li_a", f"/accounts/{ACCOUNT}", "/accounts")
    first = [filled.get(path).content for path in paths]

    assert [filled.get(path).content for path in paths] == first


def test_head_answers_like_get_without_a_body(filled: Api) -> None:
    got, headed = filled.get(LIST), filled.client.head(LIST)

    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == str(len(got.content))


def test_bounds_are_compared_to_the_seconds_that_answers_show(api: Api) -> None:
    body = {
        "line_item_id": "li_half",
        "original_amount_cents": 1,
        "effective_at": "2021-01-01T00:00:00.5Z",
    }
    assert api.post(body).json()["effective_at"] == "2020-12-31T19:00:00-05:00"
    for query in ("effective_at_before=2021-01-01T00:00:00Z&limit=1", f"{AFTER}00Z"):
        assert ids(api.get(f"{LIST}?{query}")) == ["li_half"]
    assert ids(api.get(f"{LIST}?{AFTER}00.4Z&effective_at_before=2021-01-01T00:00:00.6Z")) == [
        "li_half"
    ]
    assert ids(api.get(f"{LIST}?{AFTER}00.6Z")) == []


AFTER = "effective_at_after=2021-01-01T00:00:"


def test_bounds_beyond_the_calendar_are_its_ends(api: Api) -> None:
    everything = ids(api.get(LIST))

    def listed(query: str) -> list[str]:
        return ids(api.get(f"{LIST}?{query}"))

    assert listed("effective_at_after=0001-01-01T00:00:00%2B02:00") == everything
    assert listed("effective_at_before=9999-12-31T23:59:60Z") == everything
    assert listed("effective_at_after=9999-12-31T23:59:60Z") == []
    assert listed("updated_at_before=0001-01-01T00:00:00%2B02:00") == []
