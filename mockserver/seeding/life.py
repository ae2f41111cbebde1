"""What happens on one account of a portfolio, month by month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket, Cents
from mockserver.ledger.terms import Terms

_IN_CREDIT_CENTS = 2_500


class Life:
    """Collects the posts of one account, and keeps count of what it owes."""

    def __init__(self, terms: Terms, profile: Mapping[str, Any], random: Random) -> None:
        """Begin when the account is opened."""
        self._terms = terms
        self._profile = profile
        self._random = random
        self._owed_cents = terms.initial_principal_cents + terms.fees.origination_cents
        self._now = terms.effective_at
        self.posts: list[Post] = []

    def live(self, persona: Mapping[str, Any], deferred_interest_cents: list[int] | None) -> None:
        """Live for the months that ``persona`` says, in its manner, to its end."""
        for _ in range(self._random.randint(*persona["months"])):
            self._month(persona, deferred_interest_cents)
        self._lengthen(persona)
        if persona["ends"] == "paid_off":
            self._pay(self._owed_cents)
        elif persona["ends"] == "in_credit":
            surplus_cents = self._owed_cents + _IN_CREDIT_CENTS
            self._post(ItemType.DEBIT_OFFSET, surplus_cents, Bucket.PRINCIPAL)

    def _month(self, persona: Mapping[str, Any], deferred_interest_cents: list[int] | None) -> None:
        begins = self._now
        for _ in range(self._random.randint(*persona["charges_per_month"])):
            self._now += timedelta(seconds=self._random.randint(60, 6 * 86_400))
            self._post_from(ItemType.CHARGE, "charge_cents")
        self._now = _month_after(begins)
        self._post_from(ItemType.INTEREST, "interest_cents")
        if deferred_interest_cents:
            self._post(ItemType.DEFERRED_INTEREST, self._random.randint(*deferred_interest_cents))
        self._now += timedelta(seconds=1)
        if self._random.random() < persona["pays"]:
            self._pay(self._random.randint(*self._profile["payment_cents"]))
        else:
            self._post_from(ItemType.LATE_FEE, "late_fee_cents")

    def _lengthen(self, persona: Mapping[str, Any]) -> None:
        """Add small charges until there are as many items as ``persona`` wants, if it does."""
        terms = self._terms
        opening = (
            terms.initial_principal_cents > 0,
            terms.fees.origination_cents > 0,
            terms.lends,
        )
        while len(self.posts) + sum(opening) < persona.get("line_items", 0):
            self._now += timedelta(minutes=self._random.randint(5, 600))
            self._post_from(ItemType.CHARGE, "charge_cents")

    def _pay(self, at_most_cents: Cents) -> None:
        """Pay, but no more than is owed."""
        if self._owed_cents:
            self._post(ItemType.PAYMENT, min(at_most_cents, self._owed_cents))

    def _post_from(self, item_type: ItemType, range_name: str) -> None:
        self._post(item_type, self._random.randint(*self._profile[range_name]))

    def _post(
        self, item_type: ItemType, amount_cents: Cents, allocation: Bucket | None = None
    ) -> None:
        self._owed_cents += -amount_cents if item_type.rule.bucket is None else amount_cents
        self.posts.append(
            Post(
                self._terms.account_id,
                item_type,
                amount_cents,
                effective_at=self._now,
                allocation=allocation,
            )
        )


def _month_after(instant: datetime) -> datetime:
    """Give the same day of the next month, or its last day."""
    year, month = divmod(instant.year * 12 + instant.month, 12)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)
