"""Concurrency: whatever runs at once has an outcome that some order of it explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.bench import Bench, amount_of
from contract_tests.exchange import Exchange
from contract_tests.probe import Turn, probe
from contract_tests.racing import (
    AT_ONCE,
    OK,
    note_each,
    note_fell,
    note_listed_once,
    note_own_answers,
    rounds,
)
from contract_tests.reading import (
    READ_ITEM,
    item_in,
    read_item,
)
from contract_tests.traces import total

_ONCE = "concurrency.one-posting-per-id"


@probe("concurrency", turn=Turn.FIRST)
def the_commonest(bench: Bench) -> None:
    """Some posts at once all count, with an id or without, and of those with one id one does."""
    _race(bench, named=AT_ONCE // 2)
    _race_for_an_id(bench, 1)
    if bench.target.account(1) is not None:
        _race_on_two_accounts(bench)


@probe(
    "concurrency",
    "concurrency.all-accepted",
    "concurrency.no-lost-item",
    "concurrency.no-lost-update",
    "concurrency.own-answers",
)
def many_posts(bench: Bench) -> None:
    """Posts at once all count, each once."""
    for _ in rounds(bench, 2, 6):
        _race(bench)


def _race(bench: Bench, named: int = AT_ONCE) -> None:
    """Let posts be at once, the first of them with ids of their own; note what comes of them."""
    bodies = _bodies(bench, [2**number for number in range(AT_ONCE)])
    for body in bodies[named:]:
        del body["line_item_id"]
    before = total(bench)
    exchanges = bench.race([bench.posting(body) for body in bodies])
    after = total(bench)
    note_own_answers(bench, bodies, exchanges, [bench.account] * AT_ONCE)
    told = "200, for each"
    note_each(bench, "concurrency.all-accepted", exchanges, [OK] * AT_ONCE, told)
    done = [(of, post) for of, post in zip(bodies, exchanges, strict=True) if post.is_ok]
    note_fell(bench, before, after, sum(of["original_amount_cents"] for of, _ in done), exchanges)
    generated = [str(of.member("line_item_id")) for body, of in done if "line_item_id" not in body]
    _note_new(bench, generated, exchanges)
    given = [of["line_item_id"] for of, _ in done if "line_item_id" in of]
    note_listed_once(bench, [*given, *generated], exchanges)


def _bodies(bench: Bench, amounts: Sequence[int]) -> list[dict[str, Any]]:
    """Give bodies of which no two say the same."""
    fields = [[{"key": "n", "value": str(number)}] for number in range(len(amounts))]
    return [bench.offset(c, external_fields=of) for c, of in zip(amounts, fields, strict=True)]


def _note_new(bench: Bench, ids: Sequence[str], exchanges: Sequence[Exchange]) -> None:
    """Note whether the ids that were generated in a race are unique."""
    twice = [of for of, times in Counter(ids).items() if times > 1]
    told, got = "a new id for each", f"{twice} more than once"
    bench.check("concurrency.unique-ids", not twice, told, got, *exchanges, how="race")


@probe("concurrency", "concurrency.no-lost-item", "concurrency.one-posting-per-id")
def one_id(bench: Bench) -> None:
    """Of posts at once with one id, one posts."""
    for number in rounds(bench, 2, 6):
        _race_for_an_id(bench, 1 - number % 2)


def _race_for_an_id(bench: Bench, step: int) -> None:
    """Let posts with one id be at once, of which each two have an amount, that far apart."""
    body = bench.offset(10, allocation="PRINCIPAL")
    amounts = [10 + step * (of // 2) for of in range(AT_ONCE)]
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
    for _ in rounds(bench, 3, 6):
        before = total(bench)
        exchanges = bench.race([bench.posting({"original_amount_cents": 3})] * AT_ONCE)
        after = total(bench)
        ids = [str(exchange.member("line_item_id")) for exchange in exchanges if exchange.is_ok]
        _note_new(bench, ids, exchanges)
        note_fell(bench, before, after, 3 * len(ids), exchanges)
        note_listed_once(bench, ids, exchanges)
    accounts = bench.target.accounts[:2] * (AT_ONCE // 2)
    least = {"original_amount_cents": 1}
    exchanges = bench.race([bench.posting(least, account) for account in accounts])
    ids = [str(exchange.member("line_item_id")) for exchange in exchanges if exchange.is_ok]
    _note_new(bench, ids, exchanges)


@probe(
    "concurrency",
    "concurrency.no-lost-item",
    "concurrency.no-lost-update",
    "concurrency.own-answers",
)
def two_accounts(bench: Bench) -> None:
    """Posts to two accounts at once are not mixed up."""
    for _ in rounds(bench, 2, 4):
        _race_on_two_accounts(bench)


def _race_on_two_accounts(bench: Bench) -> None:
    """Let posts to two accounts, in turn, be at once. Raises UntestedError."""
    pair = (bench.account, bench.second_account())
    accounts = [*pair] * (AT_ONCE // 2)
    bodies = _bodies(bench, range(1, 1 + AT_ONCE))
    posts = zip(bodies, accounts, strict=True)
    before = [total(bench, account) for account in pair]
    exchanges = bench.race([bench.posting(body, account) for body, account in posts])
    after = [total(bench, account) for account in pair]
    note_own_answers(bench, bodies, exchanges, accounts)
    if not all(exchange.is_ok for exchange in exchanges):
        return
    for number, account in enumerate(pair):
        mine = bodies[number::2]
        cents = sum(body["original_amount_cents"] for body in mine)
        note_fell(bench, before[number], after[number], cents, exchanges)
        note_listed_once(bench, [of["line_item_id"] for of in mine], exchanges, account)
