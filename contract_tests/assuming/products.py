"""Assumptions about products, and about accounts as they are opened from them."""

from __future__ import annotations

from typing import Any

from contract_tests.assuming.asking import all_of, at, call, moment, refused, same, shown, taken
from contract_tests.assuming.opening import create_product, opened, roll
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench
from contract_tests.exchange import Exchange

_CENTURY = 36_600
_FEES = ("origination", "monthly", "annual", "late", "payment_reversal")


def _product(bench: Bench, **members: Any) -> Exchange:
    return call(bench, "POST", "/products", "createProduct", members)


def _cycle(bench: Bench, interval: str) -> Exchange:
    policies = {"billing_cycle_policies": {"cycle_interval": interval}}
    return _product(bench, product_lifecycle_policies=policies)


@assumption("interval-form", wide=True, otherwise="It takes years, hours, words, or any number.")
def interval(bench: Bench) -> Seen:
    """Creates products with cycles of 999, of 0 and of 1000 days."""
    return all_of(
        taken(_cycle(bench, "999 days"), "a cycle of 999 days"),
        refused(_cycle(bench, "0 days"), "a cycle of 0 days"),
        refused(_cycle(bench, "1000 days"), "a cycle of 1000 days"),
    )


@assumption("rate-range", wide=True, otherwise="It takes higher rates, or negative ones.")
def rate(bench: Bench) -> Seen:
    """Creates products with rates of 1000, of 1000.5 and of -1 percent."""
    name = "post_promo_default_interest_rate_percent"
    rates = [_product(bench, post_promotional_policies={name: rate}) for rate in (1000, 1000.5, -1)]
    return all_of(
        taken(rates[0], "a rate of 1000 percent"),
        refused(rates[1], "a rate of 1000.5 percent"),
        refused(rates[2], "a rate of -1 percent"),
    )


@assumption(
    "product-type-form", wide=True, otherwise="It has a closed list of types, or takes any text."
)
def product_type(bench: Bench) -> Seen:
    """Creates products of types of 50 letters, of 51, and in small letters."""
    types = ("X" * 50, "X" * 51, "revolving")
    made = [_product(bench, product_overview={"product_type": name}) for name in types]
    return all_of(
        taken(made[0], "a type of 50 letters"),
        refused(made[1], "a type of 51 letters"),
        refused(made[2], "a type in small letters"),
    )


@assumption(
    "product-fees", wide=True, otherwise="It calls them otherwise: its accounts have no such fees."
)
def fees(bench: Bench) -> Seen:
    """Opens an account of a product whose fees are 1 to 5 cents."""
    sizes = {name: cents for cents, name in enumerate(_FEES, 1)}
    policies = {"fee_policies": {f"{name}_fee_cents": cents for name, cents in sizes.items()}}
    product_id = create_product(bench, product_lifecycle_policies=policies)
    account = opened(bench, product_id)
    lifecycle = at(account, "account_product", "product_lifecycle")
    found = {name: at(lifecycle, f"{name}_fee_impl_cents") for name in sizes}
    return same("the fees of the account", sizes, found)


@assumption("promo-is-a-switch", wide=True, otherwise="It counts promo_len from the opening.")
def promo(bench: Bench) -> Seen:
    """Opens an account two years ago, of a product with a promotion of one, and reads its rate."""
    product_id = create_product(
        bench,
        promotional_policies={"promo_len": 1, "promo_default_interest_rate_percent": 7},
        post_promotional_policies={"post_promo_default_interest_rate_percent": 9},
    )
    account = opened(bench, product_id, effective_at=moment(days=730))
    return same("interest_rate_percent", 7, at(account, "summary", "interest_rate_percent"))


@assumption("within-a-hundred-years", wide=True, otherwise="It reaches further, or less far.")
def far_away(bench: Bench) -> Seen:
    """Opens an account more than a hundred years from now, and rolls a new one there."""
    account = opened(bench)
    product_id = shown(account, "account_product", "product_id")
    far = moment(days=-_CENTURY)
    body = {"product_id": product_id, "effective_at": far}
    opening = call(bench, "POST", "/accounts", "createAccount", body)
    rolling = roll(bench, str(shown(account, "account_id")), far)
    return all_of(
        refused(opening, f"an opening at {far}"),
        refused(rolling, f"a roll to {far}"),
    )


@assumption(
    "roll-answers-account", wide=True, otherwise="It answers a roll with a message, or nothing."
)
def rolled(bench: Bench) -> Seen:
    """Rolls a new account to now, and looks for the account in the answer."""
    account_id = shown(opened(bench), "account_id")
    exchange = roll(bench, str(account_id))
    if not exchange.is_ok:
        return taken(exchange, "a roll to now")
    looks = [same("account_id in the answer", account_id, exchange.member("account_id"))]
    has_summary = isinstance(exchange.member("summary"), dict)
    return all_of(*looks, Seen(has_summary, "the answer to a roll shows no summary"))
