"""Cutting a list into pages that neither skip nor repeat while the list grows.

Lists are newest first. A cursor is not an index but a position: the two instants a list is ordered
by. So it means the same place whatever has been added since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from mockserver.api.strict_json import Json
from mockserver.ledger.ordered import Ordered

E = TypeVar("E", bound=tuple[Any, ...])

_YEAR_ONE = datetime.min.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _YEAR_ONE) // _MICROSECOND


class Page(NamedTuple, Generic[E]):
    """Some neighbours out of a list, and how to go on."""

    results: Sequence[E]
    paging: dict[str, Json]


def cut(
    members: Ordered[E], query: Mapping[str, Json], keeps: Callable[[E], bool] = lambda _: True
) -> Page[E]:
    """Cut the page that ``query`` asks for out of those members that ``keeps`` keeps.

    A member begins with the two instants of its position. ``query`` has ``limit``, and
    ``starting_after`` or ``ending_before`` or neither.
    """
    limit: int = query["limit"]
    after, before = query.get("starting_after"), query.get("ending_before")
    if before is not None:
        nearest_first = members.above(_parse(before))
    else:
        nearest_first = members.below(None if after is None else _parse(after))
    found = list(islice(filter(keeps, nearest_first), limit + 1))
    results = found[:limit] if before is None else found[:limit][::-1]
    return Page(results, paging(results, has_more=len(found) > limit))


def paging(results: Sequence[tuple[Any, ...]], *, has_more: bool) -> dict[str, Json]:
    """Say how to go on from a page of ``results``."""
    return {
        "starting_after": _cursor(results[-1]) if results else None,
        "ending_before": _cursor(results[0]) if results else None,
        "has_more": has_more,
    }


def _cursor(member: tuple[Any, ...]) -> str:
    effective_at, created_at = ((at - _YEAR_ONE) // _MICROSECOND for at in member[:2])
    return f"{effective_at:015x}{created_at:015x}"


def _parse(cursor: str) -> tuple[datetime, datetime]:
    return _instant(cursor[:15]), _instant(cursor[15:])


def _instant(digits: str) -> datetime:
    """Read microseconds since the year 1; beyond the year 9999 its last one."""
    return _YEAR_ONE + min(int(digits, 16), _LAST) * _MICROSECOND
