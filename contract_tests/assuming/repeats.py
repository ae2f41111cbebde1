"""Assumptions about an id that is posted again."""

from __future__ import annotations

from contract_tests.assuming.asking import (
    accepted,
    all_of,
    call,
    moment,
    post,
    refused,
    same,
    shown,
    taken,
    total_of,
)
from contract_tests.assuming.opening import open_account
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import Bench, UntestedError, items_of


@assumption("repeat-answers-again", otherwise="A repeat is a 409, or is answered another way.")
def repeat(bench: Bench) -> Seen:
    """Posts the same body twice, and compares the answers and the totals after them."""
    body = bench.offset()
    first = accepted(post(bench, body), "a plain debit offset")
    before = _total_or_none(bench)
    again = post(bench, body)
    if not again.is_ok:
        return taken(again, "a repeat")
    looks = [
        same("the id in its answer", body["line_item_id"], shown(again.member(), "line_item_id"))
    ]
    looks.append(Seen(first.member() == again.member(), "a repeat is answered with other content"))
    looks.append(same("the total after it", before, _total_or_none(bench)))
    return all_of(*looks)


@assumption(
    "repeat-conflicts", otherwise="It answers the first item, or refuses with another status."
)
def other_content(bench: Bench) -> Seen:
    """Posts an id again with another amount."""
    body = bench.offset()
    accepted(post(bench, body), "a plain debit offset")
    before = _total_or_none(bench)
    again = post(bench, {**body, "original_amount_cents": 2})
    seen = refused(again, "an id that is taken, with another amount,", 409)
    return all_of(seen, same("the total after it", before, _total_or_none(bench)))


@assumption("repeat-content", otherwise="It compares the bytes, or only the amount, or nothing.")
def same_content(bench: Bench) -> Seen:
    """Posts again with effective_at in another zone, null fields and an unknown member; then with
    an allocation.
    """
    instant = moment(minutes=1)
    body = bench.offset(effective_at=instant)
    accepted(post(bench, body), "an offset of a minute ago")
    alike = {
        **body,
        "effective_at": instant.replace("Z", "-00:00"),
        "external_fields": None,
        "an_unknown_member": 1,
    }
    other = post(bench, {**body, "allocation": "FEE"})
    return all_of(
        taken(post(bench, alike), "a repeat in other words"),
        refused(other, "a repeat with an allocation more", 409),
    )


@assumption("ids-across-types", wide=True, otherwise="Items of different types may share an id.")
def id_of_another_type(bench: Bench) -> Seen:
    """Posts a credit offset and then a debit offset with one id, to a new account."""
    account = open_account(bench)
    body = bench.offset()
    target = f"{items_of(account)}/credit_offsets"
    accepted(call(bench, "POST", target, "createAccountCreditOffset", body), "a credit offset")
    return refused(post(bench, body, account), "the id of a credit offset", 409)


def _total_or_none(bench: Bench) -> int | None:
    try:
        return total_of(bench)
    except UntestedError:
        return None
