"""What is rejected before the ledger is asked, in which words, and which rejection wins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from mockserver.api.auth import Client, Role
from mockserver.api.contract import load, source
from tests.conftest import ACCOUNT, Api

POST = f"/accounts/{ACCOUNT}/line_items/debit_offsets"
JSON = {"Content-Type": "application/json"}


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture(autouse=True)
def nothing_changes(api: Api) -> Iterator[None]:
    """A rejected request leaves balance and list as they were."""
    before = api.total(), api.get(f"/accounts/{ACCOUNT}/line_items").content
    yield
    assert (api.total(), api.get(f"/accounts/{ACCOUNT}/line_items").content) == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, ["/body required must have required property original_amount_cents"]),
        ([], ["/body type must be object"]),
        ("x", ["/body type must be object"]),
        (None, ["/body type must be object"]),
        ({"original_amount_cents": None}, ["/body/original_amount_cents type must be integer"]),
        ({"original_amount_cents": "5"}, ["/body/original_amount_cents type must be integer"]),
        ({"original_amount_cents": True}, ["/body/original_amount_cents type must be integer"]),
        ({"original_amount_cents": 200.0}, ["/body/original_amount_cents type must be integer"]),
        ({"original_amount_cents": 1.5}, ["/body/original_amount_cents type must be integer"]),
        ({"original_amount_cents": -1}, ["/body/original_amount_cents minimum must be >= 0"]),
        (
            {"original_amount_cents": 2**53},
            ["/body/original_amount_cents maximum must be <= 9007199254740991"],
        ),
        (
            {"original_amount_cents": 2**64},
            ["/body/original_amount_cents maximum must be <= 9007199254740991"],
        ),
        (
            {"original_amount_cents": 1, "allocation": "fee"},
            ["/body/allocation enum must be equal to one of the allowed values"],
        ),
        (
            {"original_amount_cents": 1, "allocation": None},
            [
                "/body/allocation type must be string",
                "/body/allocation enum must be equal to one of the allowed values",
            ],
        ),
        (
            {"original_amount_cents": 1, "effective_at": 5},
            ["/body/effective_at type must be string"],
        ),
        (
            {"original_amount_cents": 1, "line_item_id": None},
            ["/body/line_item_id type must be string"],
        ),
        (
            {"original_amount_cents": 1, "external_fields": {}},
            ["/body/external_fields type must be array"],
        ),
        (
            {"original_amount_cents": 1, "external_fields": [{}] * 101},
            ["/body/external_fields maxItems must NOT have more than 100 items"],
        ),
        (
            {"original_amount_cents": 1, "external_fields": [{"key": None, "value": 2}, 3]},
            [
                "/body/external_fields/0/key type must be string",
                "/body/external_fields/0/value type must be string",
                "/body/external_fields/1 type must be object",
            ],
        ),
        (
            {"effective_at": "tomorrow", "allocation": 7, "line_item_id": "can_1"},
            [
                "/body required must have required property original_amount_cents",
                '/body/line_item_id pattern must match pattern "^(?!can_)[\\s\\S]*$"',
                '/body/effective_at format must match format "date-time"',
                "/body/allocation type must be string",
                "/body/allocation enum must be equal to one of the allowed values",
            ],
        ),
    ],
)
def test_all_broken_rules_are_told_in_schema_order(api: Api, body: Any, told: list[str]) -> None:
    answer = api.client.post(POST, content=json.dumps(body), headers=JSON)

    assert error(answer) == (422, "server_error")
    assert answer.json()["error"]["message"] == "Event object failed validation"
    details = answer.json()["error"]["details"]
    assert [f"{d['instancePath']} {d['keyword']} {d['message']}" for d in details] == told


@pytest.mark.parametrize(
    "instant",
    [
        "2021-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2020-04-31T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "2020-00-10T00:00:00Z",
        "2020-01-00T00:00:00Z",
        "2020-07-20T24:00:00Z",
        "2020-07-20T09:60:00Z",
        "2020-07-20T09:11:61Z",
        "2020-07-20T09:11:28",
        "2020-07-20 09:11:28Z",
        "2020-07-20T09:11:28+24:00",
        "2020-07-20T09:11:28+0000",
        "2020-07-20T09:11Z",
        "2020-07-20",
        "20-07-20T09:11:28Z",
        "2020-07-20T09:11:28Z\n",
        "\u0662020-07-20T09:11:28Z",
        "2020-07-20T09:11:28.Z",
        "",
    ],
)
def test_what_is_no_instant_is_rejected(api: Api, instant: str) -> None:
    answer = api.post({"original_amount_cents": 1, "effective_at": instant})
    assert error(answer) == (422, "server_error")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "line 1, column 2: expecting property name enclosed in double quotes"),
        (b"{'original_amount_cents': 1}", "line 1, column 2: expecting property name"),
        (b'{"original_amount_cents": 1,}', "line 1, column"),
        (b'{"original_amount_cents": 1} x', "line 1, column 30: extra data"),
        (b'{"original_amount_cents": 01}', "line 1, column 28: expecting ',' delimiter"),
        (b'{"original_amount_cents": NaN}', "NaN is not JSON"),
        (b'{"original_amount_cents": -Infinity}', "-Infinity is not JSON"),
        (b'{"original_amount_cents": 1, "original_amount_cents": 1}', "appears twice"),
        (b'{"a": {"b": 1, "b": 2}, "original_amount_cents": 1}', 'the key "b" appears twice'),
        (b'\xef\xbb\xbf{"original_amount_cents": 1}', "it begins with a byte order mark"),
        ('{"original_amount_cents": 1}'.encode("utf-16"), "byte 1 is not UTF-8"),
        (b'{"original_amount_cents": 1, "x": "\xff"}', "byte 36 is not UTF-8"),
        (b'{"original_amount_cents": 1, "x": "\\u0000"}', "a string holds U+0000"),
        (b'{"original_amount_cents": 1, "\\u0000": 1}', "a string holds U+0000"),
        (b'{"original_amount_cents": 1, "x": "\\ud800"}', "half of a surrogate pair"),
        (b'{"original_amount_cents": 1, "x": "a\tb"}', "invalid control character"),
        (b'{"original_amount_cents": ' + b"1" * 5_000 + b"}", "too many digits"),
        (b'{"original_amount_cents": 1, "x": ' + b"[" * 40 + b"]" * 40 + b"}", "nests deeper"),
        (b"[" * 60_000, "nests deeper"),
        (b" ", "line 1, column 2: expecting value"),
    ],
)
def test_what_is_not_json_is_said_to_be_so(api: Api, body: bytes, told: str) -> None:
    answer = api.client.post(POST, content=body, headers=JSON)

    assert error(answer) == (400, "bad_request")
    assert told in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "application/json, text/plain",
        "application/json; charset=latin-1",
        "json",
    ],
)
def test_a_body_that_is_not_declared_as_json_is_rejected(
    api: Api, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = api.client.post(POST, content=b'{"original_amount_cents": 1}', headers=headers)

    assert error(answer) == (415, "unsupported_media_type")


def test_a_body_with_a_content_coding_is_rejected(api: Api) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = api.client.post(POST, content=b"{}", headers=headers)

    assert error(answer) == (415, "unsupported_media_type")
    assert "Content-Encoding" in answer.json()["error"]["message"]


@pytest.mark.parametrize("headers", [{}, JSON, {**JSON, "Transfer-Encoding": "chunked"}])
def test_no_body_at_all_lacks_what_is_required(api: Api, headers: dict[str, str]) -> None:
    answer = api.client.post(POST, content=b"", headers=headers)

    assert error(answer) == (422, "server_error")
    assert answer.json()["error"]["details"] == [
        {
            "instancePath": "",
            "schemaPath": "#/required",
            "keyword": "required",
            "params": {"missingProperty": "body"},
            "message": "must have required property body",
        }
    ]


def test_a_body_may_have_65536_bytes_and_no_more(api: Api) -> None:
    def sized(length: int) -> bytes:
        return b'{"original_amount_cents": 0, "x": 1}'.ljust(length)

    too_large = api.client.post(POST, content=sized(65_537), headers=JSON)
    chunked = api.client.post(POST, content=iter([sized(65_536), b" "]), headers=JSON)

    assert error(too_large) == error(chunked) == (413, "payload_too_large")
    assert "65536" in too_large.json()["error"]["message"]
    assert error(api.client.post(POST, content=b"x" * 65_536, headers=JSON))[0] == 400


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, (401, "unauthorized")),
        ("", (401, "unauthorized")),
        ("demo-token", (401, "unauthorized")),
        ("Bearer", (401, "unauthorized")),
        ("Bearer ", (401, "unauthorized")),
        ("Basic ZGVtbzpkZW1v", (401, "unauthorized")),
        ("Bearer demo token", (401, "unauthorized")),
        ("Bearer demo-token,", (401, "unauthorized")),
        ("Bearer demo-toke", (403, "not_authorized")),
        ("Bearer demo-tokenn", (403, "not_authorized")),
        ("Bearer DEMO-TOKEN", (403, "not_authorized")),
        ("Bearer sbx_", (403, "not_authorized")),
        ("Bearer cmt_forged", (403, "not_authorized")),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", (403, "not_authorized")),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", POST),
        ("GET", "/accounts"),
        ("GET", f"/accounts/{ACCOUNT}"),
        ("GET", f"/accounts/{ACCOUNT}/line_items"),
        ("GET", f"/accounts/{ACCOUNT}/line_items/can_900001"),
    ],
)
def test_every_operation_wants_a_good_token(
    api: Api, method: str, path: str, authorization: str | None, expected: tuple[int, str]
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    del api.client.headers["Authorization"]
    answer = api.client.request(method, path, headers=headers, content=b"{")
    api.client.headers["Authorization"] = f"Bearer {api.token}"

    assert error(answer) == expected
    assert answer.headers.get("WWW-Authenticate") == ("Bearer" if expected[0] == 401 else None)


def test_two_tokens_are_none(api: Api) -> None:
    twice = [("Authorization", "Bearer demo-token"), ("Authorization", "Bearer sbx_a")]
    del api.client.headers["Authorization"]
    answer = api.client.get("/accounts", headers=twice)
    api.client.headers["Authorization"] = f"Bearer {api.token}"

    assert error(answer) == (401, "unauthorized")


def test_a_token_of_a_real_service_is_refused_with_a_hint(api: Api) -> None:
    headers = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"}
    answer = api.get("/accounts", headers=headers)

    assert "looks like a token of a real service" in answer.json()["error"]["message"]
    assert "eyJ" not in answer.text


def test_a_scheme_is_read_without_regard_to_case(api: Api) -> None:
    assert api.get("/accounts", headers={"Authorization": "bEARER demo-token"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/account",
        "/accounts/",
        f"/accounts/{ACCOUNT}/",
        f"{POST}/",
        f"/Accounts/{ACCOUNT}",
        "/accounts//line_items",
        f"/accounts/{ACCOUNT}/line_items/a/b",
        f"//accounts/{ACCOUNT}",
        f"{POST}%20",
    ],
)
def test_unknown_paths_are_not_found_and_never_redirected(api: Api, path: str) -> None:
    answer = api.client.get(f"http://testserver{path}", follow_redirects=False)
    assert error(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", POST, "POST"),
        ("HEAD", POST, "POST"),
        ("OPTIONS", POST, "POST"),
        ("DELETE", POST, "POST"),
        ("TRACE", f"/accounts/{ACCOUNT}", "GET, HEAD"),
        ("QUERY", "/accounts", "GET, HEAD, POST"),
        ("POST", f"/accounts/{ACCOUNT}/line_items", "GET, HEAD"),
        ("PUT", f"/accounts/{ACCOUNT}/line_items/x", "GET, HEAD"),
        ("GET", "/auth/token", "POST"),
    ],
)
def test_a_wrong_method_is_told_which_are_right(
    api: Api, method: str, path: str, allowed: str
) -> None:
    answer = api.client.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    if method != "HEAD":
        assert error(answer) == (405, "method_not_allowed")


def test_an_unknown_account_is_told_the_same_whatever_it_is_called(api: Api) -> None:
    answers = {
        api.get(f"/accounts/{name}").content for name in ("can_1", "x", "%00", "%FF", "%2F", "a%0A")
    }
    assert answers == {b'{"error":{"code":"not_found","message":"There is no such account."}}'}


@pytest.mark.parametrize(("scenario", "status"), [("closed", 409), ("suspended", 200)])
def test_a_closed_account_takes_no_offset_and_a_suspended_one_does(
    serve: Callable[..., Api], scenario: str, status: int
) -> None:
    answer = serve(scenario=scenario).post({"original_amount_cents": 1})

    assert answer.status_code == status
    if status == 409:
        assert answer.json()["error"] == {
            "code": "account_state",
            "message": "The account is CLOSED and takes no DEBIT_OFFSET.",
        }


class Faulty(NamedTuple):
    """A request with one fault more than the next, in the order of the contract."""

    first: tuple[int, str]
    """The fault that stands first: its status and code."""
    path: str = POST
    method: str = "POST"
    token: str | None = None
    media_type: str = "text/plain"
    body: bytes = b'{"original_amount_cents": -1' + b" " * 70_000


NOWHERE = POST.replace(ACCOUNT, "nobody")
EARLY = b'{"original_amount_cents": 1, "effective_at": "1999-01-01T00:00:00Z"}'
GOOD = b'{"original_amount_cents": 1}'
NEGATIVE = GOOD.replace(b"1", b"-1")
TORN = NEGATIVE.removesuffix(b"}")
KNOWN = "Bearer sbx_order"
PLAIN = "application/json"
FAULTY = [
    Faulty((404, "not_found"), "/nowhere", "DELETE"),
    Faulty((405, "method_not_allowed"), NOWHERE, "DELETE"),
    Faulty((401, "unauthorized"), NOWHERE),
    Faulty((403, "not_authorized"), NOWHERE, token="Bearer x"),
    Faulty((415, "unsupported_media_type"), NOWHERE, token=KNOWN),
    Faulty((413, "payload_too_large"), NOWHERE, token=KNOWN, media_type=PLAIN),
    Faulty((400, "bad_request"), NOWHERE, token=KNOWN, media_type=PLAIN, body=TORN),
    Faulty((422, "server_error"), NOWHERE, token=KNOWN, media_type=PLAIN, body=NEGATIVE),
    Faulty((404, "not_found"), NOWHERE, token=KNOWN, media_type=PLAIN, body=EARLY),
    Faulty((409, "before_account_opening"), token=KNOWN, media_type=PLAIN, body=EARLY),
    Faulty((409, "account_state"), token=KNOWN, media_type=PLAIN, body=GOOD),
]


LATER = {(409, "out_of_reach"), (409, "unexpected_state")}


class TestOrder:
    """``x-refusal-order`` of the contract: each fault together with all that stand after it."""

    @pytest.mark.parametrize("request_", FAULTY, ids=lambda request_: str(request_.first))
    def test_the_earlier_refusal_wins(self, serve: Callable[..., Api], request_: Faulty) -> None:
        closed = serve(scenario="closed")
        headers = {"Content-Type": request_.media_type, "Authorization": request_.token or ""}
        answer = closed.client.request(
            request_.method, request_.path, headers=headers, content=request_.body
        )
        assert error(answer) == request_.first

    def test_the_order_is_that_of_the_contract(self) -> None:
        order = [(e["status"], e["code"]) for e in load(source()).raw["x-refusal-order"]]
        at_the_door = [(400, "bad_request"), (414, "uri_too_long"), (431, "headers_too_large")]
        # of other operations, or shown by the ledger's own tests
        elsewhere = {
            (401, "invalid_client"),
            (409, "conflict"),
            (429, "too_many_requests"),
            *LATER,
        }

        assert order[:3] == at_the_door
        assert [told for told in order[3:] if told not in elsewhere] == [f.first for f in FAULTY]
        assert order.index((404, "not_found"), 5) < order.index((409, "conflict"))
        assert order.index((409, "conflict")) < order.index((409, "before_account_opening"))

    def test_the_role_is_asked_before_the_body(self, serve: Callable[..., Api]) -> None:
        reader = Client("reader", "secret", Role.OPERATIONS, "default")
        api = serve(clients=(reader,))
        credentials = {"client_id": "reader", "client_secret": "secret"}
        token = api.client.post("/auth/token", json=credentials).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}

        assert error(api.client.post(POST, content=b"{", headers=headers)) == (
            403,
            "not_authorized",
        )
        assert api.get("/accounts", headers=headers).status_code == 200


def test_a_list_that_is_too_long_is_not_looked_through(api: Api) -> None:
    answer = api.post({"original_amount_cents": 1, "external_fields": [1] * 30_000})
    assert answer.status_code == 422
    (violation,) = answer.json()["error"]["details"]
    assert (violation["instancePath"], violation["keyword"]) == (
        "/body/external_fields",
        "maxItems",
    )
