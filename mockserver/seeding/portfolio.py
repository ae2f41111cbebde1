"""Portfolios: the sample accounts, and any number of accounts that Faker makes.

The same seed and number of accounts give the same accounts in every process. Dates are absolute,
so balances do not move with the calendar. How many statements the sample accounts have by now does,
and so do the ids that are generated next: where these matter, a server starts with ``--frozen-at``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any, NamedTuple

from faker import Faker

from mockserver.instants import parse_instant
from mockserver.ledger.external_fields import ExternalField
from mockserver.ledger.money import Cents
from mockserver.ledger.terms import (
    AccountStatus,
    Customer,
    Fees,
    Holder,
    Product,
    ProductType,
    Terms,
)
from mockserver.resources import find
from mockserver.seeding.data_file import read
from mockserver.seeding.life import Life
from mockserver.seeding.plan import AccountPlan
from mockserver.seeding.scenario import load

_FIRST_ACCOUNT_ID = 52_324
_FIRST_CUSTOMER_ID = 200_101


class Member(NamedTuple):
    """An account of a portfolio, and who owes it."""

    plan: AccountPlan
    customers: tuple[Customer, ...]


def members(seed: int, accounts: int) -> Iterator[Member]:
    """Make a portfolio of ``accounts`` accounts, the sample ones first."""
    sample = load("sample")
    by_id = {customer.customer_id: customer for customer in sample.customers}
    for plan in sample.plans[:accounts]:
        yield Member(plan, tuple(by_id[holder.customer_id] for holder in plan.terms.holders))
    maker = _Maker(seed, read(find("fixtures/profiles/default.yaml"), "profile"))
    for persona in maker.personas(accounts - len(sample.plans)):
        yield maker.member(persona)


class _Maker:
    """Draws accounts, one after the other, from one source of randomness."""

    def __init__(self, seed: int, profile: Mapping[str, Any]) -> None:
        self._random = Random(seed)  # noqa: S311 - fixtures, not secrets
        self._fake = Faker("en_US", use_weighting=False)
        self._fake.seed_instance(seed)
        self._profile = profile
        self._products = {p["product_id"]: _product(p) for p in profile["products"]}
        self._account_numbers = count(_FIRST_ACCOUNT_ID)
        self._customer_numbers = count(_FIRST_CUSTOMER_ID)

    def personas(self, wanted: int) -> Iterator[Mapping[str, Any]]:
        """Say what kind of account each of ``wanted`` accounts is."""
        personas = self._profile["personas"]
        certain = [p for p in personas for _ in range(p["at_least"])][: max(wanted, 0)]
        yield from certain
        for _ in range(wanted - len(certain)):
            yield self._weighted(personas)

    def member(self, persona: Mapping[str, Any]) -> Member:
        """Make one account of the given kind."""
        product = self._weighted(self._profile["products"])
        customer = self._customer()
        terms = self._terms(product, customer)
        life = Life(terms, self._profile, self._random)
        life.live(persona, product.get("deferred_interest_cents"))
        posts = tuple((post.effective_at or terms.effective_at, post) for post in life.posts)
        return Member(AccountPlan(terms, posts, AccountStatus(persona["status"])), (customer,))

    def _terms(self, product: Mapping[str, Any], customer: Customer) -> Terms:
        first, last = map(parse_instant, self._profile["opened_between"])
        seconds = self._random.randrange(int((last - first).total_seconds()))
        opened_at = first + timedelta(seconds=seconds)
        reference = self._fake.bothify("LN-####-????").upper()
        return Terms(
            account_id=f"can_{next(self._account_numbers)}",
            product=self._products[product["product_id"]],
            effective_at=opened_at,
            created_at=opened_at,
            credit_limit_cents=self._round_cents(product.get("credit_limit_cents")),
            initial_principal_cents=self._round_cents(product.get("initial_principal_cents")),
            fees=Fees(self._round_cents(product.get("origination_fee_cents"))),
            interest_rate_percent=Decimal(self._random.randint(*product["interest_rate_percent"])),
            holders=(Holder(customer.customer_id, "PRIMARY"),),
            external_fields=(ExternalField("Core banking id", reference),),
        )

    def _customer(self) -> Customer:
        fake = self._fake
        first, last = fake.first_name(), fake.last_name()
        number = next(self._customer_numbers)
        return Customer(
            customer_id=f"can_{number}",
            name_first=first,
            name_last=last,
            phone_number=f"+1{fake.numerify('###')}555{fake.numerify('01##')}",
            email=f"{first}.{last}.{number}@example.com".lower(),
            date_of_birth=fake.numerify("19%#-0%-1#").replace("-00-", "-01-"),
            address_line_one=fake.street_address(),
            address_city=fake.city(),
            address_state=fake.state_abbr(),
            address_zip=fake.postcode(),
        )

    def _weighted(self, choices: list[Mapping[str, Any]]) -> Mapping[str, Any]:
        return self._random.choices(choices, [choice["weight"] for choice in choices])[0]

    def _round_cents(self, between: list[int] | None) -> Cents:
        """Draw an amount of whole hundreds of dollars, or of a dollar below that; 0 for None."""
        if between is None:
            return 0
        cents = self._random.randint(*between)
        return cents - cents % (10_000 if cents >= 100_000 else 100)  # noqa: PLR2004


def _product(raw: Mapping[str, Any]) -> Product:
    return Product(
        raw["product_id"], raw["name"], ProductType(raw["product_type"]), raw["time_zone"]
    )
