"""Growth: the time of an answer does not depend on how many items there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from contract_tests.bench import Bench, UntestedError, item_of, items_of, offsets_of, path_of
from contract_tests.client import OutOfTimeError
from contract_tests.crediting import CREDIT, credit, crediting
from contract_tests.exchange import Request
from contract_tests.probe import Turn, probe
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT, READ_ITEM
from contract_tests.rules import FIRST_OPERATION
from contract_tests.valid import PAST

_SAMPLES, _QUICK_SAMPLES, _FEW_SAMPLES = 9, 6, 3
_MORE_SECONDS, _TIMES = 0.004, 2.0
_MANY_MORE_SECONDS, _MANY_TIMES = 0.03, 3.0
_ITEMS = 240
_QUICK_ITEMS = 100
"""About as many as have been posted by then."""
_FEWEST_ITEMS = 20
"""With fewer nothing is seen."""
_AT_ONCE, _ROUNDS = 6, 4
"""Posts at a time, at least; and how long it takes to look again, in such rounds."""
_QUICK_SECONDS = 0.1
_ENOUGH_SECONDS = 0.2
"""How long samples are taken, if there are two."""
_BUSY_TIMES = 2.0
"""How much slower a machine may become by itself."""
_TICK_SECONDS = 0.002
"""What one answer or the other takes longer, whatever the machine does."""
_LAST = 12
"""How many answers back what has grown is looked for."""


class Ask(NamedTuple):
    """Something that is asked again and again."""

    rule_id: str
    """Says that it takes no longer with more items."""
    operation: str
    told: str
    make: Callable[[Bench], Request]
    is_common: bool = True
    """Whether it is looked at closely; what is not, only on a fast server and a few times."""


class Taken(NamedTuple):
    """Times that answers took, in seconds."""

    asked: Sequence[float]
    """To what may grow slow."""
    constant: Sequence[float]
    """Meanwhile, to what has nothing to do with items: a read of an account that there is not."""


@probe("growth", turn=Turn.FIRST)
def with_few_items(bench: Bench) -> None:
    """Remember how long posts and reads take before the run has posted much."""
    slowest = max(exchange.seconds for exchange in bench.client.exchanges)
    if bench.is_quick and slowest > _QUICK_SECONDS:
        raise UntestedError("the server is too slow for a quick run")
    # what three of four take at first is compared with what one of four takes later: what takes now
    # this long, now that, has not grown
    asks = [*_asks(bench), *(_rarer_asks(bench) if slowest <= _QUICK_SECONDS else ())]
    taken = {ask: _taken(bench, ask) for ask in asks}
    bench.first_seconds = {ask: _quartile(of.asked, 3) for ask, of in taken.items()}
    constant = [of for times in taken.values() for of in times.constant]
    bench.first_constant_seconds = _quartile(constant, 2)


def _has_grown(bench: Bench) -> bool:
    """Tell whether one of the last answers took so much longer than at first that it may be so."""
    firsts: dict[str, float] = {}
    for ask, seconds in bench.first_seconds.items():
        if ask.is_common:  # what is rarer is asked when there are more items already
            firsts[ask.operation] = max(seconds, firsts.get(ask.operation, 0.0))
    return any(
        _is_far_slower(firsts[operation], exchange.seconds)
        for exchange in bench.client.exchanges[-_LAST:]
        if exchange.is_ok and (operation := exchange.request.operation) in firsts
    )


@probe("growth", "growth.posts", "growth.reads", "growth.lists", is_called_early=_has_grown)
def with_more_items(bench: Bench) -> None:
    """Posts and reads take as long with some hundred items more."""
    if bench.is_throttled:
        raise UntestedError("the server throttles")
    if not bench.first_seconds:
        raise UntestedError("the time that answers take at first is not known")
    affordable = _affordable(bench)
    if not _has_grown(bench):
        count = _QUICK_ITEMS if bench.is_quick else _ITEMS
        posted = _posted(bench, offsets_of(bench.account))
        lacking = min(max(count - posted, 0), affordable)
        if posted + lacking < _FEWEST_ITEMS:
            raise UntestedError("out of time")
        bench.send_all([bench.posting(bench.offset(1)) for _ in range(lacking)])
        other = bench.target.account(1)
        if other is not None and not bench.is_quick:
            bench.send_all([bench.posting(bench.offset(1), other) for _ in range(lacking // 3)])
    for ask, before in bench.first_seconds.items():
        after, times = _seconds(bench, ask, before)
        if _is_slower(before * times, after) and not _is_far_slower(before * times, after):
            again, others = _seconds(bench, ask, before)
            after, times = min(after, again), max(times, others)
        busy = f", on a machine that was {times:.1f} times as slow" if times > 1 else ""
        bench.check(
            ask.rule_id,
            not _is_slower(before * times, after),
            f"about {before * 1000:.1f} ms for {ask.told}, as at first",
            f"{after * 1000:.1f} ms, {_posted(bench)} posts later{busy}",
            bench.client.exchanges[-1],
        )


def _affordable(bench: Bench) -> int:
    """Give how many items there is time to post, and to take times afterwards.

    Raises OutOfTimeError if there is not even time for that.
    """
    slowest = max(bench.first_seconds.values())
    rounds = bench.client.seconds_left / max(slowest, _TICK_SECONDS) - _ROUNDS
    if rounds < 0:
        raise OutOfTimeError
    return int(rounds / 2) * _AT_ONCE


def _asks(bench: Bench) -> list[Ask]:
    account = bench.account
    asks = [Ask("growth.posts", FIRST_OPERATION, "a post", lambda b: b.posting(b.offset(1)))]
    if READ_ACCOUNT in bench.reads:
        asks.append(_read(READ_ACCOUNT, "an account", path_of(account)))
    post = bench.first_posts.get(account)
    if READ_ITEM in bench.reads and post is not None and post.is_ok:
        path = item_of(account, str(post.member("line_item_id")))
        asks.append(_read(READ_ITEM, "an item", path))
    if LIST_ITEMS in bench.reads:
        path = f"{items_of(account)}?limit=1"
        first = _read(LIST_ITEMS, "a list", path)
        asks.append(first)
        cursor = bench.send(first.make(bench)).member("paging", "starting_after")
        if isinstance(cursor, str):
            after = f"{path}&starting_after={quote(cursor, safe='')}"
            asks.append(_read(LIST_ITEMS, "a second page", after))
    return asks


def _rarer_asks(bench: Bench) -> Iterator[Ask]:
    """Give what a server may well do in another way than what is asked most."""
    yield _post("a post to a bucket", lambda b: b.posting(b.offset(1, allocation="FEE")))
    yield _post("a post of the past", lambda b: b.posting(b.offset(1, effective_at=PAST)))
    fields = [{"key": "n", "value": "1"}]
    yield _post("a post with fields", lambda b: b.posting(b.offset(1, external_fields=fields)))
    yield _post("a post without an id", lambda b: b.posting({"original_amount_cents": 1}))
    known = bench.posting(bench.offset(1))
    yield _post("a repeat", lambda _: known)
    yield _post("a refusal", lambda b: b.posting(b.offset(1, allocation="x")))
    other = bench.target.account(1)
    if other is not None:
        yield _post("a post to another account", lambda b: b.posting(b.offset(1), other))
    if credit(bench, bench.offset(1)).is_ok:
        yield _post("a credit offset", lambda b: crediting(b, b.offset(1)), CREDIT)
    if READ_ITEM in bench.reads:
        path = item_of(bench.account, "li_nowhere")
        yield _read(READ_ITEM, "an item that there is not", path, is_common=False)
    if LIST_ITEMS in bench.reads:
        path = f"{items_of(bench.account)}?limit=1&line_item_type=DEBIT_OFFSET"
        yield _read(LIST_ITEMS, "a filtered list", path, is_common=False)


def _post(told: str, make: Callable[[Bench], Request], operation: str = FIRST_OPERATION) -> Ask:
    return Ask("growth.posts", operation, told, make, is_common=False)


def _read(operation: str, told: str, path: str, *, is_common: bool = True) -> Ask:
    rule_id = "growth.lists" if operation == LIST_ITEMS else "growth.reads"
    return Ask(rule_id, operation, told, lambda b: b.reading(path, operation), is_common)


def _posted(bench: Bench, target: str | None = None) -> int:
    """Count what the run has posted, to ``target`` or anywhere."""
    return sum(
        exchange.is_ok
        and exchange.request.operation == FIRST_OPERATION
        and target in (None, exchange.request.target)
        for exchange in bench.client.exchanges
    )


def _is_slower(before: float, after: float) -> bool:
    return after > before * _TIMES and after - before > _MORE_SECONDS


def _is_far_slower(before: float, after: float) -> bool:
    return after > before * _MANY_TIMES and after - before > _MANY_MORE_SECONDS


def _seconds(bench: Bench, ask: Ask, before: float) -> tuple[float, float]:
    """Give the time that an answer takes at least, three times of four.

    With it, how much slower than at first everything is, as far as that may come from the machine.
    """
    taken = _taken(bench, ask, before)
    constant = _quartile(taken.constant, 2) + _TICK_SECONDS
    times = constant / (bench.first_constant_seconds + _TICK_SECONDS)
    return _quartile(taken.asked, 1), min(max(times, 1.0), _BUSY_TIMES)


def _quartile(taken: Sequence[float], number: int) -> float:
    return sorted(taken)[len(taken) * number // 4]


def _taken(bench: Bench, ask: Ask, before: float = 0.0) -> Taken:
    """Give the times that some answers take when nothing else happens.

    Where they take far longer than ``before``, if that is known, a second look is enough.
    """
    asked: list[float] = []
    constant: list[float] = []
    samples = _QUICK_SAMPLES if bench.is_quick else _SAMPLES
    samples = samples if ask.is_common else _FEW_SAMPLES
    while len(asked) < 2 or (len(asked) < samples and sum(asked) < _ENOUGH_SECONDS):
        if bench.is_throttled:  # each answer would take as long as the server likes
            raise UntestedError("the server throttles")
        if len(asked) % 3 == 0:
            request = bench.reading("/accounts/no-such-account", READ_ACCOUNT)
            constant.append(bench.send(request, odd=True).seconds)
        asked.append(bench.send(ask.make(bench), odd=not ask.is_common).seconds)
        if before and len(asked) == 2 and _is_far_slower(before, min(asked)):
            break
    return Taken(asked, constant)
