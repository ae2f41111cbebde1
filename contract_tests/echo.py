"""Whether a line item is what was posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.bench import amount_of
from contract_tests.instants import instant


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
