"""What a run gives back: all that it took, and no more than that, whatever else happens."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from contract_tests import generated as generating
from contract_tests.bench import Bench, UntestedError
from contract_tests.crediting import credit
from contract_tests.exchange import Answer as Answered
from contract_tests.exchange import Exchange
from contract_tests.generated import Generated
from contract_tests.postings import Tally, tallies
from contract_tests.probes import shape
from contract_tests.probes.auth import foreign_account
from contract_tests.probes.money import one_post
from contract_tests.undo import undo, untouched
from tests.kit.looking import looking
from tests.zoo.api import Zoo
from tests.zoo.ledger import Bucket, Order
from tests.zoo.messages import Answer, Json, Refused
from tests.zoo.variants import MinimalAnswers
from tests.zoo.variants_http import OnlyPost

A, B, C = "can_101", "can_102", "can_103"


def owed(zoo: Zoo, account: str = A) -> dict[str, int]:
    found = zoo.accounts[account]
    principal = found.owed_cents[Bucket.PRINCIPAL] - found.unpoured_cents
    return {str(of): cents for of, cents in found.owed_cents.items()} | {"PRINCIPAL": principal}


def total(zoo: Zoo, account: str = A) -> int:
    return sum(owed(zoo, account).values())


def another(zoo: Zoo, operation: str, cents: int, allocation: str | None = None) -> None:
    """Let somebody else post to the first account."""
    zoo.post(A, Order(operation, cents, None, None, allocation))


def cents_posted(zoo: Zoo, operation: str, account: str = A) -> list[int]:
    orders = (item.order for item in zoo.accounts[account].items)
    return [of.amount_cents for of in orders if of is not None and of.operation == operation]


class TestWhatTheServerDoes:
    """All that is gone is found, however it was answered."""

    def test_every_bucket_owes_what_it_owed(self) -> None:
        zoo = Zoo()
        before = owed(zoo)
        with looking(zoo) as bench:
            for allocation in ("FEE", "INTEREST", "DEFERRED_INTEREST"):
                bench.post(bench.offset(40, allocation=allocation))
            credit(bench, bench.offset(15))
            left = undo(bench)

        assert owed(zoo) == before
        assert left == [
            (
                f"{A}: 4 debit offsets of 121 cents in all, 1 credit offset of 15 cents, "
                "taken back: it owes 593500 as before"
            )
        ]

    @pytest.mark.parametrize("status", [201, 202, 500, 503])
    def test_what_was_posted_and_answered_otherwise(self, status: int) -> None:
        class Otherwise(Zoo):
            """Posts, and answers with another status."""

            def created(self, content: Json) -> Answer:
                return Answer(status, super().created(content).body)

        zoo = Otherwise()
        with looking(zoo) as bench:
            bench.post(bench.offset(30))
            left = undo(bench)

        assert total(zoo) == total(Zoo())
        assert left == [
            f"{A}: 2 posts of 31 cents perhaps carried out, taken back: it owes 593500 as before"
        ]

    def test_what_was_not_answered(self) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            sent = bench.post(bench.offset(30))
            bench.client.exchanges[-1] = sent._replace(answer=None, error="a hang")
            left = undo(bench)

        assert total(zoo) == total(Zoo())
        assert left == [
            (
                f"{A}: 1 debit offset of 1 cent in all, 1 post of 30 cents perhaps carried out, "
                "taken back: it owes 593500 as before"
            )
        ]

    def test_what_was_refused_and_posted_is_told_of_every_account(self) -> None:
        class Refusing(Zoo):
            """Refuses what it has posted to the second account."""

            def post(self, account_id: str, order: Order) -> Json:
                content = super().post(account_id, order)
                if account_id == B and order.amount_cents > 1:
                    raise Refused(400, "no", "It is posted all the same")
                return content

        zoo = Refusing()
        with looking(zoo, A, B) as bench:
            bench.post(bench.offset(30), B)
            left = undo(bench)

        assert left[1] == (
            f"{B}: 1 debit offset of 1 cent in all, taken back: it owes 736470, not 736500; someone"
            " else has moved 30 cents meanwhile, or the server books otherwise than it answers"
        )

    def test_an_account_that_refused_all_and_posted_is_told_too(self) -> None:
        class Refusing(Zoo):
            """Refuses what it has posted to the second account, whatever it is."""

            def post(self, account_id: str, order: Order) -> Json:
                content = super().post(account_id, order)
                if account_id == B:
                    raise Refused(400, "no", "It is posted all the same")
                return content

        with looking(Refusing(), A, B) as bench:
            told = undo(bench)[1]

        assert told.startswith(
            f"{B}: nothing posted, nothing to take back: it owes 736499, not 736500; "
            "someone else has moved 1 cent meanwhile"
        )

    def test_a_post_counts_for_the_account_that_was_asked_for(self) -> None:
        class Naming(OnlyPost):
            """Names another account in its answers."""

            def created(self, content: Json) -> Answer:
                return super().created({**content, "account_id": B})

        zoo = Naming()
        with looking(zoo) as bench:
            assert undo(bench) == [f"{A}: 1 debit offset of 1 cent in all, credited as much"]

        assert total(zoo) == total(Zoo())


class TestWhatOthersDo:
    """What is not the run's own stays where it is."""

    @pytest.mark.parametrize(
        ("operation", "cents", "sign"), [("credit", 70_000, 1), ("debit", 80_000, -1)]
    )
    @pytest.mark.parametrize("allocation", [None, "FEE"])
    def test_it_stays(self, operation: str, cents: int, sign: int, allocation: str | None) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            bench.post(bench.offset(30))
            another(zoo, operation, cents, allocation)
            left = undo(bench)

        assert total(zoo) == total(Zoo()) + sign * cents
        assert sum(cents_posted(zoo, "credit")) - cents * (sign > 0) == 31
        assert sum(cents_posted(zoo, "debit")) - cents * (sign < 0) == 31
        assert f"; someone else has moved {cents} cents meanwhile" in left[0]

    def test_it_stays_in_its_buckets(self) -> None:
        zoo = Zoo()
        before = owed(zoo)
        with looking(zoo) as bench:
            bench.post(bench.offset(30))
            another(zoo, "debit", 500)
            another(zoo, "credit", 500, "FEE")
            undo(bench)

        moved = {of: cents - before[of] for of, cents in owed(zoo).items()}
        assert moved == {"PRINCIPAL": -500, "FEE": 500, "INTEREST": 0, "DEFERRED_INTEREST": 0}

    def test_it_stays_where_a_run_gave_more_than_it_took(self) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            credit(bench, bench.offset(300))
            another(zoo, "credit", 1000)
            undo(bench)

        assert total(zoo) == total(Zoo()) + 1000

    def test_a_repeat_counts_once(self) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            body = bench.offset(30)
            for _ in range(3):
                bench.post(body)
            another(zoo, "debit", 500)
            undo(bench)

        assert total(zoo) == total(Zoo()) - 500

    def test_what_is_still_to_come_is_not_given_back(self) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            bench.post(bench.offset(30, effective_at="2096-02-29T12:00:00Z"))
            left = undo(bench)

        assert total(zoo) == total(Zoo())
        assert left[0].endswith("of 31 cents in all, taken back: it owes 593500 as before")

    @pytest.mark.parametrize("ends", [None, KeyboardInterrupt, ZeroDivisionError])
    def test_a_run_of_schemathesis_that_leaves_no_log(
        self, monkeypatch: pytest.MonkeyPatch, ends: type[BaseException] | None
    ) -> None:
        def generated(*_: object) -> Generated:
            if ends is not None:
                raise ends
            return Generated([], "it took too long")

        monkeypatch.setattr(generating, "generate", generated)
        with looking(Zoo(), A, B) as bench:
            with pytest.raises(ends or UntestedError):
                shape.made_up(bench)

            assert bench.unlogged == {B}

    def test_what_schemathesis_took_is_given_back_although_nobody_knows_what(self) -> None:
        zoo = Zoo()
        with looking(zoo) as bench:
            another(zoo, "debit", 400)
            bench.unlogged = {A}
            undo(bench)

        assert total(zoo) == total(Zoo())


class TestWithoutReads:
    """Where nothing can be read, what was answered 200 counts, and nothing else."""

    def test_what_was_given_is_not_given_twice(self) -> None:
        zoo = OnlyPost()
        with looking(zoo) as bench:
            bench.post(bench.offset(50))
            credit(bench, bench.offset(20))
            left = undo(bench)

        assert total(zoo) == total(Zoo())
        assert left == [
            (
                f"{A}: 2 debit offsets of 51 cents in all, 1 credit offset of 20 cents, "
                "credited 31 cents"
            )
        ]

    def test_what_is_still_to_come_is_given_back(self) -> None:
        zoo = OnlyPost()
        with looking(zoo) as bench:
            bench.post(bench.offset(30, effective_at="2096-02-29T12:00:00Z"))
            undo(bench)

        assert cents_posted(zoo, "credit") == [31]

    def test_what_was_perhaps_carried_out_is_told(self) -> None:
        zoo = OnlyPost()
        with looking(zoo) as bench:
            sent = bench.post(bench.offset(50))
            bench.client.exchanges[-1] = sent._replace(answer=None, error="a hang")
            left = undo(bench)

        assert cents_posted(zoo, "credit") == [1]
        assert left == [
            (
                f"{A}: 1 debit offset of 1 cent in all, 1 post of 50 cents perhaps carried out, "
                "credited as much, but for what was perhaps carried out"
            )
        ]

    def test_a_post_to_a_foreign_account_is_given_back_and_told(self) -> None:
        zoo = Zoo()
        with looking(zoo, foreign_account=C) as bench:
            foreign_account(bench)
            left = undo(bench)

        assert total(zoo, C) == total(Zoo(), C)
        assert left[1] == f"{C}: 1 debit offset of 1 cent in all, credited as much"


class TestLimits:
    """What a run may post, and what a server takes."""

    def test_a_credit_may_be_larger_than_what_may_be_posted(self) -> None:
        zoo = Zoo()
        with looking(zoo, max_cents=1) as bench:
            for _ in range(60):
                bench.post(bench.offset(1))
            undo(bench)

        assert total(zoo) == total(Zoo())
        assert cents_posted(zoo, "credit") == [61]

    def test_what_is_left_of_it_is_told(self) -> None:
        class Bounded(Zoo):
            """Gives back no more than 45 cents at once."""

            largest_cents = 2**53 - 1

            def post(self, account_id: str, order: Order) -> Json:
                if order.operation == "credit" and order.amount_cents > 45:
                    raise Refused(400, "too_much", "It is too much")
                return super().post(account_id, order)

        zoo = Bounded()
        with looking(zoo) as bench:
            bench.post(bench.offset(40, allocation="FEE"))
            bench.post(bench.offset(263))
            left = undo(bench)

        assert left[0].endswith(
            "304 cents in all, 264 of 304 cents not taken back: it owes 593236, not 593500"
        ), left

    def test_an_account_that_takes_no_credit(self) -> None:
        class Taking(OnlyPost):
            """Has no credit offsets."""

            def methods(self, segments: list[str]) -> dict[str, str]:
                return {} if segments[-1] == "credit_offsets" else super().methods(segments)

        with looking(Taking()) as bench:
            assert undo(bench) == [
                (
                    f"{A}: 1 debit offset of 1 cent in all, 1 of 1 cent not taken back: "
                    "it takes no credit offset"
                )
            ]

    def test_no_time_is_told(self) -> None:
        with looking(Zoo()) as bench:
            bench.client.deadline = 0
            told = f"{A}: 1 debit offset of 1 cent in all, "

            assert undo(bench) == [f"{told}not all of it taken back: out of time"]
            assert untouched(bench, "stopped") == [
                f"{told}perhaps not all of it taken back: stopped"
            ]


class TestTallies:
    """What counts as posted."""

    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        with looking(Zoo()) as bench:
            bench.client.exchanges.clear()
            yield bench

    def tally(self, *exchanges: Exchange) -> Tally:
        return tallies(exchanges).get(A, Tally())

    def answered(self, bench: Bench, body: object, status: int, shown: int | None) -> Exchange:
        summary = {} if shown is None else {"original_amount_cents": shown}
        content = f'{{"account_id":"{A}","line_item_summary":{summary}}}'.replace("'", '"')
        answer = Answered(status, (), content.encode())
        return Exchange(bench.posting(body), answer, began=time.time())

    @pytest.mark.parametrize(
        ("body", "shown", "span"),
        [
            ({"original_amount_cents": 5}, 5, (5, 5)),
            ({"original_amount_cents": 5}, None, (5, 5)),
            ({"original_amount_cents": 5}, 500, (5, 500)),
            ({"original_amount_cents": "5"}, 5, (5, 5)),
            ({"original_amount_cents": -5}, 5, (-5, 5)),
            ({"original_amount_cents": 5.0}, 5, (5, 5)),
            ({"original_amount_cents": 5, "effective_at": "never"}, 5, (0, 5)),
            ({"original_amount_cents": 5, "effective_at": "2020-02-29T12:00:00Z"}, 5, (5, 5)),
            (b"{", 7, (7, 7)),
            (b"[NaN]", None, (0, 0)),
        ],
    )
    def test_an_amount(
        self, bench: Bench, body: object, shown: int | None, span: tuple[int, int]
    ) -> None:
        tally = self.tally(self.answered(bench, body, 200, shown))

        assert (tally.least_cents, tally.most_cents) == span

    def test_a_refusal_and_what_never_posts_count_as_nothing(self, bench: Bench) -> None:
        refused = [self.answered(bench, bench.offset(5), of, None) for of in (307, 401, 409, 501)]
        options = [
            self.answered(bench, bench.offset(5), 200, 5)._replace(
                request=bench.posting(bench.offset(5))._replace(method=method)
            )
            for method in ("OPTIONS", "HEAD", "TRACE")
        ]

        assert self.tally(*refused, *options) == Tally()

    def test_another_method_that_was_answered_counts_perhaps(self, bench: Bench) -> None:
        put = self.answered(bench, bench.offset(5), 200, 5)
        tally = self.tally(put._replace(request=put.request._replace(method="PUT")))

        assert (tally.debits, tally.perhaps, tally.least_cents, tally.most_cents) == (0, 1, 0, 5)

    def test_of_a_race_for_one_id_that_counts_which_the_answers_show(self, bench: Bench) -> None:
        body = bench.offset(10)
        bodies = [{**body, "original_amount_cents": 10 + more} for more in range(8)]
        tally = self.tally(*(self.answered(bench, of, 200, 13) for of in bodies))

        assert (tally.debits, tally.least_cents, tally.most_cents) == (1, 13, 13)

    def test_a_repeat_on_another_account_that_shows_the_first_is_none(self, bench: Bench) -> None:
        body = bench.offset(4)
        elsewhere = self.answered(bench, body, 200, 4)._replace(request=bench.posting(body, B))
        found = tallies([self.answered(bench, body, 200, 4), elsewhere])

        assert {account: of.debits for account, of in found.items()} == {A: 1}

    def test_a_credit_under_the_id_of_a_debit_is_none(self, bench: Bench) -> None:
        body = bench.offset(4)
        bench.post(body)
        bench.client.exchanges.append(
            self.answered(bench, body, 200, 4)._replace(
                request=bench.posting(body, target=f"/accounts/{A}/line_items/credit_offsets")
            )
        )
        tally = self.tally(*bench.client.exchanges)

        assert (tally.debits, tally.credits, tally.least_cents) == (1, 0, 4)

    def test_an_account_is_known_however_it_is_written(self, bench: Bench) -> None:
        target = "/accounts/%63an_101/line_items/debit_offsets/?x=1"
        bench.post({"original_amount_cents": 3}, target=target.replace("/?", "?"))
        bench.client.exchanges[-1] = bench.client.exchanges[-1]._replace(
            request=bench.client.exchanges[-1].request._replace(target=target)
        )

        assert self.tally(*bench.client.exchanges).debit_cents == 3

    def test_what_a_run_has_opened_is_its_own(self, bench: Bench) -> None:
        posted = self.answered(bench, bench.offset(4), 200, 4)
        opening = posted.request._replace(target="/accounts", operation="createAccount")

        assert self.tally(posted, posted._replace(request=opening)) == Tally()


def test_answers_that_show_little_are_given_back_too() -> None:
    zoo = MinimalAnswers()
    with looking(zoo) as bench:
        one_post(bench)
        undo(bench)

    assert total(zoo) == total(Zoo())
