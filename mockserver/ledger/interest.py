"""Interest per cycle, and the minimum payment of a statement. Truncated, never rounded."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from mockserver.ledger.cycle import Interval, Unit
from mockserver.ledger.money import Balances, Cents
from mockserver.ledger.terms import MinPay, Terms

_DAYS_PER_YEAR = 365
_MONTHS_PER_YEAR = 12
_DAYS_PER_WEEK = 7


def interest_cents(terms: Terms, principal_cents: Cents, *, is_first: bool) -> Cents:
    """Give the interest of the cycle that ends now (ledger.md L12).

    ``principal_cents`` is what is owed now, and bears interest if it is positive; what was charged
    inside the cycle counts for all of it, and nothing compounds.
    """
    cycle_type = terms.cycle_type
    assert cycle_type is not None, "an account without cycles bears no interest"
    interval = cycle_type.cycle_interval
    if is_first and cycle_type.first_cycle_interval is not None:
        interval = cycle_type.first_cycle_interval
    if principal_cents <= 0:
        return 0
    numerator, denominator = _per_cycle(terms.interest_rate_percent, interval)
    return principal_cents * numerator // denominator


@lru_cache(maxsize=256)
def _per_cycle(rate_percent: Decimal, interval: Interval) -> tuple[int, int]:
    """Give what a cent of principal bears in one cycle, as a fraction."""
    numerator, denominator = rate_percent.as_integer_ratio()
    if interval.unit is Unit.MONTH:
        return numerator * interval.number, denominator * 100 * _MONTHS_PER_YEAR
    days = interval.number * (1 if interval.unit is Unit.DAY else _DAYS_PER_WEEK)
    return numerator * days, denominator * 100 * _DAYS_PER_YEAR


def min_pay_cents(min_pay: MinPay, owed: Balances) -> Cents:
    """Give what has to be paid of a statement (ledger.md L23)."""
    if min_pay.percent is None:
        return 0
    numerator, denominator = min_pay.percent.as_integer_ratio()
    part_cents = max(owed.principal_cents, 0) * numerator // (denominator * 100)
    charges_cents = owed.interest_cents + owed.deferred_interest_cents + owed.fee_cents
    return max(0, min(part_cents + charges_cents, owed.total_cents))
