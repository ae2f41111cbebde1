"""Cutting a list into pages that neither skip nor repeat while the list grows.

Lists are newest first. A cursor is not an index but a position: the two instants a list is ordered
by. So it means the same place whatever has been added since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from mockserver.api.problems import SchemaViolation
from mockserver.api.strict_json import Json
from mockserver.api.violations import not_together

T = TypeVar("T")

Position: TypeAlias = tuple[int, int]
"""``effective_at`` and ``created_at``, in microseconds since the year 1."""

_YEAR_ONE = datetime.min.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Page(NamedTuple, Generic[T]):
    """Some neighbours out of a list, and how to go on."""

    results: Sequence[T]
    paging: dict[str, Json]


def position(effective_at: datetime, created_at: datetime) -> Position:
    """Give the place of what has these two instants; later instants stand further up."""
    return (effective_at - _YEAR_ONE) // _MICROSECOND, (created_at - _YEAR_ONE) // _MICROSECOND


def cut(members: Sequence[T], place: Callable[[T], Position], query: Mapping[str, Json]) -> Page[T]:
    """Cut the page out of ``members``, newest first, that ``query`` asks for.

    ``query`` has ``limit``, and ``starting_after`` or ``ending_before`` or neither.
    Raises SchemaViolation if it has both.
    """
    after, before = query.get("starting_after"), query.get("ending_before")
    if after is not None and before is not None:
        told = not_together("queryStringParameters", "ending_before", "starting_after")
        raise SchemaViolation("Event object failed validation", [told])
    limit: int = query["limit"]
    if before is not None:
        above = [member for member in members if place(member) > _parse(before)]
        results, has_more = above[-limit:], len(above) > limit
    else:
        below = members
        if after is not None:
            below = [member for member in members if place(member) < _parse(after)]
        results, has_more = list(below[:limit]), len(below) > limit
    paging: dict[str, Json] = {
        "starting_after": _cursor(place(results[-1])) if results else None,
        "ending_before": _cursor(place(results[0])) if results else None,
        "has_more": has_more,
    }
    return Page(results, paging)


def _cursor(at: Position) -> str:
    return f"{at[0]:015x}{at[1]:015x}"


def _parse(cursor: str) -> Position:
    return int(cursor[:15], 16), int(cursor[15:], 16)
