"""Money: the total falls by exactly the amount, once, in the right bucket, on this account only."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.bench import Bench, UntestedError, amount_of, item_of, items_of
from contract_tests.exchange import Exchange
from contract_tests.moving import MOST_CENTS, adds_up, fell
from contract_tests.probe import probe
from contract_tests.reading import (
    LIST_ITEMS,
    READ_ITEM,
    Figures,
    figures,
    found,
    ids_of,
    item_in,
    last_list,
    read_item,
    recent,
)
from contract_tests.traces import trace
from contract_tests.valid import PAST

_MANY = 26
_AMOUNTS = (1, 7, 10, 29, 57, 99, 100, 101, 115, 250, 999, 1000, 2049, 4035, 10_001)
_ALONE = (13, 250_007)
_EXCESSES = (("FEE", 0), ("FEE", 11), ("INTEREST", 11), ("DEFERRED_INTEREST", 11))
"""What is taken from which bucket beyond all that it owes."""
_MOST_OWED = 2**53 - 1
"""In cents, that one post may take: the contract's bound of an amount."""
_MEMBERS: Sequence[Mapping[str, Any]] = (
    *({}, {"effective_at": PAST}, {"allocation": "FEE"}, {"allocation": "PRINCIPAL"}),
    {"external_fields": [{"key": "Card", "value": "22445702"}], "effective_at": PAST},
)
_FILTERS = "limit=5&line_item_type=DEBIT_OFFSET&effective_at_after=2020-01-01T00:00:00Z"
_LARGE = (
    *((2**31 - 1, None), (2**31, "FEE"), (1, None), (2**32 + 7, "INTEREST")),
    *((10**12 + 1, "DEFERRED_INTEREST"), (2**53 - 1, None), (2**53 - 3, "PRINCIPAL"), (1, None)),
)
"""Amounts, and what they are taken from; what is small comes to what is large."""


@probe(
    "money",
    "money.amount-shown",
    "money.answer-names-account",
    "money.buckets-add-up",
    "money.total-falls",
)
def one_post(bench: Bench) -> None:
    """Each post lowers the total by its amount, and its answer names the account and the amount."""
    before = trace(bench).figures
    for cents in _AMOUNTS:
        try:
            body = bench.offset(cents)
        except UntestedError:
            continue
        if cents % 2 == 0:  # as often as not without an id
            del body["line_item_id"]
        post = bench.accepted(bench.post(body))
        answer = post.member() or {}
        bench.check(
            "money.answer-names-account",
            answer.get("account_id") == bench.account,
            f"account_id {bench.account}",
            post,
        )
        shown = amount_of(answer)
        bench.check("money.amount-shown", shown in (None, cents), f"an amount of {cents}", post)
        if before is not None:
            after = figures(bench)
            fell(bench, before, after, cents, post)
            adds_up(bench, after)
            before = after


@probe("money", "money.bucket", "money.buckets-add-up", "money.total-falls")
def more_than_a_bucket_owes(bench: Bench) -> None:
    """What one bucket cannot take is taken elsewhere: the total falls by all of it."""
    account = bench.target.accounts[-1]  # whose buckets nothing else needs
    before = figures(bench, account)
    posts = []
    for allocation, excess in _EXCESSES:
        owed = max(before.buckets.get(allocation, 0), 0)
        if owed > MOST_CENTS:
            continue
        body = bench.offset(owed + excess, allocation=allocation)
        post = bench.accepted(bench.post(body, account))
        after = figures(bench, account)
        fell(bench, before, after, owed + excess, post)
        adds_up(bench, after)
        before = _take_one(bench, account, after, post)
        posts.append(post)
    if 0 < before.total_cents <= _MOST_OWED:  # exactly all that the account owes, and then more
        for body in (bench.offset(before.total_cents), bench.offset(11, allocation="PRINCIPAL")):
            posts.append(bench.accepted(bench.post(body, account)))
            after = figures(bench, account)
            fell(bench, before, after, body["original_amount_cents"], posts[-1])
            adds_up(bench, after)
            before = after
    _note_listed(bench, account, posts)


def _take_one(bench: Bench, account: str, before: Figures, last: Exchange) -> Figures:
    """Post a cent without an allocation after ``last``, and note where it is taken from.

    Give what is left.
    """
    post = bench.accepted(bench.post(bench.offset(1), account))
    after = figures(bench, account)
    fell(bench, before, after, 1, post)
    # what a bucket lacks may be made up for by and by
    if before.buckets.get("PRINCIPAL", 0) > 0 and min(before.buckets.values()) >= 0:
        expected = {**before.buckets, "PRINCIPAL": before.buckets["PRINCIPAL"] - 1}
        told, seen = "1 less in PRINCIPAL, and nothing else changed", (last, before.exchange, post)
        got = f"{before.told()} became {after.told()}"
        bench.check("money.bucket", after.buckets == expected, told, got, *seen, after.exchange)
    return after


def _note_listed(bench: Bench, account: str, posts: Sequence[Exchange]) -> None:
    """Note whether each post is one item of the list, from however many buckets it was taken."""
    try:
        ids = [str(post.member("line_item_id")) for post in posts]
        known = [str(of) for of in ids_of(found(bench, ids, account))]
    except UntestedError:
        return
    wrong = {of: known.count(of) for of in ids if known.count(of) != 1}
    told, got = "each of these once in the list", f"so often: {wrong}"
    bench.check("records.listed-once", not wrong, told, got, *posts, last_list(bench))


@probe("money", "money.answer-names-account", "money.other-accounts", "money.total-falls")
def other_accounts(bench: Bench) -> None:
    """A post changes the account it names, and no other."""
    others = bench.target.accounts[1:]
    if not others:
        raise UntestedError("needs --account twice")
    for cents in _ALONE:
        if bench.target.max_cents is None or cents <= bench.target.max_cents:
            _note_others(bench, others, cents)
    other = others[0]
    first, second = figures(bench), figures(bench, other)
    post = bench.accepted(bench.post(bench.offset(17), other))
    fell(bench, second, figures(bench, other), 17, post)
    unmoved = figures(bench)
    bench.check(
        "money.other-accounts",
        unmoved.total_cents == first.total_cents,
        f"{bench.account} as it was: {first.told()}",
        unmoved.told(),
        *(first.exchange, post, unmoved.exchange),
    )
    named = post.member("account_id")
    bench.check("money.answer-names-account", named == other, f"account_id {other}", post)


def _note_others(bench: Bench, others: Sequence[str], cents: int) -> None:
    """Post to one account, and look at the others."""
    before = [figures(bench, account) for account in others]
    post = bench.accepted(bench.post(bench.offset(cents)))
    for account, figure in zip(others, before, strict=True):
        after = figures(bench, account)
        bench.check(
            "money.other-accounts",
            (after.total_cents, after.buckets) == (figure.total_cents, figure.buckets),
            f"{account} as it was: {figure.told()}",
            after.told(),
            *(figure.exchange, post, after.exchange),
        )


@probe("money", "money.buckets-add-up", "money.reads-change-nothing", writes=False)
def reads_change_nothing(bench: Bench) -> None:
    """However often an account is read, it owes the same."""
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    adds_up(bench, before)
    with contextlib.suppress(UntestedError):
        items = [recent(bench, account) for _ in range(2)][-1].results
        for item in items[:2]:
            read_item(bench, account, str(item.get("line_item_id")))
        bench.send(bench.reading(f"{items_of(account)}?{_FILTERS}", LIST_ITEMS))
    figures(bench, account)
    after = figures(bench, account)
    bench.check(
        "money.reads-change-nothing",
        (after.total_cents, after.buckets) == (before.total_cents, before.buckets),
        f"{before.told()}, as before the reads",
        after.told(),
        *(before.exchange, after.exchange),
    )


@probe("money", "money.reads-change-nothing")
def reading_items_changes_nothing(bench: Bench) -> None:
    """An item that is read by its id moves nothing, whatever it says."""
    bodies = [bench.offset(1, **members) for members in _MEMBERS]
    bodies.append({"original_amount_cents": 1})
    before = figures(bench)
    posts = [bench.post(body) for body in bodies]
    cents = sum(post.is_ok for post in posts)  # the account may have been opened later than that
    ids = [str(post.member("line_item_id")) for post in posts if post.is_ok]
    reads = [read_item(bench, bench.account, of) for of in ids]
    fell(bench, before, figures(bench), cents, *posts, *reads, rule_id="money.reads-change-nothing")


@probe("money", "money.total-falls")
def many_posts(bench: Bench) -> None:
    """The twenty-first post is like the first."""
    posts, cents = [], 0
    before = figures(bench)
    for number in range(_MANY):
        body = bench.offset(1 + number % 3)
        cents += body["original_amount_cents"]
        posts.append(bench.accepted(bench.post(body)))
    after = figures(bench)
    by = before.total_cents - after.total_cents
    bench.check(
        "money.total-falls",
        by == cents,
        f"after {_MANY} posts the total has fallen by {cents}",
        f"it fell by {by}",
        *(before.exchange, *posts, after.exchange),
    )


@probe("money", "money.large-amounts")
def large_amounts(bench: Bench) -> None:
    """Amounts are exact at every size, and so are their sums."""
    account = bench.target.accounts[-1]
    before = figures(bench, account)
    posts = []
    for cents, allocation in _LARGE:
        more = {} if allocation is None else {"allocation": allocation}
        posts.append(bench.accepted(bench.post(bench.offset(cents, **more), account)))
        after = figures(bench, account)
        fell(bench, before, after, cents, posts[-1], rule_id="money.large-amounts")
        shown = amount_of(posts[-1].member() or {})
        told = f"an amount of {cents}"
        bench.check("money.large-amounts", shown in (None, cents), told, posts[-1])
        before = after
    ids = [str(post.member("line_item_id")) for post in posts]
    if READ_ITEM in bench.reads:
        _read_back(bench, account, ids, posts)
    if LIST_ITEMS in bench.reads:
        _list_back(bench, account, ids, posts)


def _read_back(bench: Bench, account: str, ids: Sequence[str], posts: Sequence[Exchange]) -> None:
    """Note whether each of the large amounts is shown where its item is read."""
    reads = bench.send_all([bench.reading(item_of(account, of), READ_ITEM) for of in ids])
    for (cents, _), line_item_id, post, read in zip(_LARGE, ids, posts, reads, strict=True):
        shown = amount_of(item_in(read, line_item_id) or {})
        told, got = f"an amount of {cents}, as it was posted, where it is read", f"{shown}"
        bench.check("money.large-amounts", shown in (None, cents), told, got, post, read)


def _list_back(bench: Bench, account: str, ids: Sequence[str], posts: Sequence[Exchange]) -> None:
    """Note whether each of the large amounts is shown in the list."""
    items = {of.get("line_item_id"): of for of in found(bench, ids, account)}
    listed = [amount_of(items.get(of, {})) for of in ids]
    wanted = [cents for cents, _ in _LARGE]
    fine = all(shown in (None, cents) for shown, cents in zip(listed, wanted, strict=True))
    told, got = f"amounts of {wanted} in the list, as they were posted", f"{listed}"
    bench.check("money.large-amounts", fine, told, got, *posts, last_list(bench))
