"""Refuses what is invalid, each rule broken alone, and records nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests import invalid
from contract_tests.bench import JSON, Bench, UntestedError, offsets_of
from contract_tests.exchange import Exchange, Request
from contract_tests.probe import Turn, probe
from contract_tests.refusing import (
    Case,
    all_refused,
    body_case,
    member_cases,
    note_traceless,
    refused,
)
from contract_tests.traces import trace


@probe("refuses", "refuses.amount-missing", "refuses.amount-types", "refuses.nothing-recorded")
def amounts(bench: Bench) -> None:
    """An amount is an integer, and has to be there."""
    without = [_only(more) for more in invalid.INSTEAD_OF_AMOUNT]
    inside = body_case("a body inside of data", lambda b: {"data": b.offset(1)})
    refused(bench, "refuses.amount-missing", [*without, inside])
    types = member_cases("original_amount_cents", invalid.AMOUNT_TYPES)
    refused(bench, "refuses.amount-types", types)


@probe("refuses", turn=Turn.FIRST)
def the_commonest(bench: Bench) -> None:
    """A few of each kind are refused: what a server that lets them in shows soonest."""
    all_refused(
        bench,
        {
            "refuses.amount-missing": [_only({})],
            "refuses.amount-types": member_cases("original_amount_cents", (None, "2", 2.5, True)),
            "refuses.id-types": member_cases("line_item_id", (5, None)),
            "refuses.id-prefix": member_cases("line_item_id", (f"can_{bench.new_id()}",)),
            "refuses.instants": member_cases("effective_at", invalid.COMMON_INSTANTS),
            "refuses.allocations": member_cases("allocation", ("fee", "BOGUS", None)),
            "refuses.external-fields": member_cases("external_fields", invalid.COMMON_FIELDS),
            "refuses.body": [_text(b""), _text(b"[]")],
            "refuses.json-text": [_text(form) for form in invalid.MALFORMED[:2]],
            "refuses.media-types": [_of_media_type(invalid.MEDIA_TYPES[0])],
            "refuses.unknown-accounts": _of_accounts(bench, invalid.UNKNOWN_ACCOUNTS[:1])[:3],
        },
    )


def _of_accounts(bench: Bench, accounts: Sequence[str]) -> list[Case]:
    """Give a case for each account, and for each that is almost the run's own."""
    return [
        body_case(f"account {account!r}", lambda b: b.offset(1), account=account)
        for account in (*accounts, *_almost(bench.account))
        if account not in bench.target.accounts
    ]


def _almost(account: str) -> Sequence[str]:
    """Give ids that are none, and that one might take for that of an account."""
    return (f"{account}x", account.swapcase(), f"{account}\n", f"{account}\x00x", f"{account}/")


def _only(members: Mapping[str, Any]) -> Case:
    """Give the case of a body that has an id, and only these members beside it."""
    return body_case(f"only {members}", lambda bench: {"line_item_id": bench.new_id(), **members})


def _text(form: bytes) -> Case:
    """Give the case of a body to the letter; ``ID`` in it stands for an id of its own."""
    told = f"the body {form.decode('utf-8', 'replace')!r:.80}"
    return body_case(told, lambda bench: form.replace(b"ID", bench.new_id().encode()))


def _of_media_type(media_type: str) -> Case:
    """Give the case of a body that is declared as ``media_type``."""

    def make(bench: Bench) -> Request:
        headers = bench.headers(("Content-Type", media_type))
        return bench.posting(bench.offset(1), headers=headers)

    return Case(f"Content-Type {media_type}", make)


@probe("refuses", "refuses.id-prefix", "refuses.id-types", "refuses.nothing-recorded")
def ids(bench: Bench) -> None:
    """An id is a string that does not begin with ``can_``."""
    refused(bench, "refuses.id-types", member_cases("line_item_id", invalid.ID_TYPES))
    stem = bench.new_id()[3:]
    values = [form.replace("{}", stem) for form in invalid.ID_PREFIXES]
    refused(bench, "refuses.id-prefix", member_cases("line_item_id", values))


@probe("refuses", "refuses.instants", "refuses.nothing-recorded")
def instants(bench: Bench) -> None:
    """An instant is RFC 3339, with an offset, and exists."""
    values = [*invalid.COMMON_INSTANTS, *invalid.INSTANT_TYPES, *invalid.INSTANTS]
    refused(bench, "refuses.instants", member_cases("effective_at", values))


@probe("refuses", "refuses.allocations", "refuses.nothing-recorded")
def allocations(bench: Bench) -> None:
    """An allocation is one of four words, in capitals."""
    refused(bench, "refuses.allocations", member_cases("allocation", invalid.ALLOCATION_VALUES))


@probe("refuses", "refuses.external-fields", "refuses.nothing-recorded")
def external_fields(bench: Bench) -> None:
    """External fields are up to a hundred objects of strings."""
    values = [*invalid.COMMON_FIELDS, *invalid.FIELD_VALUES]
    refused(bench, "refuses.external-fields", member_cases("external_fields", values))


@probe("refuses", "refuses.body", "refuses.json-text", "refuses.nothing-recorded")
def bodies(bench: Bench) -> None:
    """A body is a JSON object."""
    whole = [_text(body) for body in invalid.BODIES]
    headers = bench.headers(JSON)
    nothing = Case("no body", lambda b: Request("POST", offsets_of(b.account), headers))
    refused(bench, "refuses.body", [*whole, nothing])
    malformed = [_text(form) for form in invalid.MALFORMED]
    refused(bench, "refuses.json-text", malformed)


@probe("refuses", "refuses.media-types", "refuses.nothing-recorded")
def media_types(bench: Bench) -> None:
    """A body that is declared as something else is not read as JSON."""
    cases = [_of_media_type(media_type) for media_type in invalid.MEDIA_TYPES]
    form = body_case(
        "a form",
        lambda b: f"line_item_id={b.new_id()}&original_amount_cents=1".encode(),
        headers=bench.headers(("Content-Type", "application/x-www-form-urlencoded")),
    )
    refused(bench, "refuses.media-types", [*cases, form])


@probe("refuses", "refuses.id-stays-free", "refuses.nothing-recorded")
def before_the_opening(bench: Bench) -> None:
    """Whether an instant before the opening is refused is up to the server; half of it is not."""
    for text in invalid.BEFORE_ANY_OPENING:
        before = trace(bench)
        body = bench.offset(1, effective_at=text)
        exchange = bench.post(body)
        if 400 <= exchange.status < 500 and not before.is_blind:
            note_traceless(bench, before, exchange, text)
            _note_free(bench, exchange, {**body, "effective_at": None})


@probe("refuses", "refuses.nothing-recorded", "refuses.several")
def several_at_once(bench: Bench) -> None:
    """What breaks several rules is refused like what breaks one."""
    cases = [_only(more) for more in invalid.SEVERAL]
    refused(bench, "refuses.several", cases)


@probe("refuses")
def odd_values(bench: Bench) -> None:
    """However odd, it is answered, and not with a server error."""
    if bench.target.max_cents is not None:
        raise UntestedError("needs amounts above --max-cents")
    odd = [form.replace(b"ID", bench.new_id().encode()) for form in invalid.ODD]
    bench.send_all([bench.posting(body, bench.target.accounts[-1]) for body in odd])


@probe("refuses", "refuses.nothing-recorded", "refuses.unknown-accounts")
def unknown_accounts(bench: Bench) -> None:
    """What is posted to an account that does not exist is refused, and makes none."""
    cases = _of_accounts(bench, invalid.UNKNOWN_ACCOUNTS)
    refused(bench, "refuses.unknown-accounts", cases)
    refused(bench, "refuses.unknown-accounts", cases[:2])


@probe("refuses", "refuses.id-stays-free")
def ids_stay_free(bench: Bench) -> None:
    """The id of a refused request can be used."""
    for wrong in ({"original_amount_cents": "1"}, {"allocation": "x"}, {"effective_at": "never"}):
        body = bench.offset(1)
        refusal = bench.post({**body, **wrong})
        if refusal.is_ok:
            continue
        _note_free(bench, refusal, body)


def _note_free(bench: Bench, refusal: Exchange, body: Mapping[str, Any]) -> None:
    """Note whether the id of ``body`` can be used after a refusal."""
    again = bench.post({name: of for name, of in body.items() if of is not None})
    told = "200, as the id belongs to no item"
    bench.check("refuses.id-stays-free", again.status == 200, told, again.seen(), refusal, again)
