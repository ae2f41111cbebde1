"""Statements: what was owed at the end of a cycle."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mockserver.api.strict_json import Json
from mockserver.api.wire.line_items import render_created
from mockserver.instants import format_instant
from mockserver.ledger.account import Account
from mockserver.ledger.statement import Statement
from mockserver.ledger.terms import ProductType, Terms
from mockserver.ledger.views import items_of


def render_summary(statement: Statement, terms: Terms) -> Json:
    """Write a ``StatementSummary``."""
    zone = ZoneInfo(terms.product.time_zone)
    end = format_instant(statement.cycle_end, zone)
    return {
        "account_id": terms.account_id,
        "statement_id": statement.statement_id,
        "effective_as_of_date": end,
        "cycle_summary": {
            "cycle_inclusive_start": format_instant(statement.cycle_start, zone),
            "cycle_exclusive_end": end,
        },
        "min_pay_due": {
            "min_pay_cents": statement.min_pay_cents,
            "min_pay_due_at": format_instant(statement.due_at, zone),
        },
        "balance_summary": {"total_balance_cents": statement.owed.total_cents},
    }


def render_statement(account: Account, statement: Statement) -> Json:
    """Write a ``Statement``."""
    terms = account.terms
    return {
        **render_summary(statement, terms),
        "open_to_buy": {
            "credit_limit_cents": terms.credit_limit_cents,
            "total_charges_cents": statement.charges_cents + statement.loans_cents,
            "available_credit_cents": statement.available_credit_cents,
            "open_to_buy_cents": statement.available_credit_cents,
        },
        "balance_summary": _balance_summary(statement, terms),
        "line_items": [render_created(item, terms) for item in items_of(account, statement)],
    }


def _balance_summary(statement: Statement, terms: Terms) -> Json:
    """Write the figures: principal leaves out what is open of reversed payments (ledger.md L16)."""
    owed = statement.owed
    amortised = terms.product.product_type == ProductType.INSTALLMENT
    interest, deferred = owed.interest_cents, owed.deferred_interest_cents
    return {
        "charges_principal_cents": statement.charges_cents,
        "loans_principal_cents": statement.loans_cents,
        "principal_balance_cents": owed.principal_cents - statement.reversals_cents,
        "interest_balance_cents": 0 if amortised else interest,
        "am_interest_balance_cents": interest if amortised else 0,
        "deferred_interest_balance_cents": 0 if amortised else deferred,
        "am_deferred_interest_balance_cents": deferred if amortised else 0,
        "fees_balance_cents": owed.fee_cents,
        "total_balance_cents": owed.total_cents,
        "previous_total_balance_cents": statement.previous_total_cents,
    }
