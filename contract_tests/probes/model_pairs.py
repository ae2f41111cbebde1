"""Model: what one thing does to the next, pair by pair, with nothing left to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from contract_tests.bench import JSON, Bench, UntestedError, amount_of, path_of
from contract_tests.crediting import credit
from contract_tests.exchange import Exchange
from contract_tests.probe import probe
from contract_tests.reading import (
    BUCKETS,
    LIST_ITEMS,
    READ_ACCOUNT,
    Figures,
    figures,
    found,
    ids_of,
    last_list,
    read_item,
    recent,
)
from contract_tests.valid import PAST

_RULE = "model.sequences"
_WRONG = (("Authorization", "Bearer nobody-knows-me"), JSON)
_MOST_CENTS = 10_000_000
_IN_A_ROW = 4


def _refused(bench: Bench) -> Exchange:
    return bench.post({**bench.offset(777), "allocation": "nowhere"})


def _refused_elsewhere(bench: Bench) -> Exchange:
    return bench.post({**bench.offset(776), "allocation": "nowhere"}, bench.second_account())


def _repeated(bench: Bench) -> Exchange:
    body = bench.offset(6)
    bench.post(body)
    return bench.post(body)


def _taken(bench: Bench) -> Exchange:
    body = bench.offset(6)
    bench.post(body)
    return bench.post({**body, "original_amount_cents": 7})


def _of_method(bench: Bench, method: str) -> Exchange:
    return bench.send(bench.reading(path_of(bench.account), READ_ACCOUNT, method), odd=True)


def _listed(bench: Bench) -> Exchange:
    return recent(bench).exchange


def _read(bench: Bench) -> Exchange:
    post = bench.post(bench.offset(2))
    return read_item(bench, bench.account, str(post.member("line_item_id")))


_BEFORE: Mapping[str, Callable[[Bench], Exchange]] = {
    "a refused post": _refused,
    "two refused posts": lambda bench: (_refused(bench), _refused(bench))[1],
    "broken JSON": lambda bench: bench.post(b'{"original_amount_cents": 77'),
    "an item that there is not": lambda bench: read_item(bench, bench.account, "li_nowhere"),
    "a post with a wrong token": lambda bench: bench.post(bench.offset(778), headers=_WRONG),
    "a post to no account": lambda bench: bench.post(bench.offset(779), "no-such-account"),
    "a post of nothing": lambda bench: bench.post(bench.offset(0)),
    "a post of as much": lambda bench: bench.post({"original_amount_cents": 23}),
    "a post of the past": lambda bench: bench.post(bench.offset(3, effective_at=PAST)),
    "a post to another account": lambda bench: bench.post(bench.offset(3), bench.second_account()),
    "a refused post to another account": _refused_elsewhere,
    "a repeat": _repeated,
    "an id that is taken": _taken,
    "a list": _listed,
    "HEAD": lambda bench: _of_method(bench, "HEAD"),
    "OPTIONS": lambda bench: _of_method(bench, "OPTIONS"),
    "an item": _read,
    "a credit offset": lambda bench: credit(bench, bench.offset(5)),
    "a credit offset of as much": lambda bench: credit(bench, bench.offset(23)),
}
"""What may come before a post; whatever it is, the post counts like any other."""


_ALLOCATED: Mapping[str, Callable[[Bench, str], Exchange]] = {
    "a refused post with an allocation": lambda bench, account: bench.post(
        {"original_amount_cents": "x", "allocation": "FEE"}, account
    ),
    "a post with an allocation": lambda bench, account: bench.post(
        bench.offset(1, allocation="INTEREST"), account
    ),
    "a credit offset with an allocation": lambda bench, account: credit(
        bench, bench.offset(2, allocation="INTEREST"), account
    ),
}
"""What might be remembered for the next post."""


@probe("model", "model.sequences")
def one_after_another(bench: Bench) -> None:
    """A post lowers the total by its own amount, and is listed, whatever came before it."""
    posts = {}
    for told, act in _BEFORE.items():
        try:
            first = act(bench)
        except UntestedError:
            continue
        before = figures(bench)
        post = bench.accepted(bench.post({"original_amount_cents": 23}))
        _fell(bench, before, figures(bench), 23, f"after {told}", first, post)
        posts[told] = (first, post)
    _note_listed(bench, posts)


def _note_listed(bench: Bench, posts: Mapping[str, tuple[Exchange, Exchange]]) -> None:
    ids = {told: post.member("line_item_id") for told, (_, post) in posts.items()}
    known = ids_of(found(bench, list(ids.values())))
    for told, line_item_id in ids.items():
        expected, is_there = f"what was posted after {told} in the list", line_item_id in known
        bench.check(_RULE, is_there, expected, "it is not", *posts[told], last_list(bench))


@probe("model", "model.sequences")
def pairs_of_allocations(bench: Bench) -> None:
    """Each allocation after each other takes from its own bucket."""
    account = bench.target.account(1) or bench.account  # the buckets of the first are empty
    before = figures(bench, account)
    if not before.buckets:
        raise UntestedError("the account's summary does not show all buckets")
    walk = list(_walk([None, *BUCKETS]))
    posts: list[Exchange] = []
    for number, (earlier, allocation) in enumerate(pairwise([None, *walk])):
        cents = 1 + number % 2
        more = {} if allocation is None else {"allocation": allocation}
        posts.append(bench.accepted(bench.post(bench.offset(cents, **more), account)))
        after, seen = figures(bench, account), posts[-2:]
        told = f"with {allocation or 'no allocation'} after {earlier or 'none'}"
        bucket = allocation or "PRINCIPAL"
        if _fell(bench, before, after, cents, told, *seen) and before.buckets[bucket] >= cents:
            expected = {**before.buckets, bucket: before.buckets[bucket] - cents}
            told, got = (
                f"{cents} less in {bucket}, {told}",
                f"{before.told()} became {after.told()}",
            )
            bench.check(_RULE, after.buckets == expected, told, got, *seen)
        before = after
    if LIST_ITEMS in bench.reads:
        _note_listed_amounts(bench, account, {str(of.member("line_item_id")): of for of in posts})


def _note_listed_amounts(bench: Bench, account: str, posts: Mapping[str, Exchange]) -> None:
    """Note whether posts, by their ids, are listed with the amounts they were answered with."""
    for item in found(bench, list(posts), account):
        post = posts[item["line_item_id"]]
        cents, shown = amount_of(post.member() or {}), amount_of(item)
        told, got = f"an item of {cents} in the list, as it was posted", f"one of {shown}"
        bench.check(_RULE, shown in (None, cents), told, got, post, last_list(bench))


@probe("model", "model.sequences")
def some_in_a_row(bench: Bench) -> None:
    """Some posts to one bucket are taken from it, and an item is there once it is posted."""
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    for allocation, owed in before.buckets.items():
        if owed < _IN_A_ROW:
            continue
        bodies = [bench.offset(1, allocation=allocation) for _ in range(_IN_A_ROW)]
        posts = [bench.accepted(bench.post(body, account)) for body in bodies]
        after = figures(bench, account)
        expected = {**before.buckets, allocation: owed - _IN_A_ROW}
        told, got = f"{_IN_A_ROW} less in {allocation}", f"{before.told()} became {after.told()}"
        seen = (before.exchange, *posts, after.exchange)
        bench.check(_RULE, after.buckets == expected, told, got, *seen)
        before = after
    body = bench.offset(1)
    early = read_item(bench, account, body["line_item_id"])
    post = bench.accepted(bench.post(body, account))
    then = read_item(bench, account, body["line_item_id"])
    told = "200 for an item that was posted after it had been asked for in vain"
    bench.check(_RULE, then.status == 200, told, then.seen(), early, post, then)


@probe("model", "model.sequences")
def allocations_do_not_stay(bench: Bench) -> None:
    """A post without an allocation takes from principal, whatever was asked for before it."""
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    if before.buckets.get("PRINCIPAL", 0) < len(_ALLOCATED):
        raise UntestedError("no principal is owed, as far as the account shows it")
    for told, act in _ALLOCATED.items():
        first = act(bench, account)
        before = figures(bench, account)
        post = bench.accepted(bench.post({"original_amount_cents": 1}, account))
        after = figures(bench, account)
        expected = {**before.buckets, "PRINCIPAL": before.buckets["PRINCIPAL"] - 1}
        wanted = f"1 less in PRINCIPAL, after {told}"
        got = f"{before.told()} became {after.told()}"
        seen = (first, before.exchange, post, after.exchange)
        bench.check(_RULE, after.buckets == expected, wanted, got, *seen)


def _walk(symbols: Sequence[str | None]) -> Iterator[str | None]:
    """Give symbols so that each stands behind each, itself too, once."""
    for at, symbol in enumerate(symbols):
        yield symbol
        for other in symbols[at + 1 :]:
            yield symbol
            yield other
    yield symbols[0]


@probe("model", "model.sequences")
def giving_and_taking(bench: Bench) -> None:
    """What was given back can be taken again, from where it was given to."""
    start = figures(bench)
    posts = [bench.accepted(bench.post(bench.offset(37))), credit(bench, bench.offset(37))]
    if not posts[-1].is_ok:
        raise UntestedError("the server has no POST …/credit_offsets")
    _fell(bench, start, figures(bench), 0, "where as much is given back as was taken", *posts)
    account = bench.target.accounts[-1]
    below = figures(bench, account)
    if below.total_cents < 0:
        given = credit(bench, bench.offset(5), account)
        _fell(bench, below, figures(bench, account), -5, "where less than nothing is owed", given)
    _refill(bench, figures(bench))


def _refill(bench: Bench, before: Figures) -> None:
    """Empty the bucket of fees, put something into it, and take a part of that."""
    owed = before.buckets.get("FEE", -1)
    limit = bench.target.max_cents or _MOST_CENTS
    if not 0 <= owed <= limit:
        return
    posts = [bench.accepted(bench.post(bench.offset(owed, allocation="FEE")))]
    posts.append(credit(bench, bench.offset(50, allocation="FEE")))
    filled = figures(bench)
    if not posts[-1].is_ok or filled.buckets["FEE"] != 50:
        return  # nobody says for certain where credits go
    posts.append(bench.accepted(bench.post(bench.offset(20, allocation="FEE"))))
    after = figures(bench)
    expected = {**filled.buckets, "FEE": 30}
    told, got = f"30 left in FEE: {expected}", after.told()
    bench.check(_RULE, after.buckets == expected, told, got, *posts, after.exchange)


def _fell(
    bench: Bench, before: Figures, after: Figures, cents: int, told: str, *seen: Exchange
) -> bool:
    by = before.total_cents - after.total_cents
    expected, got = f"the total falls by {cents} {told}", f"it fell by {by}"
    exchanges = (before.exchange, *seen, after.exchange)
    return bench.check(_RULE, by == cents, expected, got, *exchanges)
