"""The first look at a server: whether it can be checked, and what it has."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping, Sequence

from contract_tests.bench import Bench, item_of, items_of, path_of
from contract_tests.client import Client, OutOfTimeError
from contract_tests.ending import taking_back
from contract_tests.exchange import Exchange
from contract_tests.reading import ABSENT, LIST_ITEMS, READ_ACCOUNT, READ_ITEM, all_figures
from contract_tests.target import TargetError, no_tls

_LOOK_SECONDS = 8.0
_NOT_ALLOWED = {
    401: "the token is refused",
    403: "the token is refused",
    404: "the account is not known, or the URL is not that of the API",
}


def first_look(client: Client, seed: int, *, is_quick: bool) -> Bench:
    """See which reads there are, before anything is posted, and post once. Raises TargetError."""
    bench = Bench(client, seed, is_quick=is_quick, reads=frozenset())
    seen: dict[str, Exchange] = {}
    with taking_back(bench):
        _look_in_time(bench, seen)
    bench.reads = _present(seen)
    return bench


def _look_in_time(bench: Bench, seen: dict[str, Exchange]) -> None:
    client, deadline = bench.client, bench.client.deadline
    client.deadline = max(deadline, time.monotonic() + _LOOK_SECONDS)
    try:
        _look(bench, seen)
    except OutOfTimeError:
        _note_out_of_time(bench)
    except ssl.SSLError as error:
        raise no_tls(client.target.url, error) from error
    finally:
        client.deadline = deadline


def _look(bench: Bench, seen: dict[str, Exchange]) -> None:
    target = bench.target
    _read(bench, seen)
    bench.reads = _present(seen)
    is_read = seen[READ_ACCOUNT].status == 200
    bench.before = dict.fromkeys(target.accounts)
    if is_read:
        bench.before |= all_figures(bench, target.accounts)
    if target.allows_writes:
        # what may not be known comes first: nothing is posted elsewhere if it is not
        unread = [of for of in target.accounts[::-1] if bench.before[of] is None]
        doubtful = unread if is_read else [bench.account]
        _post_once(bench, doubtful)
        _post_once(bench, [of for of in target.accounts[::-1] if of not in doubtful])
        _read_first_post(bench, seen)
    else:
        _require_reads(bench, seen)


def _note_out_of_time(bench: Bench) -> None:
    """Note that a server that did answer went silent. Raises TargetError if it never answered."""
    seen = bench.client.exchanges
    if not any(exchange.answer for exchange in seen):
        raise TargetError(f"{bench.target.url} does not answer in time")
    told = f"a plain debit offset answered within {_LOOK_SECONDS:g} s"
    bench.check("shape.created-200", False, told, seen[-1].seen(), seen[-1])  # noqa: FBT003 - it was not


def _present(seen: Mapping[str, Exchange]) -> frozenset[str]:
    """Give the operations that are not absent."""
    return frozenset(of for of, exchange in seen.items() if exchange.status not in ABSENT)


def _read(bench: Bench, seen: dict[str, Exchange]) -> None:
    """Read the account, its list, and an item of it, and keep what was answered in ``seen``."""
    account = bench.account
    paths = {READ_ACCOUNT: path_of(account), LIST_ITEMS: items_of(account)}
    asked = [bench.reading(path, operation) for operation, path in paths.items()]
    seen.update(zip(paths, bench.send_all(asked, odd=True), strict=True))
    results = seen[LIST_ITEMS].member("results")
    items = results if isinstance(results, list) else []
    known = next((of.get("line_item_id") for of in items if isinstance(of, dict)), None)
    if isinstance(known, str):
        target = item_of(account, known)
        seen[READ_ITEM] = bench.send(bench.reading(target, READ_ITEM), odd=True)


def _post_once(bench: Bench, accounts: Sequence[str]) -> None:
    """Post the least there can be, which tells whether token and accounts are right."""
    url = bench.target.url
    body = {"original_amount_cents": 1}
    posts = bench.send_all([bench.posting(body, account) for account in accounts])
    for account, post in zip(accounts, posts, strict=True):
        if not any(exchange.answer for exchange in bench.client.exchanges):
            raise TargetError(f"cannot reach {url}: {post.error}")
        if post.status in _NOT_ALLOWED:
            told = _NOT_ALLOWED[post.status]
            raise TargetError(
                f"{url} answers a plain debit offset on {account} with {post.status}: {told}"
            )
        bench.check("shape.created-200", post.status == 200, "200, for a valid debit offset", post)
    bench.first_posts |= zip(accounts, posts, strict=True)


def _read_first_post(bench: Bench, seen: dict[str, Exchange]) -> None:
    """Read the item that was posted first, where there was none to read before."""
    line_item_id = bench.first_posts[bench.account].member("line_item_id")
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
