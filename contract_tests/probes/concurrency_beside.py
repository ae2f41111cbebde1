"""Concurrency: posts at the same time as something else, like reads and credit offsets."""

from __future__ import annotations

import contextlib

from contract_tests.bench import JSON, Bench, UntestedError, items_of, path_of
from contract_tests.crediting import crediting
from contract_tests.exchange import Exchange
from contract_tests.probe import Turn, probe
from contract_tests.racing import AT_ONCE, OK, note_each, note_fell, rounds
from contract_tests.reading import (
    BUCKETS,
    LIST_ITEMS,
    READ_ACCOUNT,
    figures,
    most_recent,
)
from contract_tests.traces import total

_WRONG = ((("Authorization", "Bearer nobody-knows-me"), JSON), (JSON,))
_REFUSED, _DENIED = range(400, 500), range(401, 404, 2)


@probe("concurrency", turn=Turn.FIRST)
def the_commonest_beside(bench: Bench) -> None:
    """Whatever runs beside posts, each is what it would be at any other time."""
    _post_with_right_and_wrong_tokens(bench)
    for look in (_take_from_several_buckets, _give_and_take, _read_among_posts):
        with contextlib.suppress(UntestedError):
            look(bench)


@probe("concurrency", "concurrency.no-lost-update")
def of_one_bucket(bench: Bench) -> None:
    """Posts at once that are allocated to one bucket all count."""
    account = bench.target.account(1) or bench.account
    for allocation in ("FEE", "INTEREST"):
        before = total(bench, account)
        bodies = [bench.offset(1, allocation=allocation) for _ in range(AT_ONCE)]
        exchanges = bench.race([bench.posting(body, account) for body in bodies])
        after = total(bench, account)
        if all(exchange.is_ok for exchange in exchanges):
            note_fell(bench, before, after, AT_ONCE, exchanges)


@probe("concurrency", "concurrency.no-lost-update")
def of_several_buckets(bench: Bench) -> None:
    """Of posts at once each is taken from the bucket that it names."""
    for _ in rounds(bench, 2, 4):
        _take_from_several_buckets(bench)


def _take_from_several_buckets(bench: Bench) -> None:
    """Post at once to buckets in turn. Raises UntestedError."""
    account = bench.target.account(1) or bench.account
    before = figures(bench, account)
    filled = [name for name, owed in before.buckets.items() if owed >= AT_ONCE]
    if len(filled) < 2:
        raise UntestedError("too few buckets owe enough, as far as the account shows them")
    taken = [filled[number % len(filled)] for number in range(AT_ONCE)]
    bodies = [bench.offset(1, allocation=of) for of in taken]
    exchanges = bench.race([bench.posting(body, account) for body in bodies])
    after = figures(bench, account)
    if all(exchange.is_ok for exchange in exchanges):
        expected = {name: owed - taken.count(name) for name, owed in before.buckets.items()}
        told, got = f"buckets of {expected}", f"{after.buckets}"
        fine = after.buckets == expected
        bench.check("concurrency.no-lost-update", fine, told, got, *exchanges, how="race")


@probe("concurrency", "concurrency.no-lost-update")
def debits_and_credits(bench: Bench) -> None:
    """Debit and credit offsets at once all count."""
    for _ in rounds(bench, 2, 4):
        _give_and_take(bench)


def _give_and_take(bench: Bench) -> None:
    """Let debit and credit offsets be at once. Raises UntestedError."""
    pairs = [(bench.offset(3), bench.offset(1)) for _ in range(AT_ONCE // 2)]
    requests = [
        request
        for debit, given in pairs
        for request in (bench.posting(debit), crediting(bench, given))
    ]
    before = total(bench)
    exchanges = bench.race(requests, odd=True)
    after = total(bench)
    if not all(exchange.is_ok for exchange in exchanges):
        raise UntestedError("the server has no POST …/credit_offsets, or refuses some at once")
    note_fell(bench, before, after, (3 - 1) * len(pairs), exchanges)


@probe("concurrency", "concurrency.reads")
def reads_among_posts(bench: Bench) -> None:
    """What is read while posts run is what some order of them gives."""
    for number in rounds(bench, 2, 6):
        _read_among_posts(bench, is_turned=number % 2 == 0)


def _read_among_posts(bench: Bench, *, is_turned: bool = False) -> None:
    """Read an account and its list while posts run, one list first, one last.

    ``is_turned`` is: what is first comes last. Raises UntestedError.
    """
    if READ_ACCOUNT not in bench.reads:
        raise UntestedError("the server has no GET /accounts/{account_id}")
    newest = bench.reading(f"{items_of(bench.account)}?limit={AT_ONCE}", LIST_ITEMS)
    lists = [newest] * (2 if LIST_ITEMS in bench.reads else 0)
    reads = [bench.reading(path_of(bench.account), READ_ACCOUNT)] * (4 - len(lists))
    before = figures(bench)
    posts = [bench.posting(bench.offset(4, allocation="PRINCIPAL")) for _ in range(4)]
    both = [*lists[:1], *reads, *posts, *lists[1:]]
    exchanges = bench.race(both[::-1] if is_turned else both)
    steps = [before.total_cents - 4 * number for number in range(5)]
    parts = [member for members in BUCKETS.values() for member in members]
    for exchange in (of for of in exchanges if of.request.method == "GET"):
        summary = exchange.member("summary") or {}
        owed = summary.get("total_balance_cents")
        is_list = exchange.request.operation == LIST_ITEMS
        fine = exchange.status == 200 and (is_list or owed in steps)
        told = "200" if is_list else f"a total out of {steps}"
        bench.check("concurrency.reads", fine, told, exchange.seen(), *exchanges, how="race")
        if before.buckets and fine and not is_list:
            cents = sum(summary.get(part) or 0 for part in parts)
            told, got = f"buckets that add up to {owed}", f"{cents}"
            bench.check("concurrency.reads", cents == owed, told, got, *exchanges, how="race")


@probe("concurrency", "concurrency.own-answers", writes=False)
def reads_of_two_accounts(bench: Bench) -> None:
    """Each of several reads at once is of the account it names."""
    pair = (bench.account, bench.second_account())
    ends = {READ_ACCOUNT: "", LIST_ITEMS: f"/line_items?limit={most_recent(bench)}"}
    wanted = [
        (account, bench.reading(path_of(account) + end, operation))
        for operation, end in ends.items()
        for account in pair * 2
        if operation in bench.reads
    ]
    if not wanted:
        raise UntestedError("the server has no reads")
    for _ in rounds(bench, 3, 6):
        exchanges = bench.race([request for _, request in wanted])
        for (account, _), exchange in zip(wanted, exchanges, strict=True):
            told = f"what is of {account}"
            fine = _accounts_in(exchange) <= {account}
            got = exchange.seen()
            bench.check("concurrency.own-answers", fine, told, got, *exchanges, how="race")


def _accounts_in(exchange: Exchange) -> set[object]:
    """Give the accounts that an answer is about."""
    results = exchange.member("results")
    told = results if isinstance(results, list) else [exchange.member()]
    return {of.get("account_id") for of in told if isinstance(of, dict)} - {None}


@probe("concurrency", "concurrency.auth")
def right_and_wrong_tokens(bench: Bench) -> None:
    """Who has the right token at the same time as others helps none of them."""
    for _ in rounds(bench, 1, 4):
        _post_with_right_and_wrong_tokens(bench)


def _post_with_right_and_wrong_tokens(bench: Bench) -> None:
    pairs = [
        (bench.posting(bench.offset(1)), bench.posting(bench.offset(1), headers=headers))
        for headers in _WRONG * (AT_ONCE // 4)
    ]
    exchanges = bench.race([request for pair in pairs for request in pair])
    told = "200 for the right token, 401 or 403 for a wrong one"
    note_each(bench, "concurrency.auth", exchanges, [OK, _DENIED] * (AT_ONCE // 2), told)


@probe("concurrency", "concurrency.no-lost-update", "concurrency.own-answers")
def valid_and_invalid(bench: Bench) -> None:
    """Refusals at the same time as posts change neither."""
    for _ in rounds(bench, 1, 3):
        before = total(bench)
        pairs = [
            (bench.posting(bench.offset(5)), bench.posting({**bench.offset(5), "allocation": "x"}))
            for _ in range(AT_ONCE // 2)
        ]
        exchanges = bench.race([request for pair in pairs for request in pair])
        after = total(bench)
        told = "200 for what is valid, a refusal for what is not"
        wanted = [OK, _REFUSED] * (AT_ONCE // 2)
        note_each(bench, "concurrency.own-answers", exchanges, wanted, told)
        note_fell(bench, before, after, 5 * AT_ONCE // 2, exchanges)
