"""What every journal promises, on the memory engine."""

from __future__ import annotations

from mockserver.ledger.events import StatusChanged
from mockserver.ledger.terms import AccountStatus
from mockserver.store.journal import Journal
from mockserver.store.memory import MemoryJournal
from tests.building import NOW

EVENTS = [StatusChanged(f"can_{n}", AccountStatus.CLOSED, NOW) for n in range(4)]


def test_a_journal_keeps_events_in_order_per_sandbox() -> None:
    journal: Journal = MemoryJournal()

    assert journal.append("a", 0, EVENTS[:2])
    assert journal.append("b", 0, EVENTS[3:])
    assert journal.append("a", 2, EVENTS[2:3])
    assert list(journal.read("a", 0)) == EVENTS[:3]
    assert list(journal.read("a", 1)) == EVENTS[1:3]
    assert list(journal.read("b", 0)) == EVENTS[3:]
    assert (journal.head("a"), journal.head("b"), journal.head("c")) == (3, 1, 0)


def test_a_stale_writer_appends_nothing() -> None:
    journal = MemoryJournal()
    journal.append("a", 0, EVENTS[:1])

    assert not journal.append("a", 0, EVENTS[1:2])
    assert not journal.append("a", 2, EVENTS[1:2])
    assert list(journal.read("a", 0)) == EVENTS[:1]
