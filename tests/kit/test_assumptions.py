"""The register of assumptions: complete, true of the mock, and able to tell who does otherwise."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from contract_tests.assuming.listing import listing, table
from contract_tests.assuming.register import Seen, examine, register
from contract_tests.bench import Bench
from contract_tests.client import Client
from contract_tests.connection import Connection
from contract_tests.exchange import Answer, Exchange, Request
from contract_tests.findings import AssumptionResult, AssumptionState
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, READ_ITEM
from contract_tests.rules import assumptions
from contract_tests.server import MOCK_CLIENT, Server, started_mock
from contract_tests.start import first_look
from contract_tests.target import Target

ROOT = Path(__file__).parents[2]
READER = ("reader", "reader-secret")
CLIENTS = """
[[clients]]
client_id = "demo"
client_secret = "demo-secret"
sandbox = "default"
[[clients]]
client_id = "reader"
client_secret = "reader-secret"
role = "Operations"
sandbox = "default"
"""
CONFIRMED, REFUTED, UNTESTED = AssumptionState

Alter = Callable[[Request, Answer], Answer]


class Altering(Client):
    """A client of a server whose answers are others: what a different server would send."""

    alter: Alter = staticmethod(lambda _, answer: answer)

    def send(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send, and put another answer in the place of the real one."""
        exchange = super().send(request, connection)
        assert exchange.answer is not None, exchange.error
        return exchange._replace(answer=self.alter(request, exchange.answer))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    config = tmp_path_factory.mktemp("mock") / "canopy-mock.toml"
    config.write_text(CLIENTS, encoding="utf-8")
    with started_mock("--config", str(config)) as mock:
        yield mock


@pytest.fixture(scope="module")
def target(server: Server) -> Target:
    named = {"client_id": READER[0], "client_secret": READER[1]}
    token = httpx.post(f"{server.url}/auth/token", json=named).json()["access_token"]
    return Target(
        server.url,
        server.token,
        tuple(server.accounts),
        allows_writes=True,
        client=MOCK_CLIENT,
        read_only_token=token,
    )


@pytest.fixture
def bench(target: Target) -> Iterator[Bench]:
    yield from benches(target)


def benches(target: Target) -> Iterator[Bench]:
    client = Altering(target, time.monotonic() + 60)
    yield first_look(client, 0, is_quick=False)
    client.close()


def altered(bench: Bench, alter: Alter) -> Bench:
    """Let the server be another from now on."""
    assert isinstance(bench.client, Altering)
    bench.client.alter = alter
    return bench


def by_state(results: list[AssumptionResult]) -> dict[AssumptionState, dict[str, str]]:
    states: dict[AssumptionState, dict[str, str]] = {state: {} for state in AssumptionState}
    for result in results:
        states[result.state][result.assumption.assumption_id] = result.seen
    return states


class TestRegister:
    """The contract, the looks and the docs."""

    def test_every_assumption_has_a_look_and_every_look_an_assumption(self) -> None:
        assert list(register()) == list(assumptions())

    def test_the_docs_have_the_table_of_the_register_and_no_other_row(self) -> None:
        text = (ROOT / "docs/assumptions.md").read_text(encoding="utf-8")
        section = text.partition("## All of them\n\n")[2]
        assert section == table() + "\n"
        assert re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", section) == list(assumptions())

    def test_the_listing_has_every_id_with_its_sentence_and_its_look(self) -> None:
        text = " ".join(listing().split())
        for name, said in assumptions().items():
            told = f"{name} {said.sentence} probe: {register()[name].how}"
            assert told in text
        assert len(assumptions()) == int(text.split(" assumptions.")[0].split()[-1])
        assert max(map(len, listing().splitlines())) < 100

    def test_every_look_is_told_in_sentences(self) -> None:
        for look in register().values():
            assert re.fullmatch(r"[A-Z].*\.", look.how), look.assumption_id
            assert re.fullmatch(r"[A-Z].*\.", look.otherwise), look.assumption_id


class TestMock:
    """What the mock does is what the sentences say."""

    def test_it_does_what_every_assumption_says(self, bench: Bench) -> None:
        checks = bench.checks.copy()
        states = by_state(examine(bench, everything=True))
        assert states[REFUTED] == {}
        assert states[UNTESTED] == {"retry-after": "nothing was answered 429"}
        assert set(states[CONFIRMED].values()) == {""}
        assert (bench.checks, bench.breaks) == (checks, []), "an assumption is no rule"

    def test_without_leave_nothing_but_the_accounts_that_were_named_changes(
        self, bench: Bench
    ) -> None:
        states = by_state(examine(bench, everything=False))
        wide = {name for name, look in register().items() if look.is_wide}
        reason = "changes more than the accounts that were named"
        assert states[UNTESTED] == {
            **dict.fromkeys(wide, reason),
            "retry-after": "nothing was answered 429",
        }
        assert states[REFUTED] == {}
        changed = {
            exchange.request.target
            for exchange in bench.client.exchanges
            if exchange.is_ok and exchange.request.method not in ("GET", "HEAD")
        }
        offsets = {f"/accounts/{of}/line_items/debit_offsets" for of in bench.target.accounts}
        assert changed <= {*offsets, "/auth/token"}

    def test_without_leave_to_write_nothing_is_posted(self, target: Target) -> None:
        for bench in benches(target._replace(allows_writes=False)):
            states = by_state(examine(bench, everything=True))
            sent = {exchange.request.method for exchange in bench.client.exchanges}
            posts = [e.request.target for e in bench.client.exchanges if e.request.body is not None]
            assert sent == {"GET", "HEAD", "OPTIONS", "POST"}
            assert posts == ["/auth/token"]  # for token-lifetime
            assert set(states[UNTESTED].values()) == {
                *("needs --allow-writes", "nothing was answered 429"),
            }
            assert len(states[CONFIRMED]) > 12
            assert states[REFUTED] == {}

    def test_after_the_time_is_up_the_rest_is_untested(self, bench: Bench) -> None:
        first = "amount-not-negative"
        sent = len(bench.client.exchanges)

        def slowly(request: Request, answer: Answer) -> Answer:
            bench.client.deadline = 0
            return answer

        states = by_state(examine(altered(bench, slowly), everything=True))
        assert list(states[CONFIRMED]) == [first]
        assert states[UNTESTED] == dict.fromkeys(
            (name for name in assumptions() if name != first), "out of time"
        )
        assert len(bench.client.exchanges) == sent + 1

    def test_with_one_account_and_no_client_what_needs_more_says_so(self, target: Target) -> None:
        poor = target._replace(accounts=target.accounts[:1], client=None, read_only_token=None)
        for bench in benches(poor):
            states = by_state(examine(bench, everything=True))
            assert states[REFUTED] == {}
            assert states[UNTESTED] == {
                "ids-per-account": "needs --account 2 times",
                "token-lifetime": "needs the id and the secret of a client",
                "role-permissions": "needs a token that may only read",
                "retry-after": "nothing was answered 429",
            }

    def test_no_amount_is_above_the_bound(self, target: Target) -> None:
        for bench in benches(target._replace(max_cents=1)):
            states = by_state(examine(bench, everything=False))
            assert states[UNTESTED]["amount-maximum"] == "needs amounts above --max-cents 1"
            assert states[REFUTED] == {}


def json_of(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def with_json(answer: Answer, body: Any, status: int | None = None) -> Answer:
    return replace(answer, status=status or answer.status, body=json.dumps(body).encode())


def takes_everything(_: Request, answer: Answer) -> Answer:
    return with_json(answer, {}, 200) if answer.status >= 400 else answer


def fails(_: Request, answer: Answer) -> Answer:
    return with_json(answer, {}, 500)


def knows_one_operation(request: Request, answer: Answer) -> Answer:
    known = ("/line_items/debit_offsets", "/line_items/debit_offsets/", "/auth/token")
    if not request.target.endswith(known):
        return Answer(404, (), b'{"error":{"code":"not_found","message":"Nothing here."}}')
    return answer


def shows_otherwise(_: Request, answer: Answer) -> Answer:
    """No nulls, other signs, UTC with milliseconds, other ids and other words."""

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: other(of) for name, of in value.items() if of is not None}
        if isinstance(value, list):
            return [other(of) for of in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return -value
        if isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", value):
            return f"{value[:19]}.000Z"
        return value.replace(" ", "_") if isinstance(value, str) else value

    return with_json(answer, other(json_of(answer))) if answer.status == 200 else answer


TAKEN = {
    *("amount-not-negative", "amount-maximum", "whole-float", "id-not-empty", "repeat-conflicts"),
    *("repeat-content", "ids-across-types", "before-opening", "closed-takes-nothing", "error-body"),
    *("error-codes", "invalid-is-422", "all-violations", "unknown-account-404", "strict-json"),
    *("unknown-token-403", "head-limits", "duplicate-keys", "no-nul", "json-only", "exact-paths"),
    *("content-type-required", "trailing-slash", "encoded-slash", "wrong-method", "unknown-method"),
    *("options-method", "filter-size", "within-a-hundred-years", "reversal-of-nothing"),
    *("interval-form", "rate-range", "product-type-form", "closed-reversal", "invalid-client"),
    *("role-permissions", "status-body"),
}
"""What a server refutes that takes everything."""
SHOWN = {
    *("offset-sign", "offset-description", "every-member", "allocation-echoed", "numeric-offset"),
    *("whole-seconds", "product-time-zone", "paid-is-negative", "charge-status", "product-fees"),
    *("no-cycles", "promo-is-a-switch", "late-fee-date", "statement-items", "token-lifetime"),
    "negative-total",
}
"""What a server refutes that shows everything otherwise."""


MADE_UP = b"""{"results": 5, "paging": [], "summary": 5, "line_item_overview": [],
"line_item_summary": 1, "account_product": 7, "effective_at": 5, "created_at": [],
"line_item_id": 5, "error": []}"""
MADE_UP_TOO = b"""{"results": [5, {"line_item_overview": 5, "effective_at": "x"}],
"paging": {"has_more": true, "starting_after": 5}, "summary": {"total_balance_cents": "x"},
"line_item_id": "x", "account_product": {"product_id": [], "product_time_zone": "../x",
"product_lifecycle": 5}, "effective_at": "0001-01-01T00:00:00Z",
"error": {"details": [5], "code": 5}}"""


class TestOtherServers:
    """Whoever does otherwise is told so, in a sentence."""

    def test_one_that_takes_everything(self, bench: Bench) -> None:
        refuted = by_state(examine(altered(bench, takes_everything), everything=True))[REFUTED]
        assert refuted.keys() == TAKEN
        assert refuted["amount-not-negative"] == "an amount of -1 is answered 200"
        assert refuted["wrong-method"] == "PUT is answered 200"
        assert refuted["no-nul"] == "a text with U+0000 is answered 200"

    def test_one_that_shows_everything_otherwise(self, bench: Bench) -> None:
        refuted = by_state(examine(altered(bench, shows_otherwise), everything=True))[REFUTED]
        assert refuted.keys() == SHOWN
        assert refuted["offset-sign"] == "original_amount_cents: 1 instead of -1"
        assert re.fullmatch(r"effective_at is shown as \S+Z", refuted["numeric-offset"])

    def test_one_that_always_fails_confirms_nothing(self, bench: Bench) -> None:
        assert by_state(examine(altered(bench, fails), everything=True))[CONFIRMED] == {}

    def test_one_that_only_posts_refutes_nothing_that_cannot_be_seen(self, bench: Bench) -> None:
        bench.reads = frozenset()
        states = by_state(examine(altered(bench, knows_one_operation), everything=True))
        assert states[REFUTED] == {}
        reasons = set(states[UNTESTED].values())
        assert {
            "the server has no GET /accounts/{account_id}",
            "the server has no POST /products",
        } <= reasons
        assert all(
            reason.startswith("the server has no")
            for reason in reasons - {"nothing was answered 429"}
        )
        assert len(states[CONFIRMED]) > 25

    @pytest.mark.parametrize("status", [404, 405, 501])
    def test_one_that_cannot_change_a_status_refutes_nothing(
        self, bench: Bench, status: int
    ) -> None:
        no_change = refusing(status, where=lambda request: request.target.endswith("/status"))
        states = by_state(examine(altered(bench, no_change), everything=True))
        about_status = {
            *("closed-takes-nothing", "closed-reversal", "status-body", "any-status-change"),
            "due-at-any-status",
        }
        assert states[REFUTED] == {}
        assert states[UNTESTED] == {
            **dict.fromkeys(about_status, "the server has no PUT …/status"),
            "retry-after": "nothing was answered 429",
        }

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"[]", b"5", b"null", b'"x"', b"\xff", b"[[5]]", b"{}", MADE_UP, MADE_UP_TOO),
        ],
    )
    def test_one_that_answers_nonsense_is_no_trouble(self, bench: Bench, body: bytes) -> None:
        bench.reads = frozenset({READ_ACCOUNT, LIST_ITEMS, READ_ITEM})
        results = examine(
            altered(bench, lambda _, answer: replace(answer, status=200, body=body)),
            everything=True,
        )
        confirmed = by_state(results)[CONFIRMED]
        assert confirmed.keys() <= {"head-method", "unknown-query", "empty-body", "whole-seconds"}


class Other(NamedTuple):
    """A server that does one thing otherwise."""

    assumption_id: str
    alter: Alter
    seen: str
    """What has to be told, as a regular expression."""


def replacing(old: str, new: str) -> Alter:
    """Give a server that writes ``new`` for what the pattern ``old`` finds."""

    def alter(_: Request, answer: Answer) -> Answer:
        text = re.sub(old, new, answer.body.decode())
        return replace(answer, body=text.encode())

    return alter


def refusing(status: int, *, where: Callable[[Request], bool]) -> Alter:
    """Give a server that refuses some requests."""

    def alter(request: Request, answer: Answer) -> Answer:
        return with_json(answer, {"error": {"code": "no"}}, status) if where(request) else answer

    return alter


def refusing_repeats() -> Alter:
    """Give a server that takes no body twice."""
    seen: set[bytes | None] = set()

    def alter(request: Request, answer: Answer) -> Answer:
        if request.method == "POST" and request.body in seen:
            return with_json(answer, {"error": {"code": "conflict"}}, 409)
        seen.add(request.body)
        return answer

    return alter


def backwards(only: str) -> Alter:
    """Give a server that turns lists round, where ``only`` is in the query."""

    def alter(request: Request, answer: Answer) -> Answer:
        body = json_of(answer)
        if only in request.target and isinstance(body, dict) and "results" in body:
            return with_json(answer, {**body, "results": body["results"][::-1]})
        return answer

    return alter


OTHERS = (
    Other(
        "unknown-token-403",
        lambda _, answer: replace(answer, status=401) if answer.status == 403 else answer,
        "an unknown token is answered 401 not_authorized",
    ),
    Other(
        "invalid-is-422",
        lambda _, answer: replace(answer, status=400) if answer.status == 422 else answer,
        "a missing amount is answered 400 server_error",
    ),
    Other(
        "wrong-method",
        lambda _, answer: replace(answer, status=501) if answer.status == 405 else answer,
        "PUT is answered 501 method_not_allowed",
    ),
    Other(
        "offset-as-created",
        replacing('("results":.*"principal_cents":)0', r"\1-1"),
        r"balance and principal read back: \[0, -1\] instead of \[0, 0\]",
    ),
    Other(
        "repeat-answers-again",
        refusing_repeats(),
        "a repeat is answered 409 conflict",
    ),
    Other(
        "ids-per-account",
        refusing(409, where=lambda request: "31mNprz" in request.target),
        "an id that another account has is answered 409 no",
    ),
    Other(
        "id-any-character",
        refusing(422, where=lambda request: rb"\n" in (request.body or b"")),
        "the id 'li_.*' is answered 422 no",
    ),
    Other(
        "leap-second",
        refusing(422, where=lambda request: b":60Z" in (request.body or b"")),
        ".*:60Z is answered 422 no",
    ),
    Other("future-counts-later", replacing('"results":.*', '"results":[]}'), ".*is not listed"),
    Other(
        "overflow-order",
        replacing('"(fees|interest)(_balance_cents":)', r'"no_\1\2'),
        r"two cents off DEFERRED_INTEREST leave: \['PRINCIPAL'\] instead of .*",
    ),
    Other(
        "offset-as-created",
        replacing('"balance_cents":-1', '"balance_cents":0'),
        r"answered balance and principal: \[0, -1\] instead of \[-1, -1\]",
    ),
    Other(
        "generated-ids",
        replacing('"line_item_id":"can_', '"line_item_id":"5f0e-'),
        "it generates ids such as '5f0e-.*'",
    ),
    Other(
        "fields-null",
        replacing('"external_fields":null', '"external_fields":[]'),
        r"external_fields after \{\}: \[\] instead of None",
    ),
    Other(
        "bearer-challenge",
        lambda _, answer: replace(answer, headers=()),
        "WWW-Authenticate of a 401 is None",
    ),
    Other(
        "retry-after",
        lambda _, answer: answer,
        "Retry-After of a 429 is None",
    ),
    Other(
        "refusal-order",
        refusing(404, where=lambda request: "no-such" in request.target),
        "the schema and the account wrong is 404, and not 422, as the schema alone",
    ),
    Other(
        "empty-body",
        refusing(400, where=lambda request: "waivers" in request.target and not request.body),
        "a waiver with the body None is answered 400 no",
    ),
    Other(
        "head-method",
        refusing(405, where=lambda request: request.method == "HEAD"),
        "HEAD is answered 405 no",
    ),
    Other(
        "unknown-query",
        refusing(400, where=lambda request: "?no_such" in request.target),
        "an unknown query parameter is answered 400 no",
    ),
    Other("list-order", backwards("/accounts?"), r"accounts are listed as \[.*"),
    Other("backward-pages", backwards("ending_before"), "the page before the second: .*"),
    Other(
        "cursor-form",
        replacing('"starting_after":"[0-9a-f]{30}"', '"starting_after":"can_900005"'),
        "a cursor is 'can_900005'",
    ),
    Other(
        "product-shown",
        replacing('"product_name":"[^"]*",', ""),
        "the account leaves out product_name",
    ),
    Other(
        "reversal-of-deferred",
        replacing("PAYMENT_REVERSAL_DEFERRED_INTEREST", "PAYMENT_REVERSAL"),
        "it comes back as PAYMENT_REVERSAL",
    ),
    Other(
        "fee-anniversaries", replacing("MONTH_FEE", "FEE"), r"monthly fees .*: \[\] instead of .*"
    ),
    Other(
        "any-status-change",
        refusing(409, where=lambda request: b'"ACTIVE"' in (request.body or b"")),
        "a change from CHARGED_OFF to ACTIVE is answered 409 no",
    ),
    Other(
        "due-at-any-status",
        replacing("MONTH_FEE", "FEE"),
        "a CLOSED account has 0 monthly fees after 40 days, and 0 before",
    ),
    Other(
        "roll-answers-account",
        lambda request, answer: with_json(answer, {}) if request.method == "PATCH" else answer,
        "account_id in the answer: None instead of .*",
    ),
)


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.assumption_id)
def test_a_server_that_does_one_thing_otherwise_is_told_what(bench: Bench, other: Other) -> None:
    if other.assumption_id == "retry-after":
        told = Exchange(Request("GET", "/"), Answer(429, (), b"{}"))
        bench.client.exchanges.append(told)
    seen = register()[other.assumption_id].look(altered(bench, other.alter))
    assert isinstance(seen, Seen)
    assert not seen.confirmed
    assert re.fullmatch(other.seen, seen.what), seen.what


def test_there_is_a_server_for_every_assumption_that_refutes_it() -> None:
    ones = {other.assumption_id for other in OTHERS}
    assert TAKEN | SHOWN | ones == register().keys()
    assert not TAKEN & SHOWN


@pytest.mark.parametrize(
    ("arguments", "refuted", "untested"),
    [
        (
            ("--compat", "observed"),
            {
                "whole-float": "an amount of 1.0 is answered 200",
                "invalid-is-422": "a missing amount is answered 400 server_error",
            },
            {},
        ),
        (
            ("--processing", "controlled"),
            {},
            {"offset-as-created": "the item waits to be poured"},
        ),
    ],
    ids=["observed", "controlled"],
)
def test_the_mock_in_another_mood(
    arguments: tuple[str, ...], refuted: dict[str, str], untested: dict[str, str]
) -> None:
    with started_mock(*arguments) as mock:
        accounts = tuple(mock.accounts)
        target = Target(mock.url, mock.token, accounts, allows_writes=True, client=MOCK_CLIENT)
        for bench in benches(target):
            states = by_state(examine(bench, everything=True))
    assert states[REFUTED] == refuted
    assert states[UNTESTED] == {
        **untested,
        "role-permissions": "needs a token that may only read",
        "retry-after": "nothing was answered 429",
    }
