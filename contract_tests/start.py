"""The first look at a server: whether it can be checked, and what it has."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from contract_tests.bench import Bench, ProbeEndedError, UntestedError, item_of, items_of, path_of
from contract_tests.client import Client, OutOfTimeError
from contract_tests.exchange import Exchange
from contract_tests.reading import (
    ABSENT,
    LIST_ITEMS,
    READ_ACCOUNT,
    READ_ITEM,
    Figures,
    figures,
)
from contract_tests.target import TargetError

_NOT_ALLOWED = {
    401: "the token is refused",
    403: "the token is refused",
    404: "the account is not known, or the URL is not that of the API",
}


def first_look(client: Client, seed: int, *, is_quick: bool) -> Bench:
    """See which reads there are, before anything is posted, and post once. Raises TargetError."""
    bench = Bench(client, seed, is_quick=is_quick, reads=frozenset())
    try:
        seen = _reads(bench)
        bench.reads = _present(seen)
        if seen[READ_ACCOUNT].status == 200:
            bench.before = {of: _owed(bench, of) for of in client.target.accounts}
        else:
            bench.before = dict.fromkeys(client.target.accounts)
        if client.target.allows_writes:
            _post_once(bench, seen)
    except OutOfTimeError:
        raise TargetError(f"{client.target.url} does not answer in time") from None
    except ssl.SSLError as error:
        raise TargetError(f"no TLS with {client.target.url}: {error.reason or error}") from error
    if not client.target.allows_writes:
        _require_reads(bench, seen)
    bench.reads = _present(seen)
    return bench


def _owed(bench: Bench, account: str) -> Figures | None:
    """Give what an account owes, None if it cannot be read; layers will tell why not."""
    known = len(bench.breaks)
    try:
        return figures(bench, account)
    except (UntestedError, ProbeEndedError):
        del bench.breaks[known:]
        return None


def _present(seen: Mapping[str, Exchange]) -> frozenset[str]:
    """Give the operations that are not absent."""
    return frozenset(of for of, exchange in seen.items() if exchange.status not in ABSENT)


def _reads(bench: Bench) -> dict[str, Exchange]:
    account = bench.account
    seen = {
        READ_ACCOUNT: bench.send(bench.reading(path_of(account), READ_ACCOUNT), odd=True),
        LIST_ITEMS: bench.send(bench.reading(items_of(account), LIST_ITEMS), odd=True),
    }
    results = seen[LIST_ITEMS].member("results")
    known = (
        [of.get("line_item_id") for of in results if isinstance(of, dict)]
        if isinstance(results, list)
        else []
    )
    if known and isinstance(known[0], str):
        target = item_of(account, known[0])
        seen[READ_ITEM] = bench.send(bench.reading(target, READ_ITEM), odd=True)
    return seen


def _post_once(bench: Bench, seen: dict[str, Exchange]) -> None:
    """Post the least there can be, which tells whether token and accounts are right."""
    url = bench.target.url
    for account in reversed(bench.target.accounts):
        post = bench.post({"original_amount_cents": 1}, account)
        if not any(exchange.answer for exchange in (*seen.values(), post)):
            raise TargetError(f"cannot reach {url}: {post.error}")
        if post.status in _NOT_ALLOWED:
            told = _NOT_ALLOWED[post.status]
            raise TargetError(
                f"{url} answers a plain debit offset on {account} with {post.status}: {told}"
            )
        bench.check("shape.created-200", post.status == 200, "200, for a valid debit offset", post)
    line_item_id = post.member("line_item_id")
    if READ_ITEM not in seen and isinstance(line_item_id, str):
        target = item_of(bench.account, line_item_id)
        seen[READ_ITEM] = bench.send(bench.reading(target, READ_ITEM), odd=True)


def _require_reads(bench: Bench, seen: dict[str, Exchange]) -> None:
    """Make sure that there is something to read, as nothing may be written."""
    url, first = bench.target.url, next(iter(seen.values()))
    if not any(exchange.answer for exchange in seen.values()):
        raise TargetError(f"cannot reach {url}: {first.error}")
    if first.status in (401, 403):
        raise TargetError(
            f"{url} answers a read of {bench.account} with {first.status}: the token is refused"
        )
    if all(exchange.status in ABSENT for exchange in seen.values()):
        raise TargetError(
            f"{url} has nothing to read of {bench.account}; posting needs --allow-writes"
        )
