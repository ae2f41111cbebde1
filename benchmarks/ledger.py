"""What the ledger alone costs, beside reading the request's JSON.

All figures are from one run, so that their ratios mean something on a noisy machine.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import click

from mockserver.ledger.account import Account
from mockserver.ledger.commands import Open, Processing, Roll, Stamp
from mockserver.ledger.cycle import CycleType, Interval, Unit
from mockserver.ledger.decide import decide
from mockserver.ledger.draft import Accepted
from mockserver.ledger.line_item import ItemType, Post
from mockserver.ledger.money import Bucket
from mockserver.ledger.terms import Product, Terms

_BODY = (
    b'{"line_item_id":"li_0x1234","original_amount_cents":200,'
    b'"effective_at":"2020-07-20T09:11:28+00:00","allocation":"INTEREST",'
    b'"external_fields":[{"key":"Globex Card Processing Account ID",'
    b'"value":"22445702-a389-431f-927d-07b8d0750787"}]}'
)
_OPENED = datetime(2020, 1, 1, tzinfo=UTC)
_ROUNDS = 5
_BODIES = 20_000
_POSTS = 5_000


def _seconds(work: Callable[[], object]) -> float:
    """Give the shortest of some rounds, without garbage collection."""
    best = float("inf")
    for _ in range(_ROUNDS):
        gc.collect()
        gc.disable()
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
        gc.enable()
    return best


def _read() -> None:
    for _ in range(_BODIES):
        json.loads(_BODY)


def _open(cycle_type: CycleType | None) -> Account:
    product = Product("can_2", "Line", "REVOLVING", "America/New_York", cycle_type)
    terms = Terms(
        account_id="can_1",
        product=product,
        effective_at=_OPENED,
        created_at=_OPENED,
        credit_limit_cents=10**9,
        initial_principal_cents=10**9,
        interest_rate_percent=Decimal(5),
        cycle_type=cycle_type,
    )
    outcome = decide(None, Open(terms), Stamp(_OPENED, 1, Processing.CONTROLLED))
    assert isinstance(outcome, Accepted)
    return outcome.account


def _posts(number: int, first: int = 0) -> list[tuple[Post, Stamp]]:
    """Give the commands to post ``number`` debit offsets, numbered from ``first``."""
    began = _OPENED + timedelta(days=1)
    return [
        (
            Post("can_1", ItemType.DEBIT_OFFSET, 5, f"li_{at}", _OPENED, Bucket.PRINCIPAL),
            Stamp(began + timedelta(milliseconds=at), at),
        )
        for at in range(first, first + number)
    ]


def _posted(account: Account, posts: list[tuple[Post, Stamp]]) -> Account:
    """Post debit offsets, each of which is poured at once."""
    for post, stamp in posts:
        outcome = decide(account, post, stamp)
        assert isinstance(outcome, Accepted)
        account = outcome.account
    return account


def main() -> None:
    """Measure, and print a line for each figure."""
    reading = _seconds(_read) / _BODIES
    short = _posted(_open(None), _posts(10)).sealed()
    long = _posted(_open(None), _posts(100_000)).sealed()
    more = _posts(_POSTS, 200_000)
    on_short = _seconds(lambda: _posted(short, more)) / _POSTS
    on_long = _seconds(lambda: _posted(long, more)) / _POSTS
    daily = _open(CycleType(Interval(1, Unit.DAY), Interval(2, Unit.DAY)))
    roll = Roll("can_1", _OPENED + timedelta(days=3_652))
    stamp = Stamp(_OPENED, 10, Processing.CONTROLLED)
    rolling = _seconds(lambda: decide(daily, roll, stamp))
    tracemalloc.start()
    kept = _posted(_open(None), _posts(20_000))
    size = tracemalloc.get_traced_memory()[0] / len(kept.items)
    for what, figure, beside in (
        ("json.loads of the published body", f"{reading * 1e6:.2f} µs", ""),
        ("a post, 10 items", f"{on_short * 1e6:.2f} µs", f"x {on_short / reading:.2f} of that"),
        ("a post, 100 000 items", f"{on_long * 1e6:.2f} µs", f"x {on_long / on_short:.2f} of that"),
        ("ten years of days", f"{rolling * 1e3:.1f} ms", f"{rolling / on_short:.0f} posts"),
        ("memory per line item", f"{size:.0f} bytes", ""),
    ):
        click.echo(f"{what:34} {figure:>12}  {beside}".rstrip())


if __name__ == "__main__":
    main()
