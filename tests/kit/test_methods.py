"""Methods that a path does not have are tried where they can do no harm."""

from __future__ import annotations

import pytest

from contract_tests.bench import Bench, item_of, items_of, offsets_of, path_of
from contract_tests.probes.http import methods
from tests.kit.looking import looking
from tests.zoo.api import Zoo
from tests.zoo.messages import Answer, Request

A = "can_101"
HARMLESS = {"GET", "TRACE", "FOO"}


def looked(zoo: Zoo) -> Bench:
    """Let the probe look at a server; give the bench with what it found."""
    with looking(zoo) as bench:
        methods(bench)
    return bench


class Owning(Zoo):
    """Has more methods than the contract tells of: accounts are changed, and closed."""

    def answer(self, request: Request) -> Answer:
        parts = request.path.strip("/").split("/")
        is_more = request.method in ("PUT", "PATCH", "DELETE", "POST") and len(parts) in (2, 3)
        if not is_more or parts[0] != "accounts":
            return super().answer(request)
        self.account(parts[1])  # or a 404
        del self.accounts[parts[1]]
        return Answer(204)


class Careless(Zoo):
    """Answers a method on the path of any account, or of its items, whoever that is."""

    def __init__(self, method: str, length: int) -> None:
        super().__init__()
        self.taken = (method, length)

    def answer(self, request: Request) -> Answer:
        length = len(request.path.strip("/").split("/"))
        if (request.method, length) == self.taken:
            return Answer(204)
        return super().answer(request)


def test_nothing_that_may_change_an_account_is_sent_to_one_that_there_is() -> None:
    bench = looked(Zoo())
    sent = {(of.request.method, of.request.target) for of in bench.client.exchanges}

    for path in (path_of(A), items_of(A)):
        assert {method for method, target in sent if target == path} <= HARMLESS
    touched = {target for method, target in sent if method in ("PUT", "PATCH", "DELETE")}
    mine = {of.request.target for of in bench.client.exchanges if bench.run in of.request.target}
    assert touched <= {offsets_of(A), *mine}
    assert item_of(A, f"li_{bench.run}_1") in touched, "an item of the run's own"
    assert bench.breaks == []


def test_an_api_may_have_more_methods_and_keeps_its_accounts() -> None:
    zoo = Owning()
    bench = looked(zoo)

    assert [found for found in bench.breaks if found.rule_id == "http.methods"] == []
    assert A in zoo.accounts


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("length", [2, 3])
def test_a_method_that_is_answered_for_any_account_is_found(method: str, length: int) -> None:
    bench = looked(Careless(method, length))

    assert {found.rule_id for found in bench.breaks} >= {"http.methods"}
