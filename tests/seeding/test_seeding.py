"""Starting ledgers: scenarios from files, portfolios from Faker."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mockserver.app import plant
from mockserver.ledger.account import Account
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.terms import AccountStatus
from mockserver.ledger.views import balances
from mockserver.resources import find
from mockserver.sandbox.seed import Seed
from mockserver.seeding.data_file import DataFileError
from mockserver.seeding.plan import PlanError, carry_out
from mockserver.seeding.portfolio import members
from mockserver.seeding.scenario import load, names
from mockserver.settings import Settings
from tests.building import NOW


@pytest.fixture(scope="module")
def portfolio() -> Seed:
    return plant(Settings(), NOW)


def fingerprint(seed: Seed) -> str:
    facts = [(a.terms, a.status, list(a.items), list(a.processed)) for a in seed.accounts]
    return hashlib.sha256(
        repr((facts, sorted(seed.state.customers.items()), seed.state.next_id)).encode()
    ).hexdigest()


class TestPortfolio:
    """What the default portfolio is made of."""

    def test_it_has_25_sound_accounts(self, portfolio: Seed) -> None:
        assert len(portfolio.accounts) == 25
        for account in portfolio.accounts:
            assert broken_invariants(account) == []

    def test_it_has_one_of_each_kind_that_client_code_forgets(self, portfolio: Seed) -> None:
        accounts = portfolio.accounts
        states = Counter(account.status for account in accounts)
        types = {account.terms.product.product_type for account in accounts}
        owed = [balances(account, NOW) for account in accounts]
        late = [a for a in accounts if any(i.item_type.value == "LATE_FEE" for i in a.items)]

        assert states[AccountStatus.CLOSED] >= 1
        assert states[AccountStatus.SUSPENDED] >= 1
        assert len(types) == 4
        assert any(owed_.total_cents < 0 for owed_ in owed)
        assert any(len(account.items) == 250 for account in accounts)
        assert all(any(owed_[bucket] > 0 for owed_ in owed) for bucket in range(4))
        assert len(late) >= 3

    def test_closed_accounts_owe_nothing(self, portfolio: Seed) -> None:
        closed = [a for a in portfolio.accounts if a.status is AccountStatus.CLOSED]
        assert [balances(account, NOW).total_cents for account in closed] == [0] * len(closed)

    def test_the_first_accounts_take_the_published_request_and_bear_no_rate(self) -> None:
        for seed in (0, 1, 99):
            first = plant(Settings(seed=seed, accounts=3), NOW).accounts
            assert [a.terms.account_id for a in first] == [
                "can_52322",
                "31mNprzLd2bKl6koVna68ARM",
                "can_52323",
            ]
            for account in first:
                assert account.terms.effective_at.isoformat() < "2020-07-20"
                assert balances(account, NOW).interest_cents >= 200
                assert account.terms.interest_rate_percent == 0

    def test_everybody_has_a_name_an_address_and_a_reference(self, portfolio: Seed) -> None:
        for account in portfolio.accounts:
            assert account.terms.external_fields
            for holder in account.terms.holders:
                assert all(portfolio.state.customers[holder.customer_id])

    def test_no_two_things_have_the_same_id(self) -> None:
        seed = plant(Settings(accounts=300), NOW)
        items = [i.line_item_id for a in seed.accounts for i in a.items]
        products = {a.terms.product.product_id for a in seed.accounts}
        everything = [*items, *seed.state.base, *seed.state.customers, *products]

        assert len(set(everything)) == len(everything)
        assert all(int(i[4:]) < seed.state.next_id for i in everything if i.startswith("can_"))

    def test_a_thousand_accounts_of_any_seed_are_sound(self) -> None:
        for seed in (2, 3):
            accounts = plant(Settings(seed=seed, accounts=1_000), NOW).accounts
            assert len(accounts) == 1_000
            assert not [broken for a in accounts for broken in broken_invariants(a)]

    def test_facts_were_learned_one_after_the_other(self, portfolio: Seed) -> None:
        created = [i.created_at for a in portfolio.accounts for i in a.items]
        assert len(set(created)) == len(created)
        assert max(created) <= portfolio.state.last_created_at < NOW

    def test_another_seed_is_another_portfolio_and_more_accounts_keep_the_first(self) -> None:
        def ids(seed: int, accounts: int) -> list[object]:
            return [member.plan for member in members(seed, accounts)]

        assert ids(1, 10) != ids(2, 10)
        assert ids(1, 30)[:3] == ids(1, 10)[:3]

    @pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
    def test_it_is_the_same_in_every_process(self, portfolio: Seed, hash_seed: str) -> None:
        code = (
            "import warnings; warnings.simplefilter('ignore')\n"
            "from tests.seeding.test_seeding import fingerprint\n"
            "from mockserver.app import plant\n"
            "from mockserver.settings import Settings\n"
            "from tests.building import NOW\n"
            "print(fingerprint(plant(Settings(), NOW)))"
        )
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path.cwd())}
        command = [sys.executable, "-c", code]
        printed = subprocess.run(command, env=environment, capture_output=True, check=True)

        assert printed.stdout.decode().strip() == fingerprint(portfolio)


FIRST_CHARGE = (
    "line_item_id: can_900001, type: CHARGE, amount_cents: 120000, "
    'effective_at: "2019-03-04T12:30:00-05:00"'
)
SECOND_CHARGE = (
    "line_item_id: can_900002, type: CHARGE, amount_cents: 50000, "
    'effective_at: "2019-06-11T18:05:00-04:00"'
)


class TestScenarios:
    """Scenario files."""

    @pytest.mark.parametrize("name", names())
    def test_each_has_a_purpose_and_a_sound_ledger(self, name: str) -> None:
        scenario = load(name)
        seed = carry_out(scenario.plans, scenario.customers, NOW)

        assert scenario.name == name
        assert scenario.purpose.endswith(".")
        assert ". " not in scenario.purpose
        assert "can_52322" in seed.state.base
        for account in seed.accounts:
            assert broken_invariants(account) == []

    def test_a_scenario_can_be_a_file(self, tmp_path: Path) -> None:
        copy = tmp_path / "mine.yaml"
        copy.write_bytes(find("fixtures/scenarios/sample.yaml").read_bytes())

        assert load(str(copy)).plans == load("sample").plans

    def test_an_unknown_name_is_told_with_the_known_ones(self) -> None:
        with pytest.raises(
            DataFileError, match=r"there is no scenario 'nothing'; there are .*sample"
        ):
            load("nothing")

    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            ("name: sample", "name: Sample Ledger", r"\$\.name: 'Sample Ledger' does not match"),
            ("purpose:", "purport:", r"\$: Additional properties are not allowed \('purport'"),
            ("type: LATE_FEE", "type: LATEFEE", "'LATEFEE' is not a 'item-type'"),
            ("amount_cents: 120000", "amount_cents: 1200.5", "1200.5 is not of type 'integer'"),
            ("amount_cents: 120000", "amount_cents: -1", "-1 is less than the minimum of 0"),
            ("2019-03-04T12:30:00-05:00", "2019-02-30T12:30:00-05:00", "is not a 'date-time'"),
            ("America/New_York", "America/Nowhere", "'America/Nowhere' is not a 'time-zone'"),
            ("product_id: can_51001\n", "product_id: can_9\n", "there is no product 'can_9'"),
            ("holders: [{customer_id: can_200001", "holders: [{customer_id: x", "customer 'x'"),
            ("accounts:", "accounts: [", r"line \d+: "),
            (
                "credit_limit_cents: 300000",
                "credit_limit_cents: 1.0",
                "1.0 is not of type 'integer'",
            ),
            ("credit_limit_cents: 300000", f"credit_limit_cents: {2**53}", "the maximum of"),
            (
                "credit_limit_cents: 300000",
                "interest_rate_percent: .nan",
                "is not of type 'number'",
            ),
            (
                "credit_limit_cents: 300000",
                "interest_rate_percent: .inf",
                "is not of type 'number'",
            ),
            (
                "credit_limit_cents: 300000",
                "account_id: twice",
                "the key 'account_id' is there twice",
            ),
        ],
    )
    def test_a_broken_file_is_told_in_one_line(
        self, tmp_path: Path, old: str, new: str, why: str
    ) -> None:
        text = find("fixtures/scenarios/sample.yaml").read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "mine.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(DataFileError, match=why) as raised:
            load(str(path))

        assert str(raised.value).startswith(f"{path}: ")
        assert "\n" not in str(raised.value)

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(DataFileError, match="No such file"):
            load(str(tmp_path / "none.yaml"))

    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            ("account_id: can_52323", "account_id: can_52322", "is opened twice"),
            ("2019-06-11T18:05:00-04:00", "2099-06-11T18:05:00-04:00", "history in the future"),
            (
                "2019-06-11T18:05:00-04:00",
                "2018-06-11T18:05:00-04:00",
                "refuses the CHARGE can_900002 on .*: effective_at is before",
            ),
            (SECOND_CHARGE, FIRST_CHARGE, "the CHARGE can_900001 on .* is there twice"),
            (
                "line_item_id: can_900002",
                "line_item_id: can_900001",
                "the ledger refuses the CHARGE can_900001 .* belongs to an item",
            ),
        ],
    )
    def test_a_ledger_that_cannot_have_come_about_is_refused(
        self, tmp_path: Path, old: str, new: str, why: str
    ) -> None:
        text = find("fixtures/scenarios/sample.yaml").read_text(encoding="utf-8")
        path = tmp_path / "mine.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        scenario = load(str(path))
        with pytest.raises(PlanError, match=why):
            carry_out(scenario.plans, scenario.customers, NOW)


def test_an_instant_needs_no_quotes(tmp_path: Path) -> None:
    text = find("fixtures/scenarios/sample.yaml").read_text(encoding="utf-8")
    quoted = '"2019-06-11T18:05:00-04:00"'
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(quoted, quoted.strip('"')), encoding="utf-8")

    assert load(str(path)).plans == load("sample").plans


def test_generated_ids_go_on_above_every_id_of_a_scenario(tmp_path: Path) -> None:
    text = find("fixtures/scenarios/sample.yaml").read_text(encoding="utf-8")
    for old in ("can_900002", "can_52323", "can_200004", "can_51003"):
        path = tmp_path / "mine.yaml"
        path.write_text(text.replace(old, "can_7000000"), encoding="utf-8")
        scenario = load(str(path))
        seed = carry_out(scenario.plans, scenario.customers, NOW)
        assert seed.state.next_id > 7_000_000, old


def test_an_item_learned_in_the_past_may_take_effect_in_the_future(tmp_path: Path) -> None:
    text = find("fixtures/scenarios/sample.yaml").read_text(encoding="utf-8")
    old = 'effective_at: "2019-07-01T08:00:00-04:00"'
    new = 'created_at: "2019-07-01T08:00:00-04:00", effective_at: "2099-07-01T08:00:00-04:00"'
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    scenario = load(str(path))
    seed = carry_out(scenario.plans, scenario.customers, NOW)

    assert seed.state.last_created_at < NOW
    assert balances(seed.state.base["can_52322"], NOW).principal_cents == 170_000


def test_the_sample_owes_what_the_documents_say() -> None:
    sample = load("sample")
    accounts: list[Account] = carry_out(sample.plans, sample.customers, NOW).accounts

    assert [tuple(balances(account, NOW)) for account in accounts] == [
        # principal interest deferred fees
        (150_000, 1_920, 0, 2_900),
        (848_450, 7_688, 0, 0),
        (245_000, 1_040, 3_062, 2_500),
    ]
