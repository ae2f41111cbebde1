"""Each invariant is seen to notice what it is there for."""

from __future__ import annotations

import pytest

from mockserver.ledger.account import Account
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.events import (
    Cancelled,
    ChargeRolled,
    LineItemPosted,
    PaymentReversed,
    Processed,
    StatusChanged,
)
from mockserver.ledger.evolve import evolve
from mockserver.ledger.history import History
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.money import Balances, Bucket
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.pouring import Poured
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import AccountStatus
from tests.building import DAY, NOW, OPENED, Ledger, debit, owing, terms


def sound() -> Account:
    return owing(principal=500, fees=30).do(debit(100, Bucket.FEE, line_item_id="li_1")).account


def with_items(change: dict[str, object]) -> Account:
    """The sound account with something changed about its last item."""
    account, items = sound(), History[LineItem]()
    *others, last = account.items
    for item in [*others, last._replace(**change)]:  # type: ignore[arg-type]
        items = items.added(item.line_item_id, item)
    return account._replace(items=items)


def with_figures(change: dict[str, object]) -> Account:
    account = sound()
    return account._replace(figures=account.figures._replace(**change))  # type: ignore[arg-type]


def with_processed(line_item_id: str) -> Account:
    event = Processed("can_1", line_item_id, NOW, Poured(Balances(), 0))
    return sound()._replace(processed=History[Processed]().added(line_item_id, event))


def with_statements(change: dict[str, object]) -> Account:
    cycle_type = CycleType(Interval(7, Unit.DAY))
    account = Ledger(terms(initial=100, cycle_type=cycle_type)).do(debit(1)).account
    statements = History[Statement]()
    *others, last = account.standing.statements
    for statement in [*others, last._replace(**change)]:  # type: ignore[arg-type]
        statements = statements.added(statement.statement_id, statement)
    return account._replace(standing=account.standing._replace(statements=statements))


def test_a_sound_account_breaks_nothing() -> None:
    assert broken_invariants(sound()) == []


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        (with_figures({"owed": Balances(1)}), "the lots add up to"),
        (with_figures({"charges_cents": 1}), "CHARGE is 1, but the lots say 430"),
        (with_figures({"loans_cents": 1}), "LOAN is 1, but the lots say 0"),
        (with_figures({"surplus_cents": 9}), "the total is 421, but the items add up to 430"),
        (with_items({"amount_cents": -101}), "li_1 poured 100 of 101"),
        (sound()._replace(listed=Ordered()), "the list of 0 is not that of the 3 items"),
        (with_items({"created_at": OPENED}), "li_1 was created at or before can_"),
        (with_items({"effective_at": OPENED - DAY}), "li_1 is effective before the account"),
        (with_processed("li_x"), "li_x was processed but never posted"),
        (with_statements({"number": 7}), "does not follow"),
        (with_statements({"previous_total_cents": 7}), "has another previous total than"),
    ],
)
def test_a_broken_account_is_found_out(account: Account, sentence: str) -> None:
    assert any(sentence in broken for broken in broken_invariants(account)), broken_invariants(
        account
    )


def test_events_that_cannot_have_happened_are_bugs() -> None:
    account = sound()
    opened = owing().last.events[0]
    with pytest.raises(AssertionError, match="opened twice"):
        evolve(account, opened)
    with pytest.raises(AssertionError, match="never opened"):
        evolve(None, StatusChanged("can_1", AccountStatus.ACTIVE, NOW))
    nothing = Poured(Balances(), 0)
    with pytest.raises(AssertionError, match="processed but never posted"):
        evolve(account, Processed("can_1", "li_x", NOW, nothing))
    with pytest.raises(AssertionError, match="processed but did not wait"):
        evolve(account, Processed("can_1", "li_1", NOW, nothing))
    charge, *_ = account.items
    with pytest.raises(AssertionError, match="'li_x' was reversed but never posted"):
        evolve(account, PaymentReversed("can_1", "li_x", (charge,), waits=False))
    with pytest.raises(AssertionError, match="was reversed before it poured"):
        evolve(account, PaymentReversed("can_1", charge.line_item_id, (charge,), waits=False))
    with pytest.raises(AssertionError, match="cancelled but never posted"):
        evolve(account, Cancelled("can_1", "li_x", charge))
    with pytest.raises(AssertionError, match="rolled but never posted"):
        evolve(account, ChargeRolled("can_1", "li_x", charge))


def test_pouring_more_than_is_owed_is_a_bug() -> None:
    asked = debit(9_999, line_item_id="li_4")
    item = LineItem(NOW, NOW + DAY, "li_4", asked.item_type, -9_999, "offset", asked)
    waiting = evolve(sound(), LineItemPosted("can_1", item, waits=True))
    with pytest.raises(AssertionError, match="more than was owed"):
        evolve(waiting, Processed("can_1", "li_4", NOW, Poured(Balances(9_999), 0)))
