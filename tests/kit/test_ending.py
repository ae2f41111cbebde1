"""A run that ends before its time: what it took is given back, and what is left is told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from contract_tests import ending, kit
from contract_tests import probe as probe_module
from contract_tests.bench import Bench
from contract_tests.ending import StoppedError
from contract_tests.pace import UNDO_GRACE_SECONDS
from contract_tests.plan import Plan
from contract_tests.probe import Look, Probe, Turn
from contract_tests.target import Target, TargetError
from tests.zoo.api import Zoo
from tests.zoo.guard import TOKEN
from tests.zoo.ledger import Order
from tests.zoo.messages import Json, Refused, Request
from tests.zoo.server import running
from tests.zoo.variants_http import OnlyPost

A, B = "can_101", "can_102"
TAKEN_BACK = "2 debit offsets of 31 cents in all, taken back: it owes 593500 as before"


class Slow(Zoo):
    """Takes its time for a post of 30 cents."""

    def post(self, account_id: str, order: Order) -> Json:
        if order.amount_cents == 30:
            time.sleep(0.15)
        return super().post(account_id, order)


def total(zoo: Zoo, account: str = A) -> int:
    found = zoo.accounts[account]
    return sum(found.owed_cents.values()) - found.unpoured_cents


def posted(zoo: Zoo, account: str = A) -> list[int]:
    orders = (item.order for item in zoo.accounts[account].items)
    return [of.amount_cents for of in orders if of is not None and of.operation == "debit"]


def check(monkeypatch: pytest.MonkeyPatch, zoo: Zoo, look: Look, *accounts: str) -> None:
    """Check a server with one probe."""
    probe = Probe("money", (), look, writes=True, turn=Turn.FIRST, is_called_early=None)
    monkeypatch.setattr(probe_module, "PROBES", [probe])
    with running(zoo) as url:
        target = Target(url, TOKEN, accounts or (A,), allows_writes=True)
        kit.check(target, Plan(is_quick=True, layers=("money",)), "1", lambda *_: None)


def stop(bench: Bench) -> None:
    bench.post(bench.offset(30))
    raise KeyboardInterrupt


def stop_soon() -> None:
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT)).start()


def test_giving_back_has_time_though_the_run_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(bench: Bench) -> None:
        bench.client.deadline = time.monotonic() + 3  # whatever looks may have taken too long
        while bench.client.seconds_left > 0:
            time.sleep(0.01)

    left: list[float] = []

    def undo(bench: Bench) -> list[str]:
        left.append(bench.client.seconds_left)
        return []

    monkeypatch.setattr(kit, "undo", undo)
    check(monkeypatch, Zoo(), look)

    assert left[0] > UNDO_GRACE_SECONDS


class TestStopped:
    """Whoever starts a run may stop it."""

    def test_what_was_posted_is_taken_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        zoo = Zoo()
        with pytest.raises(StoppedError) as stopped:
            check(monkeypatch, zoo, stop)

        assert total(zoo) == total(Zoo())
        assert stopped.value.left_behind == [f"{A}: {TAKEN_BACK}"]

    def test_what_was_on_its_way_is_taken_back_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def look(bench: Bench) -> None:
            stop_soon()
            bench.send_all([bench.posting(bench.offset(30))])

        zoo = Slow()
        with pytest.raises(StoppedError) as stopped:
            check(monkeypatch, zoo, look)

        assert posted(zoo) == [1, 30]
        assert total(zoo) == total(Zoo())
        assert stopped.value.left_behind == [f"{A}: {TAKEN_BACK}"]

    @pytest.mark.parametrize("is_raw", [False, True])
    def test_what_nobody_waits_for_any_more_is_taken_back_too(
        self, monkeypatch: pytest.MonkeyPatch, *, is_raw: bool
    ) -> None:
        def look(bench: Bench) -> None:
            bench.post(bench.offset(30))
            stop_soon()
            request = bench.posting(bench.offset(30))
            (bench.client.send_raw if is_raw else bench.send)(request)

        zoo = Slow()
        with pytest.raises(StoppedError) as stopped:
            check(monkeypatch, zoo, look)

        assert posted(zoo) == [1, 30, 30]
        assert total(zoo) == total(Zoo())
        assert ", 1 post of 30 cents perhaps carried out, taken back" in str(stopped.value)

    def test_who_stops_it_again_is_told_what_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ending, "undo", stop)
        zoo = Zoo()
        with pytest.raises(StoppedError) as stopped:
            check(monkeypatch, zoo, stop)

        told = "3 debit offsets of 61 cents in all, perhaps not all of it taken back: stopped"
        assert stopped.value.left_behind == [f"{A}: {told}"]

    def test_the_first_look_can_be_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("contract_tests.start._read_first_post", lambda bench, _: stop(bench))
        zoo = Zoo()
        with pytest.raises(StoppedError):
            check(monkeypatch, zoo, stop)

        assert posted(zoo) == [1, 30]
        assert total(zoo) == total(Zoo())

    def test_undoing_can_be_stopped_and_is_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kit, "undo", stop)
        zoo = Zoo()
        with pytest.raises(StoppedError):
            check(monkeypatch, zoo, lambda _: None)

        assert total(zoo) == total(Zoo())

    def test_the_command_tells_it_and_ends_with_130(self) -> None:
        zoo = Zoo()
        with running(zoo) as url:
            who = ["--token", TOKEN, "--account", A, "--allow-writes", "--layer", "records,money"]
            process = subprocess.Popen(
                [sys.executable, "-m", "mockserver", "check", url, *who],
                stderr=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={name: of for name, of in os.environ.items() if not name.startswith("CANOPY_")},
            )
            until = time.monotonic() + 20
            while len(posted(zoo)) < 40 and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)

        assert process.returncode == 130, err
        assert out == ""
        assert re.search(
            rf"(?m)^left behind: {A}: \d+ debit offsets of .* taken back: it owes", err
        )


class TestFailed:
    """A run that cannot go on."""

    def test_a_failure_of_the_kit_takes_back_what_was_posted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(bench: Bench, *_: object) -> None:
            bench.post(bench.offset(30))
            raise ZeroDivisionError("no")

        monkeypatch.setattr(kit, "_assumed", fail)
        zoo = Zoo()
        with pytest.raises(TargetError) as error:
            check(monkeypatch, zoo, lambda _: None)

        told = f"the check failed: ZeroDivisionError no; left behind: {A}: {TAKEN_BACK}"
        assert str(error.value) == told
        assert total(zoo) == total(Zoo())

    def test_a_failure_to_take_back_does_not_hide_why(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: Bench) -> None:
            raise ZeroDivisionError("no")

        monkeypatch.setattr(ending, "undo", fail)
        with pytest.raises(StoppedError) as stopped:
            check(monkeypatch, Zoo(), stop)

        told = "perhaps not all of it taken back: ZeroDivisionError no"
        assert stopped.value.left_behind == [f"{A}: 2 debit offsets of 31 cents in all, {told}"]


def test_where_nobody_listens_nothing_is_left() -> None:
    with running(Zoo()) as url:
        pass
    target = Target(url, TOKEN, (A,), allows_writes=True)
    with pytest.raises(TargetError, match=r"Connection refused$"):
        kit.check(target, Plan(is_quick=True), "1", lambda *_: None)


class TestAnAccountThatIsNone:
    """One of the accounts that are named is not known."""

    @pytest.mark.parametrize("accounts", [(A, "none", B), ("none", A), (A, "none")])
    def test_nothing_is_posted_where_it_can_be_read(
        self, monkeypatch: pytest.MonkeyPatch, accounts: tuple[str, ...]
    ) -> None:
        zoo = Zoo()
        with pytest.raises(TargetError) as error:
            check(monkeypatch, zoo, stop, *accounts)

        assert "a plain debit offset on none with 404" in str(error.value)
        assert "left behind" not in str(error.value)
        assert posted(zoo) == posted(zoo, B) == []

    def test_what_was_posted_is_taken_back_where_it_cannot(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        zoo = OnlyPost()
        with pytest.raises(TargetError) as error:
            check(monkeypatch, zoo, stop, A, B, "none")

        left = "1 debit offset of 1 cent in all, credited as much"
        assert str(error.value).endswith(
            f"is not that of the API; left behind: {A}: {left}; {B}: {left}"
        )
        assert [total(zoo, of) for of in (A, B)] == [total(Zoo(), of) for of in (A, B)]

    def test_an_account_that_cannot_be_read_may_be_posted_to(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Hiding(Zoo):
            """Does not show its second account."""

            def read(self, operation: str, parameters: list[str], request: Request) -> Json:
                if parameters[0] == B:
                    raise Refused(404, "not_found", "There is no such account")
                return super().read(operation, parameters, request)

        zoo = Hiding()
        check(monkeypatch, zoo, lambda _: None, A, B)

        assert posted(zoo) == posted(zoo, B) == [1]
