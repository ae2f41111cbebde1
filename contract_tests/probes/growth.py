"""Growth: the time of an answer does not depend on how many items there are."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.bench import Bench, UntestedError, items_of, path_of
from contract_tests.exchange import Exchange
from contract_tests.probe import probe
from contract_tests.reading import LIST_ITEMS, READ_ACCOUNT

_SAMPLES = 9
_MORE_SECONDS = 0.004
_TIMES = 2.0
_ITEMS = 240
_QUICK_ITEMS = 160


@probe("growth", "growth.lists", "growth.posts", "growth.reads")
def with_more_items(bench: Bench) -> None:
    """Posts and reads take as long with some hundred items more."""
    account = bench.target.accounts[-1]
    asks: dict[str, Callable[[], Exchange]] = {
        "growth.posts": lambda: bench.post(bench.offset(1), account)
    }
    if READ_ACCOUNT in bench.reads:
        asks["growth.reads"] = lambda: bench.send(bench.reading(path_of(account), READ_ACCOUNT))
    if LIST_ITEMS in bench.reads:
        first = f"{items_of(account)}?limit=1"
        asks["growth.lists"] = lambda: bench.send(bench.reading(first, LIST_ITEMS))
    for rule_id, ask in asks.items():
        if rule_id not in bench.first_seconds:
            bench.first_seconds[rule_id] = _seconds(ask)
    before = bench.first_seconds
    if bench.is_throttled:
        raise UntestedError("the server throttles")
    if before["growth.posts"] * _ITEMS / 8 > bench.client.seconds_left / 3:
        raise UntestedError("out of time")
    count = _QUICK_ITEMS if bench.is_quick else _ITEMS
    bench.send_all([bench.posting(bench.offset(1), account) for _ in range(count)])
    for rule_id, ask in asks.items():
        after = _seconds(ask)
        slower = after > before[rule_id] * _TIMES and after - before[rule_id] > _MORE_SECONDS
        if slower:
            after = min(after, _seconds(ask))
            slower = after > before[rule_id] * _TIMES and after - before[rule_id] > _MORE_SECONDS
        exchange = bench.client.exchanges[-1]
        bench.check(
            rule_id,
            not slower,
            f"about {before[rule_id] * 1000:.1f} ms, as with {count} items less",
            f"{after * 1000:.1f} ms",
            exchange,
        )


def _seconds(ask: Callable[[], Exchange]) -> float:
    """Give the time that an answer takes when nothing else happens."""
    return sorted(ask().seconds for _ in range(_SAMPLES))[_SAMPLES // 4]
