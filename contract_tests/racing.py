"""What requests at one instant owe, whatever they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.bench import Bench, UntestedError, amount_of
from contract_tests.exchange import Exchange
from contract_tests.reading import found, ids_of

AT_ONCE = 8
"""Requests of a race."""
OK = range(200, 201)
"""What a valid post is answered with."""


def rounds(bench: Bench, quick: int, full: int) -> range:
    """Give how often to race: what goes wrong at times is seen sooner or later."""
    return range(quick if bench.is_quick else full)


def note_each(
    bench: Bench, rule_id: str, exchanges: Sequence[Exchange], wanted: Sequence[range], told: str
) -> None:
    """Note whether each exchange has a status out of the range that is wanted of it."""
    for exchange, statuses in zip(exchanges, wanted, strict=True):
        fine = exchange.status in statuses
        bench.check(rule_id, fine, told, exchange.seen(), *exchanges, how="race")


def note_fell(
    bench: Bench, before: int | None, after: int | None, cents: int, exchanges: Sequence[Exchange]
) -> None:
    """Note whether a total fell by ``cents``; nothing where it cannot be read."""
    if before is None or after is None:
        return
    told, got = f"the total falls by {cents}", f"it fell by {before - after}"
    fell = before - after == cents
    bench.check("concurrency.no-lost-update", fell, told, got, *exchanges, how="race")


def note_listed_once(
    bench: Bench, ids: Sequence[str], exchanges: Sequence[Exchange], account: str | None = None
) -> None:
    """Note whether each of ``ids`` is in the list, once."""
    try:
        known = Counter(map(str, ids_of(found(bench, ids, account))))
    except UntestedError:
        return
    wrong = {of: known[of] for of in ids if known[of] != 1}
    told, got = "each item once in the list", f"so often: {wrong}"
    bench.check("concurrency.no-lost-item", not wrong, told, got, *exchanges, how="race")


def note_own_answers(
    bench: Bench,
    bodies: Sequence[Mapping[str, Any]],
    exchanges: Sequence[Exchange],
    accounts: Sequence[str],
) -> None:
    """Note whether each answer is about the request it answers."""
    for body, exchange, account in zip(bodies, exchanges, accounts, strict=True):
        if exchange.is_ok:
            wrong = list(_foreign(body, exchange.member() or {}, account))
            told = f"an answer to {body} on {account}"
            got = "; ".join(wrong)
            bench.check("concurrency.own-answers", not wrong, told, got, *exchanges, how="race")


def _foreign(body: Mapping[str, Any], answer: Mapping[str, Any], account: str) -> Iterator[str]:
    """Say what of an answer belongs to another request."""
    if body.get("line_item_id") not in (None, answer.get("line_item_id")):
        yield f"line_item_id {answer.get('line_item_id')}"
    if answer.get("account_id") != account:
        yield f"account_id {answer.get('account_id')}"
    if amount_of(answer) not in (None, body["original_amount_cents"]):
        yield f"an amount of {amount_of(answer)}"
    sent = body.get("external_fields")
    if sent and answer.get("external_fields") not in (None, sent):
        yield f"external_fields {answer.get('external_fields')}"
