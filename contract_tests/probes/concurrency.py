"""Concurrency: whatever runs at once has an outcome that some order of it explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.bench import JSON, Bench, UntestedError, amount_of, items_of, path_of
from contract_tests.crediting import crediting
from contract_tests.exchange import Exchange
from contract_tests.probe import Turn, probe
from contract_tests.racing import note_each, note_fell, note_listed_once, note_own_answers
from contract_tests.reading import (
    BUCKETS,
    LIST_ITEMS,
    READ_ACCOUNT,
    READ_ITEM,
    figures,
    item_in,
    read_item,
)
from contract_tests.traces import total

_AT_ONCE = 8
_WRONG = ((("Authorization", "Bearer nobody-knows-me"), JSON), (JSON,))
_OK, _REFUSED, _DENIED = range(200, 201), range(400, 500), range(401, 404, 2)
_ONCE = "concurrency.one-posting-per-id"


def _rounds(bench: Bench, quick: int, full: int) -> range:
    return range(quick if bench.is_quick else full)


@probe(
    "concurrency",
    "concurrency.all-accepted",
    "concurrency.no-lost-item",
    "concurrency.no-lost-update",
    "concurrency.own-answers",
)
def many_posts(bench: Bench) -> None:
    """Posts at once all count, each once."""
    for _ in _rounds(bench, 3, 6):
        bodies = [bench.offset(2**number) for number in range(_AT_ONCE)]
        before = total(bench)
        exchanges = bench.race([bench.posting(body) for body in bodies])
        after = total(bench)
        note_own_answers(bench, bodies, exchanges, [bench.account] * _AT_ONCE)
        told = "200, for each"
        note_each(bench, "concurrency.all-accepted", exchanges, [_OK] * _AT_ONCE, told)
        done = [of for of, exchange in zip(bodies, exchanges, strict=True) if exchange.is_ok]
        cents = sum(body["original_amount_cents"] for body in done)
        note_fell(bench, before, after, cents, exchanges)
        note_listed_once(bench, [body["line_item_id"] for body in done], exchanges)


@probe("concurrency", "concurrency.no-lost-item", "concurrency.one-posting-per-id")
def one_id(bench: Bench) -> None:
    """Of posts at once with one id, one posts."""
    for number in _rounds(bench, 3, 6):
        step = number % 2  # with the same content, and with other
        body = bench.offset(10, allocation="PRINCIPAL")
        amounts = [10 + step * of for of in range(_AT_ONCE)]
        bodies = [{**body, "original_amount_cents": cents} for cents in amounts]
        before = total(bench)
        exchanges = bench.race([bench.posting(of) for of in bodies])
        after = total(bench)
        statuses = sorted(exchange.status for exchange in exchanges)
        answered = all(of == 200 or 400 <= of < 500 for of in statuses) and 200 in statuses
        told = "200 for one, for the others 200 or a refusal"
        bench.check(_ONCE, answered, told, f"{statuses}", *exchanges, how="race")
        if before is not None and after is not None:
            told, got = "the total falls by one of the amounts", f"it fell by {before - after}"
            bench.check(_ONCE, before - after in amounts, told, got, *exchanges, how="race")
        note_listed_once(bench, [body["line_item_id"]], exchanges)
        _note_winner(bench, body, exchanges)


def _note_winner(bench: Bench, body: Mapping[str, Any], exchanges: Sequence[Exchange]) -> None:
    """Note whether the item that is there is one that was answered with 200."""
    winners = {amount_of(of.member() or {}) for of in exchanges if of.is_ok} - {None}
    if READ_ITEM not in bench.reads or not winners:
        return
    seen = read_item(bench, bench.account, body["line_item_id"])
    kept = amount_of(item_in(seen, body["line_item_id"]) or {})
    told, got = f"one of {sorted(map(str, winners))}, which were answered", f"{kept}"
    bench.check(_ONCE, kept is None or kept in winners, told, got, *exchanges, how="race")


@probe(
    "concurrency",
    "concurrency.no-lost-item",
    "concurrency.no-lost-update",
    "concurrency.unique-ids",
)
def no_ids(bench: Bench) -> None:
    """Ids that are generated at once are unique."""
    for _ in _rounds(bench, 3, 6):
        before = total(bench)
        exchanges = bench.race([bench.posting({"original_amount_cents": 3})] * _AT_ONCE)
        after = total(bench)
        ids = [str(exchange.member("line_item_id")) for exchange in exchanges if exchange.is_ok]
        twice = [of for of, times in Counter(ids).items() if times > 1]
        told, got = "a new id for each", f"{twice} more than once"
        bench.check("concurrency.unique-ids", not twice, told, got, *exchanges, how="race")
        note_fell(bench, before, after, 3 * len(ids), exchanges)
        note_listed_once(bench, ids, exchanges)


@probe(
    "concurrency",
    "concurrency.no-lost-item",
    "concurrency.no-lost-update",
    "concurrency.own-answers",
)
def two_accounts(bench: Bench) -> None:
    """Posts to two accounts at once are not mixed up."""
    other = bench.second_account()
    pair = (bench.account, other)
    for _ in _rounds(bench, 2, 4):
        accounts = [*pair] * (_AT_ONCE // 2)
        fields = [[{"key": "n", "value": str(number)}] for number in range(_AT_ONCE)]
        bodies = [bench.offset(1 + at, external_fields=of) for at, of in enumerate(fields)]
        posts = zip(bodies, accounts, strict=True)
        before = [total(bench, account) for account in pair]
        exchanges = bench.race([bench.posting(body, account) for body, account in posts])
        after = [total(bench, account) for account in pair]
        note_own_answers(bench, bodies, exchanges, accounts)
        if not all(exchange.is_ok for exchange in exchanges):
            continue
        for number, account in enumerate(pair):
            mine = bodies[number::2]
            cents = sum(body["original_amount_cents"] for body in mine)
            note_fell(bench, before[number], after[number], cents, exchanges)
            note_listed_once(bench, [of["line_item_id"] for of in mine], exchanges, account)


@probe("concurrency", "concurrency.no-lost-update")
def of_one_bucket(bench: Bench) -> None:
    """Posts at once that are allocated to one bucket all count."""
    account = bench.target.account(1) or bench.account
    for allocation in ("FEE", "INTEREST"):
        before = total(bench, account)
        bodies = [bench.offset(1, allocation=allocation) for _ in range(_AT_ONCE)]
        exchanges = bench.race([bench.posting(body, account) for body in bodies])
        after = total(bench, account)
        if all(exchange.is_ok for exchange in exchanges):
            note_fell(bench, before, after, _AT_ONCE, exchanges)


@probe("concurrency", "concurrency.no-lost-update")
def debits_and_credits(bench: Bench) -> None:
    """Debit and credit offsets at once all count."""
    for _ in _rounds(bench, 2, 4):
        pairs = [(bench.offset(3), bench.offset(1)) for _ in range(_AT_ONCE // 2)]
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
    if READ_ACCOUNT not in bench.reads:
        raise UntestedError("the server has no GET /accounts/{account_id}")
    read = bench.reading(path_of(bench.account), READ_ACCOUNT)
    parts = [member for members in BUCKETS.values() for member in members]
    for _ in _rounds(bench, 3, 6):
        before = figures(bench)
        posts = [bench.posting(bench.offset(4, allocation="PRINCIPAL")) for _ in range(4)]
        exchanges = bench.race([request for post in posts for request in (post, read)])
        steps = [before.total_cents - 4 * number for number in range(5)]
        for exchange in exchanges[1::2]:
            summary = exchange.member("summary") or {}
            owed = summary.get("total_balance_cents")
            fine = exchange.status == 200 and owed in steps
            told = f"a total out of {steps}"
            bench.check("concurrency.reads", fine, told, exchange.seen(), *exchanges, how="race")
            if before.buckets and fine:
                cents = sum(summary.get(part) or 0 for part in parts)
                told, got = f"buckets that add up to {owed}", f"{cents}"
                bench.check("concurrency.reads", cents == owed, told, got, *exchanges, how="race")


@probe("concurrency", "concurrency.own-answers", writes=False, turn=Turn.LATER)
def reads_of_two_accounts(bench: Bench) -> None:
    """Each of several reads at once is of the account it names."""
    pair = (bench.account, bench.second_account())
    paths = {READ_ACCOUNT: path_of, LIST_ITEMS: items_of}
    wanted = [
        (account, bench.reading(path(account), operation))
        for operation, path in paths.items()
        for account in pair * 2
        if operation in bench.reads
    ]
    if not wanted:
        raise UntestedError("the server has no reads")
    for _ in _rounds(bench, 3, 6):
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
    for _ in _rounds(bench, 2, 4):
        pairs = [
            (bench.posting(bench.offset(1)), bench.posting(bench.offset(1), headers=headers))
            for headers in _WRONG * (_AT_ONCE // 4)
        ]
        exchanges = bench.race([request for pair in pairs for request in pair])
        told = "200 for the right token, 401 or 403 for a wrong one"
        note_each(bench, "concurrency.auth", exchanges, [_OK, _DENIED] * (_AT_ONCE // 2), told)


@probe("concurrency", "concurrency.no-lost-update", "concurrency.own-answers")
def valid_and_invalid(bench: Bench) -> None:
    """Refusals at the same time as posts change neither."""
    for _ in _rounds(bench, 1, 3):
        before = total(bench)
        pairs = [
            (bench.posting(bench.offset(5)), bench.posting({**bench.offset(5), "allocation": "x"}))
            for _ in range(_AT_ONCE // 2)
        ]
        exchanges = bench.race([request for pair in pairs for request in pair])
        after = total(bench)
        told = "200 for what is valid, a refusal for what is not"
        wanted = [_OK, _REFUSED] * (_AT_ONCE // 2)
        note_each(bench, "concurrency.own-answers", exchanges, wanted, told)
        note_fell(bench, before, after, 5 * _AT_ONCE // 2, exchanges)
