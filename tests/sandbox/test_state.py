"""Snapshots, forks, exports: a ledger as a value that is kept, gone back to, and checked."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Open, Roll
from mockserver.ledger.draft import Accepted
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.terms import Product
from mockserver.sandbox.export import ImportRefusedError, exported, import_into
from mockserver.sandbox.sandbox import Sandbox, SandboxFullError, Setup
from mockserver.sandbox.sandboxes import Limits, Sandboxes, TooManySandboxesError
from mockserver.sandbox.seed import Seed
from mockserver.sandbox.verify import broken
from mockserver.seeding.plan import carry_out
from mockserver.seeding.scenario import load
from mockserver.store.memory import MemoryJournal
from tests.building import NOW, terms
from tests.conftest import ACCOUNT, TestClock

SAMPLE = load("sample")


@pytest.fixture(autouse=True)
def nothing_is_due(clock: TestClock) -> None:
    """Begin when the seed was made."""
    clock.time = NOW


@pytest.fixture(scope="module")
def seed() -> Seed:
    return carry_out(SAMPLE.plans, SAMPLE.customers, NOW)


@pytest.fixture
def sandboxes(seed: Seed, clock: TestClock) -> Sandboxes:
    return Sandboxes(Setup(seed), MemoryJournal(), clock)


def post(sandbox: Sandbox, cents: int, line_item_id: str | None = None) -> None:
    outcome = sandbox.apply(Post(ACCOUNT, ItemType.DEBIT_OFFSET, cents, line_item_id))
    assert isinstance(outcome, Accepted)


def live(sandbox: Sandbox, dice: random.Random) -> None:
    """Let something happen."""
    match dice.randrange(6):
        case 0:
            sandbox.apply(Open(terms(initial=dice.randrange(1, 900), account_id="")))
        case 1:
            sandbox.apply(Post(ACCOUNT, ItemType.CHARGE, dice.randrange(500)))
        case 2:
            sandbox.create_product(Product("", "Loan", "INSTALLMENT", "UTC"))
        case 3:
            sandbox.apply(Roll(ACCOUNT, NOW))
        case _:
            post(sandbox, dice.randrange(500))


class TestSnapshots:
    """What is taken stays what it is."""

    def test_going_back_is_exact_and_what_comes_then_is_apart(self, sandboxes: Sandboxes) -> None:
        sandbox = sandboxes.get("one")
        post(sandbox, 7, "li_7")
        before, taken = sandbox.digest(), sandbox.snapshot()
        state = sandbox.state
        post(sandbox, 8, "li_8")
        after = sandbox.digest()
        assert after != before

        sandbox.restore(taken)
        assert (sandbox.digest(), sandbox.state, sandbox.seq) == (before, state, 1)
        post(sandbox, 8, "li_8")
        assert sandbox.digest() == after
        post(sandbox, 9)
        sandbox.restore(taken)
        assert sandbox.digest() == before
        assert broken(sandbox.held()) == []

    def test_a_reset_leads_back_to_the_seed_and_leaves_snapshots(
        self, sandboxes: Sandboxes, seed: Seed
    ) -> None:
        sandbox = sandboxes.get("one")
        fresh = sandbox.digest()
        post(sandbox, 7)
        taken, then = sandbox.snapshot(), sandbox.digest()
        sandbox.reset()
        assert sandbox.digest() == fresh == seed.digest.hex()
        assert sandbox.state == seed.state
        sandbox.restore(taken)
        assert sandbox.digest() == then

    def test_what_is_shared_is_not_added_to(self, sandboxes: Sandboxes, seed: Seed) -> None:
        """Or the seed would keep what the sandboxes that are gone have posted."""
        sandbox = sandboxes.get("sbx_1")

        def kept_by(account: Account | None) -> int:
            assert account is not None
            return len(account.items._layer.entries)

        before = kept_by(seed.state.find(ACCOUNT))
        post(sandbox, 1)
        assert kept_by(seed.state.find(ACCOUNT)) == before
        sandbox.save("one")
        saved = kept_by(sandbox.state.find(ACCOUNT))
        post(sandbox, 1)
        post(sandbox, 1)
        assert kept_by(sandbox.snapshots["one"].state.find(ACCOUNT)) == saved

    def test_a_fork_goes_its_own_way(self, sandboxes: Sandboxes) -> None:
        one, two = sandboxes.get("one"), sandboxes.get("two")
        post(one, 7)
        sandboxes.fork(one, "two")
        assert two.digest() == one.digest()
        post(one, 1)
        post(two, 2)
        assert two.digest() != one.digest()
        assert broken(one.held()) == broken(two.held()) == []
        sandboxes.forget("one")
        assert broken(two.held()) == []

    def test_the_clock_goes_back_with_the_ledger(self, sandboxes: Sandboxes) -> None:
        sandbox = sandboxes.get("one")
        sandbox.clock.freeze()
        taken, then = sandbox.snapshot(), sandbox.clock.now()
        sandbox.clock.freeze(then.replace(year=2030))
        assert sandbox.clock.now().year == 2030
        sandbox.restore(taken)
        assert sandbox.clock.now() == then
        sandbox.reset()
        assert sandbox.clock.setting.mode == "real"

    @pytest.mark.parametrize("number", range(20))
    def test_any_history_with_any_snapshots_verifies(
        self, sandboxes: Sandboxes, number: int
    ) -> None:
        dice = random.Random(number)
        sandbox = sandboxes.get("one")
        taken = [sandbox.snapshot()]
        digests = [sandbox.digest()]
        for _ in range(60):
            live(sandbox, dice)
            if dice.random() < 0.2:
                digests.append(sandbox.digest())
                taken.append(sandbox.snapshot())
            if dice.random() < 0.2:
                at = dice.randrange(len(taken))
                sandbox.restore(taken[at])
                assert sandbox.digest() == digests[at]
        assert broken(sandbox.held()) == []

    def test_a_thousand_interleaved_sandboxes_are_as_each_alone(
        self, sandboxes: Sandboxes, seed: Seed, clock: TestClock
    ) -> None:
        dice = [random.Random(number) for number in range(1_000)]
        for _ in range(3):
            for number, each in enumerate(dice):
                live(sandboxes.get(f"sbx_{number}"), each)
        for number in range(0, 1_000, 25):
            alone, again = Sandbox("x", Setup(seed), MemoryJournal(), clock), random.Random(number)
            for _ in range(3):
                live(alone, again)
            assert sandboxes.get(f"sbx_{number}").digest() == alone.digest()


class TestLimits:
    """How much there may be, and for how long."""

    def test_a_full_sandbox_takes_nothing_and_is_read(self, seed: Seed, clock: TestClock) -> None:
        sandbox = Sandbox("one", Setup(seed, max_events=2), MemoryJournal(), clock)
        post(sandbox, 1, "li_1")
        post(sandbox, 1)
        before = sandbox.state
        with pytest.raises(SandboxFullError, match="takes 2 events and no more: reset it"):
            post(sandbox, 1)
        with pytest.raises(SandboxFullError):
            sandbox.create_product(Product("", "Loan", "INSTALLMENT", "UTC"))
        post(sandbox, 1, "li_1")  # a repeat adds nothing
        assert sandbox.state is before
        clock.advance(days=400)
        assert sandbox.account(ACCOUNT) == sandbox.peek(ACCOUNT)
        assert sandbox.state is before
        sandbox.reset()
        post(sandbox, 1)

    def test_there_are_only_so_many_sandboxes(self, seed: Seed, clock: TestClock) -> None:
        sandboxes = Sandboxes(Setup(seed), MemoryJournal(), clock, Limits(sandboxes=3))
        sandboxes.get("sbx_1")
        sandboxes.get("sbx_2")
        with pytest.raises(TooManySandboxesError, match="There are 3 sandboxes"):
            sandboxes.get("sbx_3")
        sandboxes.forget("sbx_1")
        sandboxes.get("sbx_3")

    def test_what_is_not_used_for_long_is_forgotten(self, seed: Seed, clock: TestClock) -> None:
        seconds = [0.0]
        sandboxes = Sandboxes(
            Setup(seed), MemoryJournal(), clock, Limits(idle_seconds=10), lambda: seconds[0]
        )
        post(sandboxes.get("sbx_old"), 5)
        post(sandboxes.get("sbx_used"), 5)
        post(sandboxes.get("default"), 5)
        seconds[0] = 8.0
        sandboxes.get("sbx_used")
        seconds[0] = 11.0
        sandboxes.get("sbx_new")
        assert sandboxes.names() == ["default", "sbx_new", "sbx_used"]
        assert sandboxes.get("sbx_old").seq == 0
        assert sandboxes.get("default").seq == 1


class TestVerify:
    """What is corrupted on purpose is told."""

    def corrupt_item(self, sandbox: Sandbox) -> None:
        account = sandbox.state.own[ACCOUNT]
        account.items._layer.entries[-1] = account.items._layer.entries[-1]._replace(amount_cents=1)

    def corrupt_balance(self, sandbox: Sandbox) -> None:
        account = sandbox.state.own[ACCOUNT]
        wrong = account._replace(figures=account.figures._replace(surplus_cents=1))
        sandbox.state = sandbox.state._replace(own=sandbox.state.own.set(ACCOUNT, wrong))

    def corrupt_sequence(self, sandbox: Sandbox) -> None:
        sandbox.seq += 1

    def corrupt_journal(self, sandbox: Sandbox) -> None:
        events = sandbox._journal._streams[sandbox._stream].events  # type: ignore[attr-defined]
        item = events[0].item
        events[0] = events[0]._replace(item=item._replace(description="Another"))

    def corrupt_ids(self, sandbox: Sandbox) -> None:
        sandbox.state = sandbox.state._replace(next_id=5)

    def corrupt_list(self, sandbox: Sandbox) -> None:
        sandbox.state = sandbox.state._replace(own=sandbox.state.own.delete(ACCOUNT))

    @pytest.mark.parametrize(
        ("corrupt", "told"),
        [
            (corrupt_item, f"account {ACCOUNT} is not what its events lead to"),
            (corrupt_balance, f"account {ACCOUNT}: the total is"),
            (corrupt_sequence, "the sequence is 2, but 1 events are kept"),
            (corrupt_journal, "the digest is"),
            (corrupt_ids, "next_id is not what the events lead to"),
            (corrupt_list, f"account {ACCOUNT} is not what its events lead to"),
        ],
    )
    def test_it_says_so(
        self,
        sandboxes: Sandboxes,
        corrupt: Callable[[TestVerify, Sandbox], None],
        told: str,
    ) -> None:
        sandbox = sandboxes.get("one")
        post(sandbox, 7)
        sandbox.digest()
        assert broken(sandbox.held()) == []
        corrupt(self, sandbox)
        assert any(sentence.startswith(told) for sentence in broken(sandbox.held())), broken(
            sandbox.held()
        )


class TestExport:
    """A ledger goes over to another server."""

    def document(self, sandboxes: Sandboxes) -> dict[str, Any]:
        sandbox, dice = sandboxes.get("one"), random.Random(4)
        for _ in range(40):
            live(sandbox, dice)
        sandbox.clock.freeze()
        document: dict[str, Any] = json.loads(exported(sandbox.held()))
        return document

    def test_it_is_the_same_ledger_there(self, sandboxes: Sandboxes, clock: TestClock) -> None:
        document = self.document(sandboxes)
        elsewhere = Sandboxes(Setup(carry_out((), (), NOW)), MemoryJournal(), clock).get("two")
        import_into(elsewhere, document)

        one = sandboxes.get("one")
        assert elsewhere.digest() == one.digest()
        assert elsewhere.clock.setting == one.clock.setting
        assert broken(elsewhere.held()) == []
        assert [elsewhere.account(of) for of in elsewhere.account_ids()] == [
            one.account(of) for of in one.account_ids()
        ]
        post(one, 3)
        post(elsewhere, 3)
        assert elsewhere.digest() == one.digest()
        elsewhere.reset()
        assert elsewhere.account_ids() == []

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda d: d["events"].insert(0, 5), r"events\[0\]: an event is an object"),
            (lambda d: d["seed"][0].update(event="Nothing"), r"seed\[0\]: an event is an object"),
            (lambda d: d["seed"][0].pop("created_at"), r"seed\[0\]: ProductCreated: .*created_at"),
            (lambda d: d["seed"].append(d["seed"][-1]), "cannot have happened"),
            (lambda d: d["events"].pop(), "but the events give"),
            (lambda d: d["seed"].clear(), "cannot have happened"),
        ],
    )
    def test_what_is_no_ledger_is_refused_and_changes_nothing(
        self, sandboxes: Sandboxes, change: Callable[[Any], Any], told: str
    ) -> None:
        document = self.document(sandboxes)
        change(document)
        two = sandboxes.get("two")
        post(two, 1)
        before = two.digest()
        with pytest.raises(ImportRefusedError, match=told):
            import_into(two, document)
        assert two.digest() == before

    def test_money_out_of_nothing_is_refused(self, sandboxes: Sandboxes) -> None:
        post(sandboxes.get("one"), 7)
        document = json.loads(exported(sandboxes.get("one").held()))
        del document["digest"]
        document["events"][0]["item"]["amount_cents"] = -8
        told = r"events\[0\] cannot have happened: item.amount_cents is -8; the ledger makes it -7"
        with pytest.raises(ImportRefusedError, match=told):
            import_into(sandboxes.get("two"), document)
