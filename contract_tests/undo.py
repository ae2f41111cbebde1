"""Giving back what a run took: every bucket is to owe what it owed before.

It never moves more than the run itself did, by what it posted and was answered (postings.py): what
others do to an account meanwhile stays.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contract_tests.bench import JSON, Bench, encoded, items_of
from contract_tests.client import OutOfTimeError
from contract_tests.exchange import Exchange, Request
from contract_tests.postings import Tally, tallies
from contract_tests.reading import Figures, all_figures
from contract_tests.rules import FIRST_OPERATION

_LARGEST = 2**53 - 1
_MOST_POSTS = 40
_CREDITS, _DEBITS = "credit_offsets", "debit_offsets"
_OPERATIONS = {_CREDITS: "createAccountCreditOffset", _DEBITS: FIRST_OPERATION}


class _Account(NamedTuple):
    """What is to be done about one account."""

    name: str
    tally: Tally
    before: Figures | None
    """What it owed at first, None where that cannot be read."""
    cents: int
    """What is to be given back; minus is: taken back."""
    posts: Sequence[Request]


def undo(bench: Bench) -> Sequence[str]:
    """Offset what was posted, on all accounts at once; give what is left, a line each."""
    known = _touched(bench)
    left = _left(known, "not all of it taken back: out of time")
    with contextlib.suppress(OutOfTimeError):
        left = _undo(bench, known)
    return _lines(known, left)


def untouched(bench: Bench, why: str) -> Sequence[str]:
    """Give what is left where nothing more is done about it, a line for each account."""
    known = _touched(bench)
    return _lines(known, _left(known, f"perhaps not all of it taken back: {why}"))


def _touched(bench: Bench) -> dict[str, Tally]:
    """Give what was posted, by account: those that were named, and where else it came to that."""
    posted = tallies(bench.client.exchanges)
    named = bench.target.accounts if posted else ()
    return {account: posted.get(account, Tally()) for account in (*named, *posted)}


def _left(known: Mapping[str, Tally], why: str) -> dict[str, str]:
    return {account: why for account, tally in known.items() if tally != Tally()}


def _lines(known: Mapping[str, Tally], left: Mapping[str, str]) -> list[str]:
    return [f"{account}: {_posted(known[account])}, {told}" for account, told in left.items()]


def _posted(tally: Tally) -> str:
    parts = []
    if tally.debits:
        cents = _counted(tally.debit_cents, "cent")
        parts.append(f"{_counted(tally.debits, 'debit offset')} of {cents} in all")
    if tally.credits:
        cents = _counted(tally.credit_cents, "cent")
        parts.append(f"{_counted(tally.credits, 'credit offset')} of {cents}")
    if tally.perhaps:
        told = _counted(tally.perhaps, "post")
        parts.append(f"{told} of {_counted(tally.perhaps_cents, 'cent')} perhaps carried out")
    return ", ".join(parts) or "nothing posted"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _undo(bench: Bench, known: Mapping[str, Tally]) -> dict[str, str]:
    """Offset what was posted; say for each account what came of it. Raises OutOfTimeError."""
    seen = [account for account in known if bench.before.get(account) is not None]
    now = all_figures(bench, seen)
    accounts = [_account(bench, of, tally, now.get(of)) for of, tally in known.items()]
    first = bench.client.send_all([of.posts[0] for of in accounts if of.posts])
    taken = {exchange.request for exchange in first if exchange.is_ok}
    more = [post for of in accounts if of.posts and of.posts[0] in taken for post in of.posts[1:]]
    done = [exchange for exchange in (*first, *bench.client.send_all(more)) if exchange.is_ok]
    after = all_figures(bench, seen)
    told = {of.name: _told(of, after.get(of.name), _given(of, done)) for of in accounts}
    return {name: text for name, text in told.items() if text}


def _account(bench: Bench, name: str, tally: Tally, now: Figures | None) -> _Account:
    before: Figures | None = bench.before.get(name)
    lacks = 0 if before is None or now is None else before.total_cents - now.total_cents
    least, most = tally.least_cents, tally.most_cents
    if now is None:  # what counts later cannot be told from what counts
        least += tally.later_cents
    if name in bench.unlogged:  # nobody knows what was taken
        most = max(most, lacks)
    cents = min(max(lacks, least), most)
    # the smallest first: where that is refused, so are all
    shares = sorted(_shares(tally, before, now, cents), key=lambda share: abs(share[1]))
    posts = [
        post for allocation, part in shares for post in _offsets(bench, name, part, allocation)
    ]
    return _Account(name, tally, before, cents, posts)


def _shares(
    tally: Tally, before: Figures | None, now: Figures | None, cents: int
) -> Iterator[tuple[str | None, int]]:
    """Spread ``cents`` over the buckets that owe less than before, or more where it is negative.

    Where all that changed may be the run's own, every bucket gets what it lacks.
    """
    lacks: dict[str, int] = {}
    if before is not None and now is not None and now.buckets:
        lacks = {name: owed - now.buckets[name] for name, owed in before.buckets.items()}
    took = sum(lack for lack in lacks.values() if lack > 0)
    gave = took - sum(lacks.values())
    is_own = took <= tally.most_debit_cents and gave <= tally.most_credit_cents
    if lacks and took - gave == cents and is_own:
        yield from lacks.items()
        return
    sign, left = (1 if cents > 0 else -1), abs(cents)
    for name, lack in lacks.items():
        part = min(max(sign * lack, 0), left)
        left -= part
        yield name, sign * part
    yield None, sign * left


def _offsets(bench: Bench, account: str, cents: int, allocation: str | None) -> Iterator[Request]:
    """Make requests that credit ``cents``, or debit them where negative.

    A credit gives back what was taken, so ``--max-cents`` does not bound it.
    """
    kind = _CREDITS if cents > 0 else _DEBITS
    left = abs(cents)
    limit = _LARGEST if cents > 0 else min(_LARGEST, bench.target.max_cents or _LARGEST)
    more = {} if allocation is None else {"allocation": allocation}
    for _ in range(_MOST_POSTS):
        if not left:
            return
        part = min(left, limit)
        body: dict[str, Any] = {"line_item_id": bench.new_id(), "original_amount_cents": part}
        target = f"{items_of(account)}/{kind}"
        content, headers = encoded(body | more), bench.headers(JSON)
        yield Request("POST", target, headers, content, _OPERATIONS[kind])
        left -= part


def _given(of: _Account, done: Sequence[Exchange]) -> int:
    """Give what of an account's posts was carried out, in cents; minus is: taken."""
    mine = tallies([exchange for exchange in done if exchange.request in of.posts])
    return mine[of.name].credit_cents - mine[of.name].debit_cents if mine else 0


def _told(of: _Account, after: Figures | None, given: int) -> str:
    """Say what came of one account; nothing where there is nothing to say."""
    missing = of.cents - given
    if of.before is not None and after is not None:
        moved = of.before.total_cents - after.total_cents
        if moved:
            return _told_of_figures(of, after.total_cents, missing, moved)
    if of.tally == Tally():
        return ""
    if of.before is None:
        return _told_of_posts(of, missing)
    if after is None:
        return f"{_told_of_posts(of, missing)}, and the account cannot be read any more"
    return f"taken back: it owes {after.total_cents} as before"


def _told_of_posts(of: _Account, missing: int) -> str:
    if missing:
        refused = ": it takes no credit offset" if missing == of.cents > 0 else ""
        return f"{abs(missing)} of {_counted(abs(of.cents), 'cent')} not taken back{refused}"
    but = ", but for what was perhaps carried out" if of.tally.perhaps else ""
    if not of.cents:
        return "not taken back" if but else "nothing to take back"
    is_all = of.cents == of.tally.debit_cents
    done = "credited" if of.cents > 0 else "debited"
    return f"{done} {'as much' if is_all else _counted(abs(of.cents), 'cent')}{but}"


def _told_of_figures(of: _Account, owes: int, missing: int, moved: int) -> str:
    told = "taken back" if of.cents else "nothing to take back"
    if missing:
        told = f"{abs(missing)} of {_counted(abs(of.cents), 'cent')} not taken back"
    told = f"{told}: it owes {owes}, not {owes + moved}"
    if moved == missing:
        return told
    others = f"someone else has moved {_counted(abs(moved - missing), 'cent')} meanwhile"
    return f"{told}; {others}, or the server books otherwise than it answers"
