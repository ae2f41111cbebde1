"""A retry is safe, whatever happened to the first try (reliability P4, P16).

Eight clients at once send what they have to until it works, through every fault there is. Every
line_item_id is posted once at most, every cent is counted once, and the exchanges tell what came.
"""

from __future__ import annotations

import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import httpx
import pytest

from tests.running import Running, in_silence, serving
from tests.steering import POST, Steered, steering

CLIENTS = 8
TRIES = 60
PATIENCE = {"hang": 0.15, "time-out": 0.15}
"""Seconds until a client gives an answer up, where it is to do so."""
LONG_AGO = "1990-01-01T00:00:00Z"
GENERATED_CENTS = 7
"""Of the items for which clients bring no id."""
OPERATION = "createAccountDebitOffset"
DOWN = {"answer": {"status": 500}}
FAULTS: dict[str, dict[str, Any]] = {
    "delay": {"delay": {"ms": 15}},
    "time-out": {"delay": {"ms": 250}},
    "reset": {"breaks": "reset"},
    "empty": {"breaks": "empty"},
    "hang": {"breaks": "hang"},
    "garbage": {"breaks": "garbage"},
    "slow": {"bytes_per_second": 40_000},
    "500": DOWN,
    "429": {"answer": {"status": 429, "headers": {"Retry-After": "1"}}},
    "truncate": {"breaks": "truncate", **DOWN},
    "malformed": {"breaks": "malformed", **DOWN},
    "own truncate": {"breaks": "truncate"},
    "own malformed": {"breaks": "malformed"},
}
STAGES = ("before_validation", "in_flight", "after_commit")
CASES = [
    (stage, name)
    for stage, name in itertools.product(STAGES, FAULTS)
    if stage == "after_commit" or not name.startswith("own")
]


class Wanted(NamedTuple):
    """What a client wants posted."""

    cents: int
    line_item_id: str | None = None
    effective_at: str | None = None
    due: tuple[int, ...] = (200,)
    """The statuses that it may come to."""

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        names = ("line_item_id", "effective_at")
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return {"original_amount_cents": self.cents, **given}


class Got(NamedTuple):
    """What became of it."""

    wanted: Wanted
    answers: list[httpx.Response]
    """All that came whole."""
    tries: int

    @property
    def last(self) -> httpx.Response:
        """The answer that the client goes by."""
        return self.answers[-1]

    @property
    def is_posted(self) -> bool:
        """Whether it worked in the end."""
        return self.last.status_code == 200


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with in_silence(serving("--accounts", "3", "--check-responses")) as running:
        yield running


def work(client: int) -> list[Wanted]:
    """What each client does: some of it is wanted by all, some of that with another amount."""
    return [
        Wanted(100, "same"),
        Wanted(200 + client % 2, "contested", due=(200, 409)),
        Wanted(1_000 + client, f"own_{client}"),
        Wanted(GENERATED_CENTS),
        Wanted(300, "refused_first", LONG_AGO, due=(409,)),
        Wanted(300, "refused_first"),
        Wanted(-1, f"refused_{client}", due=(422,)),
        Wanted(400 + client, f"refused_{client}"),
    ]


def until_it_works(client: httpx.Client, wanted: Wanted) -> Got:
    """Send something until an answer comes that is no failure."""
    answers = []
    for at in range(TRIES):
        try:
            answer = client.post(POST, json=wanted.body)
            answer.json()
        except (httpx.TransportError, json.JSONDecodeError):
            continue
        answers.append(answer)
        if answer.status_code not in (429, 500):
            return Got(wanted, answers, at + 1)
    raise AssertionError(f"{wanted} did not work in {TRIES} tries")


def all_at_once(server: Running, name: str, patience: float) -> list[Got]:
    """Let eight clients do their work at once, each over its own connections."""
    start = Barrier(CLIENTS)

    def one(number: int) -> list[Got]:
        headers = {"Authorization": f"Bearer {name}"}
        timeout = httpx.Timeout(10, read=patience)
        with httpx.Client(base_url=server.url, headers=headers, timeout=timeout) as client:
            start.wait()
            return [until_it_works(client, wanted) for wanted in work(number)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(itertools.chain.from_iterable(pool.map(one, range(CLIENTS))))


def arrange(sandbox: Steered, stage: str, fault: dict[str, Any]) -> None:
    """Let a fault strike half of the posts, and see that many are sent at once."""
    about = {"operations": [OPERATION], "seed": len(sandbox.name)}
    if stage == "in_flight":  # somebody has to be, who posted already, now and again
        sandbox.fault(**about, stage="after_commit", probability=0.3, delay={"ms": 20})
    sandbox.fault(**about, stage=stage, probability=0.5, **fault, fault_id="struck")


def settle(sandbox: Steered) -> None:
    """Wait until all is answered, and take the faults away."""
    all_there_is = {"match": {"operation": OPERATION}, "at_most": 10_000}
    until = time.monotonic() + 10
    while sandbox.ask("POST", "exchanges/assert", all_there_is)["outcome"] != "passed":
        assert time.monotonic() < until
        time.sleep(0.01)
    sandbox.ask("DELETE", "faults")


@pytest.mark.parametrize(("stage", "name"), CASES)
def test_a_retry_is_safe_whatever_happened(server: Running, stage: str, name: str) -> None:
    with steering(server) as sandbox:
        before = sandbox.total()
        arrange(sandbox, stage, FAULTS[name])
        patience = PATIENCE.get(name)
        got = all_at_once(server, sandbox.name, patience or 10)
        settle(sandbox)

        assert_answers(got)
        assert_posted_once(sandbox, got, before)
        assert_told(sandbox, got, is_patient=patience is None)
        sandbox.verified()


@pytest.mark.parametrize("name", [name for name in FAULTS if not name.startswith("own")])
def test_a_retry_is_safe_while_the_first_answer_is_held(server: Running, name: str) -> None:
    wanted = Wanted(1_234, "held")
    with steering(server) as sandbox, ThreadPoolExecutor(1) as pool:
        before = sandbox.total()
        sandbox.fault(fault_id="held", stage="after_commit", times=1, delay={"ms": 800})
        sandbox.fault(fault_id="struck", stage="in_flight", times=2, **FAULTS[name])
        timeout = httpx.Timeout(10, read=PATIENCE.get(name, 10))
        with httpx.Client(
            base_url=server.url, headers=sandbox.client.headers, timeout=timeout
        ) as client:
            first = pool.submit(steered_post, server, sandbox.name, wanted)
            while not struck(sandbox, "held"):
                pass
            got = until_it_works(client, wanted)

        assert struck(sandbox, "struck") > 0
        assert got.last.content == first.result().content
        assert [item["line_item_id"] for item in sandbox.items()] == ["held"]
        assert sandbox.total() == before - 1_234
        sandbox.verified()


def steered_post(server: Running, name: str, wanted: Wanted) -> httpx.Response:
    """Post on a connection of its own."""
    with steering(server, name) as other:
        return other.client.post(POST, json=wanted.body)


def struck(sandbox: Steered, fault_id: str) -> int:
    """Give how many requests a fault has struck."""
    known = sandbox.ask("GET", "faults")["results"]
    return sum(fault["struck"] for fault in known if fault["fault_id"] == fault_id)


def assert_answers(got: list[Got]) -> None:
    """Make sure that everybody has the answer that is due, and all have the same."""
    first: dict[str, bytes] = {}
    for wanted, answers, _ in got:
        assert answers[-1].status_code in wanted.due
        for answer in answers:
            if answer.status_code == 200 and wanted.line_item_id is not None:
                assert first.setdefault(wanted.line_item_id, answer.content) == answer.content


def assert_posted_once(sandbox: Steered, got: list[Got], before: int) -> None:
    """Make sure that there is one item per id, and that the balance says so."""
    items = sandbox.items()
    cents = {i["line_item_id"]: -i["line_item_summary"]["original_amount_cents"] for i in items}
    generated = {line_item_id for line_item_id in cents if line_item_id.startswith("can_")}
    told = {g.last.json()["line_item_id"] for g in got if g.wanted.line_item_id is None}
    named = {(g.wanted.line_item_id, g.wanted.cents) for g in got if g.is_posted} - UNNAMED

    assert len(cents) == len(items)
    assert {(at, cents[at]) for at in cents.keys() - generated} == named
    assert {cents[at] for at in generated} == {GENERATED_CENTS}
    assert told <= generated
    assert len(told) == CLIENTS
    assert sandbox.total() == before - sum(cents.values())


UNNAMED = {(None, GENERATED_CENTS)}


def assert_told(sandbox: Steered, got: list[Got], *, is_patient: bool) -> None:
    """Make sure that the exchanges tell of every answer that came, and of every item posted."""
    exchanges = sandbox.exchanges(f"&operation={OPERATION}")
    left = Counter((e["status"], e["answer"]["body"]) for e in exchanges)
    came = Counter((a.status_code, a.text) for g in got for a in g.answers)
    without_id = [
        e["decided"] for e in exchanges if "line_item_id" not in json.loads(e["request"]["body"])
    ]
    struck = sum("struck" in e["fault_ids"] for e in exchanges)
    generated = [i for i in sandbox.items() if i["line_item_id"].startswith("can_")]

    assert came <= left
    assert len(exchanges) <= sum(g.tries for g in got)
    assert not is_patient or len(exchanges) - came.total() <= struck
    assert without_id.count(200) == len(generated)
    assert struck > 0
