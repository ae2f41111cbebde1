"""Records: what was posted first is later read as it was, and its id is still taken."""

from __future__ import annotations

from contract_tests.bench import Bench, UntestedError
from contract_tests.echo import changes
from contract_tests.exchange import Exchange
from contract_tests.probe import probe
from contract_tests.reading import READ_ITEM, found, item_in, last_list, read_item
from contract_tests.rules import FIRST_OPERATION
from contract_tests.traces import trace


@probe("records", "records.complete")
def the_first_items(bench: Bench) -> None:
    """The very first item of an account has stayed as it was answered, its instants too."""
    if not bench.first_posts:
        raise UntestedError("needs --allow-writes")
    for account, post in bench.first_posts.items():
        line_item_id = post.member("line_item_id")
        if not post.is_ok or not isinstance(line_item_id, str):
            continue
        if not (bench.is_quick and account == bench.account):  # far back in a long list
            items = found(bench, [line_item_id], account)
            _note_same(bench, post, items[0] if items else None, last_list(bench))
        if READ_ITEM in bench.reads:
            exchange = read_item(bench, account, line_item_id)
            _note_same(bench, post, item_in(exchange, line_item_id), exchange)


@probe("records", "records.repeat")
def old_ids(bench: Bench) -> None:
    """An id that was posted at the beginning is known in the end."""
    first = next(filter(_has_id, bench.client.exchanges), None)
    if first is None:
        raise UntestedError("no post with an id was accepted")
    before = trace(bench)
    again = bench.send(first.request)
    after = trace(bench)
    if before.is_blind:
        raise UntestedError("the server has no reads")
    told, got = "nothing posted by the repeat of an old id", before.told(after)
    seen = before.among(first, again, later=after)
    bench.check("records.repeat", before.is_same(after), told, got, *seen)


def _has_id(exchange: Exchange) -> bool:
    request = exchange.request
    is_post = exchange.status == 200 and request.operation == FIRST_OPERATION
    return is_post and b'"line_item_id"' in (request.body or b"")


def _note_same(bench: Bench, post: Exchange, item: object, seen: Exchange) -> None:
    wrong = list(changes(post.member(), item)) if isinstance(item, dict) else ["it is gone"]
    told = "the item as it was posted"
    bench.check("records.complete", not wrong, told, "; ".join(wrong), post, seen)
