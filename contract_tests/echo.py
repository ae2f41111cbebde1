"""Whether a line item is what was posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.bench import amount_of
from contract_tests.instants import instant

_COMPARED = ("account_id", "line_item_id", "product_id", "effective_at", "created_at")
_PARTS = ("line_item_summary", "line_item_overview", "external_fields")


def differences(body: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[str]:
    """Say in what a line item is not what was posted. What it does not show is no difference."""
    shown = amount_of(item)
    if shown not in (None, body["original_amount_cents"]):
        yield f"an amount of {shown} instead of {body['original_amount_cents']}"
    for name in ("line_item_id", "account_id"):
        if name in body and name in item and name != "account_id" and item[name] != body[name]:
            yield f"{name} {item[name]!r} instead of {body[name]!r}"
    if "effective_at" in body and "effective_at" in item:
        meant = instant(body["effective_at"])
        if meant is not None and instant(item["effective_at"]) != meant:
            yield f"effective_at {item['effective_at']!r} instead of {body['effective_at']}"
    if "external_fields" in item:
        kept, got = pairs(body.get("external_fields")), pairs(item["external_fields"])
        if kept != got:
            yield f"external_fields {item['external_fields']!s:.120}"
    overview = item.get("line_item_overview")
    allocation = overview.get("allocation") if isinstance(overview, dict) else None
    if allocation is not None and allocation != body.get("allocation", allocation):
        yield f"allocation {allocation!r} instead of {body['allocation']}"


def pairs(fields: Any) -> Any:
    """Give external fields so that absent and null are one."""
    if fields is None:
        return []
    if not isinstance(fields, list):
        return fields
    return [(of.get("key"), of.get("value")) if isinstance(of, dict) else of for of in fields]


def changes(answer: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[str]:
    """Say what an item that is read says otherwise than the answer to its post."""
    for name in _COMPARED:
        if name in answer and item.get(name) != answer[name]:
            at = instant(answer[name])
            if at is None or at != instant(item.get(name)):
                yield f"{name} {item.get(name)!r} instead of {answer[name]!r}"
    yield from (f"no {name}" for name in _PARTS if answer.get(name) and not item.get(name))
    if amount_of(answer) is not None and amount_of(item) is None:
        yield "no original_amount_cents"
    for where, name in (
        ("line_item_summary", "original_amount_cents"),
        ("line_item_overview", "line_item_type"),
    ):
        said, says = part(answer, where).get(name), part(item, where).get(name)
        if None not in (said, says) and said != says:
            yield f"{name} {says} instead of {said}"


def part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give an object within a line item; an empty one where there is none."""
    found = item.get(name)
    return found if isinstance(found, dict) else {}
