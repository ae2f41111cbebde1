"""Statements: what an account owed at the end of a cycle. Never rewritten (ledger.md L16)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mockserver.ledger.money import Balances, Cents


class Statement(NamedTuple):
    """A snapshot at the end of a cycle."""

    statement_id: str
    number: int
    """Counted from 0."""
    cycle_start: datetime
    cycle_end: datetime
    created_at: datetime
    """When the cycle was closed: what was learned later is not on this statement."""
    due_at: datetime
    min_pay_cents: Cents
    owed: Balances
    """Bucket by bucket; principal may be negative."""
    charges_cents: Cents
    """The part of the principal that stems from charges."""
    loans_cents: Cents
    reversals_cents: Cents
    """The part that stems from reversed payments, which the statement's principal leaves out."""
    available_credit_cents: Cents
    previous_total_cents: Cents
