"""Each invariant is seen to notice what it is there for."""

from __future__ import annotations

import pytest

from mockserver.ledger.account import Account
from mockserver.ledger.events import LineItemPosted, Processed, StatusChanged
from mockserver.ledger.evolve import evolve
from mockserver.ledger.history import History
from mockserver.ledger.invariants import broken_invariants
from mockserver.ledger.line_item import LineItem
from mockserver.ledger.money import Balances, Bucket
from mockserver.ledger.ordered import Ordered
from mockserver.ledger.terms import AccountStatus
from tests.building import DAY, NOW, OPENED, debit, owing


def sound() -> Account:
    return owing(principal=500, fees=30).do(debit(100, Bucket.FEE, line_item_id="li_1")).account


def with_items(change: dict[str, object]) -> Account:
    """The sound account with something changed about its last item."""
    account, items = sound(), History[LineItem]()
    *others, last = account.items
    for item in [*others, last._replace(**change)]:  # type: ignore[arg-type]
        items = items.added(item.line_item_id, item)
    return account._replace(items=items)


def with_processed(change: dict[str, object]) -> Account:
    account, processed = sound(), History[Processed]()
    for event in account.processed:
        changed = event._replace(**change)  # type: ignore[arg-type]
        processed = processed.added(changed.line_item_id, changed)
    return account._replace(processed=processed)


def test_a_sound_account_breaks_nothing() -> None:
    assert broken_invariants(sound()) == []


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        (sound()._replace(owed=Balances(1)), "the lots add up to"),
        (sound()._replace(credit_used_cents=1), "credit used is 1, but the lots say 430"),
        (sound()._replace(surplus_cents=9), "the total is 421, but the items add up to 430"),
        (with_items({"amount_cents": -101}), "li_1 poured 100 of 101"),
        (sound()._replace(listed=Ordered()), "the list of 0 is not that of the 3 items"),
        (with_items({"created_at": OPENED}), "li_1 was created at or before can_"),
        (with_items({"effective_at": OPENED - DAY}), "li_1 is effective before the account"),
        (with_processed({"line_item_id": "li_x"}), "li_x was processed but never posted"),
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
    with pytest.raises(AssertionError, match="nothing waits"):
        evolve(account, Processed("can_1", "li_1", NOW, Balances(), 0))


def test_pouring_more_than_is_owed_is_a_bug() -> None:
    asked = debit(9_999, line_item_id="li_4")
    item = LineItem(NOW, NOW + DAY, "li_4", asked.item_type, -9_999, "offset", asked)
    waiting = evolve(sound(), LineItemPosted("can_1", item, waits=True))
    with pytest.raises(AssertionError, match="in order"):
        evolve(waiting, Processed("can_1", "li_3", NOW, Balances(), 0))
    with pytest.raises(AssertionError, match="more than was owed"):
        evolve(waiting, Processed("can_1", "li_4", NOW, Balances(9_999), 0))
