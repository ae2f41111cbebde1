"""The pages under /_mock/: as values, and as a browser gets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockserver.console.pages import MAX_ITEMS, account_page, accounts_page
from mockserver.dollars import dollars
from tests.conftest import ACCOUNT, Api


class TestPages:
    """Pages as values."""

    def test_the_list_has_every_account_with_its_balance(self, api: Api) -> None:
        sandbox = api.application.sandboxes.get(api.token)
        page = accounts_page(sandbox, ["default"], page=1)

        assert (len(page.rows), page.accounts, page.pages) == (25, 25, 1)
        first = page.rows[0]
        assert (first.account_id, first.holder, first.total) == (ACCOUNT, "Ada Marsh", "$1,548.20")
        assert (first.principal, first.interest, first.deferred, first.fees) == (
            "$1,500.00",
            "$19.20",
            "$0.00",
            "$29.00",
        )
        assert page.rows[2].holder == "Carla Nguyen, Dean Nguyen"
        assert any(row.in_credit and row.total.startswith("-$") for row in page.rows)

    def test_a_long_list_has_pages_and_a_wrong_number_means_the_nearest(
        self, serve: Callable[..., Api]
    ) -> None:
        sandbox = serve(accounts=230).application.sandboxes.get("default")
        pages = {number: accounts_page(sandbox, [], number) for number in (-1, 1, 3, 99)}

        assert [page.page for page in pages.values()] == [1, 1, 3, 3]
        assert [len(page.rows) for page in pages.values()] == [100, 100, 30, 30]

    def test_an_account_shows_what_was_posted_as_reads_do(self, api: Api) -> None:
        api.post({"line_item_id": "li_1", "original_amount_cents": 200, "allocation": "INTEREST"})
        page = account_page(api.application.sandboxes.get(api.token), ACCOUNT)

        assert page is not None
        newest = page.items[0]
        assert (newest.line_item_id, newest.type, newest.allocation) == (
            "li_1",
            "DEBIT_OFFSET",
            "INTEREST",
        )
        assert (newest.amount, newest.left, newest.reduces) == ("-$2.00", "$0.00", True)
        assert newest.description == "upd payment principal_cents: -200 + 200"
        assert newest.effective_at == "2026-01-05 10:30:00"
        assert page.available_credit == "$1,500.00"

    def test_a_very_long_account_shows_its_newest_items(self, api: Api) -> None:
        for _ in range(MAX_ITEMS + 3):
            api.post({"original_amount_cents": 0})
        page = account_page(api.application.sandboxes.get(api.token), ACCOUNT)

        assert page is not None
        assert (len(page.items), page.older_items) == (MAX_ITEMS, 3 + 5)

    def test_what_has_become_of_an_item_is_shown_beside_its_type(self, api: Api) -> None:
        path = f"/accounts/{ACCOUNT}/line_items/fee_waivers/can_900005"
        assert api.client.post(path).status_code == 200
        page = account_page(api.application.sandboxes.get(api.token), ACCOUNT)

        assert page is not None
        types = {item.line_item_id: item.type for item in page.items}
        assert types["can_900005"] == "LATE_FEE (REVERSED)"
        assert types["can_900001"] == "CHARGE"

    def test_an_unknown_account_has_no_page(self, api: Api) -> None:
        assert account_page(api.application.sandboxes.get("default"), "nobody") is None


class TestWeb:
    """Pages as a browser gets them."""

    def test_the_list_and_an_account_are_pages_without_anything_from_elsewhere(
        self, api: Api
    ) -> None:
        for path in ("/", f"/account?id={ACCOUNT}"):
            answer = api.client.get(f"http://localhost/_mock{path}")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["content-security-policy"].startswith("default-src 'self'")
            assert answer.headers["cache-control"] == "no-store"
            assert "<caption>" in answer.text
            assert ACCOUNT in answer.text
            assert "https://" not in answer.text

    def test_a_sandbox_can_be_chosen_by_its_name(self, api: Api) -> None:
        api.post({"line_item_id": "li_mine", "original_amount_cents": 1})
        url = f"http://localhost/_mock/account?id={ACCOUNT}"

        assert "li_mine" in api.client.get(f"{url}&sandbox={api.token}").text
        assert "li_mine" not in api.client.get(url).text
        listed = api.client.get("http://localhost/_mock/").text
        assert f"sandbox={api.token}" in listed

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("/account?id=nobody", "There is no such account."),
            ("/account", "There is no such account."),
            ("/?sandbox=nobody", "There is no such sandbox."),
            ("/account?id=can_52322&sandbox=nobody", "There is no such account."),
            ("/static/nothing", "There is no such page."),
        ],
    )
    def test_what_is_not_there_is_told(self, api: Api, path: str, message: str) -> None:
        answer = api.client.get(f"http://localhost/_mock{path}")
        assert answer.status_code == 404
        assert message in answer.text

    def test_a_name_in_an_address_makes_no_sandbox(self, api: Api) -> None:
        api.client.get("http://localhost/_mock/?sandbox=sbx_made_up")
        assert api.application.sandboxes.find("sbx_made_up") is None

    def test_texts_of_requests_are_shown_as_texts(self, api: Api) -> None:
        api.post({"line_item_id": "<script>alert(1)</script>", "original_amount_cents": 1})
        page = api.client.get(
            f"http://localhost/_mock/account?id={ACCOUNT}&sandbox={api.token}"
        ).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page

    @pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
    def test_it_answers_under_the_names_of_this_machine(self, api: Api, host: str) -> None:
        assert api.client.get(f"http://{host}/_mock/").status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
    def test_it_answers_under_no_other_name(self, api: Api, host: str) -> None:
        answer = api.client.get(f"http://{host}/_mock/")
        assert answer.status_code == 403
        assert "Open the console under localhost" in answer.text

    @pytest.mark.parametrize("host", ["evil@127.0.0.1", "localhost/evil", "localhost#x", ""])
    def test_what_is_no_name_is_none_of_this_machine(self, api: Api, host: str) -> None:
        answer = api.client.get("http://localhost/_mock/", headers={"Host": host})
        assert answer.status_code == 403

    def test_it_only_reads(self, api: Api) -> None:
        answer = api.client.post("http://localhost/_mock/")
        assert answer.status_code == 405
        assert "This page can only be read." in answer.text

    def test_it_is_off_where_others_can_reach_the_server(self, serve: Callable[..., Api]) -> None:
        answer = serve(host="192.0.2.1").client.get("http://localhost/_mock/")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (-5, "-$0.05"),
        (123_456_789, "$1,234,567.89"),
        (-100, "-$1.00"),
        (2**53 - 1, "$90,071,992,547,409.91"),
    ],
)
def test_dollars(cents: int, text: str) -> None:
    assert dollars(cents) == text
