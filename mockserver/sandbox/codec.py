"""Events as JSON and back: what exports hold and digests are made of."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from operator import is_
from typing import Any, get_args

from cattrs import BaseValidationError, transform_error
from cattrs.cols import (
    is_namedtuple,
    namedtuple_dict_structure_factory,
    namedtuple_dict_unstructure_factory,
)
from cattrs.preconf.json import make_converter
from cattrs.v import format_exception

from mockserver.instants import is_date, is_instant, parse_instant
from mockserver.ledger.events import Event

_CONVERTER = make_converter(forbid_extra_keys=True)
_OMIT_DEFAULTS = _DETAILED = _FORBID_MORE = True
MAX_PERCENT = 1_000
"""As in openapi.yaml (``RatePercent``)."""
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


class CodecError(Exception):
    """This is no event. The message is one line: where, and what was expected."""


_CONVERTER.register_unstructure_hook(Decimal, str)


def _exactly(kind: type[Any]) -> Any:
    def structure(value: Any, _: object) -> Any:
        if type(value) is not kind:
            raise ValueError(f"{value!r:.60} is no {kind.__name__}")
        return value

    return structure


def _rate(text: Any, _: object) -> Decimal:
    """Read a percentage; every decimal of an event is one."""
    rate = Decimal(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else None
    if rate is None or rate > MAX_PERCENT:
        raise ValueError(f"{text!r:.60} is no percentage from 0 to {MAX_PERCENT}")
    return rate


def _instant(text: Any, _: object) -> datetime:
    if not isinstance(text, str) or not is_instant(text):
        raise ValueError(f"{text!r:.60} is no date-time with an offset")
    return parse_instant(text)


def _day(text: Any, _: object) -> date:
    if not isinstance(text, str) or not is_date(text):
        raise ValueError(f"{text!r:.60} is no date")
    return date.fromisoformat(text)


_NUMBER = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40})?(?:E[+-]?[0-9]{1,3})?")
for _kind in (int, str, bool):
    # by a predicate: a hook for int would be one for enumerations of integers too
    _CONVERTER.register_structure_hook_func(partial(is_, _kind), _exactly(_kind))
_CONVERTER.register_structure_hook(Decimal, _rate)
_CONVERTER.register_structure_hook(datetime, _instant)
_CONVERTER.register_structure_hook(date, _day)


@_CONVERTER.register_unstructure_hook_factory(is_namedtuple)
def _encoder(kind: type[Any]) -> Any:
    return namedtuple_dict_unstructure_factory(kind, _CONVERTER, _OMIT_DEFAULTS)


@_CONVERTER.register_structure_hook_factory(is_namedtuple)
def _decoder(kind: type[Any]) -> Any:
    return namedtuple_dict_structure_factory(kind, _CONVERTER, _DETAILED, _FORBID_MORE)


def to_json(event: Event) -> dict[str, Any]:
    """Give an event as JSON; what has its default value is left out."""
    return {"event": type(event).__name__, **_CONVERTER.unstructure(event)}


def from_json(value: Any) -> Event:
    """Give the event that ``value`` stands for. Raises CodecError."""
    kind = value.get("event") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise CodecError(f"an event is an object whose member event is one of {', '.join(_KINDS)}")
    members = {name: member for name, member in value.items() if name != "event"}
    try:
        event: Event = _CONVERTER.structure(members, _KINDS[kind])
    except BaseValidationError as error:
        raise CodecError(f"{kind}: {'; '.join(_told(error))}") from error
    return event


def _told(error: BaseValidationError) -> list[str]:
    """Give a sentence for everything that is wrong, with its place."""

    def in_words(wrong: BaseException, kind: type | None) -> str:
        return str(wrong) if isinstance(wrong, ValueError) else format_exception(wrong, kind)

    return transform_error(error, format_exception=in_words)


def encoded(event: Event) -> bytes:
    """Give the JSON of an event, in digests and exports, the same in every process.

    A long list is written member by member: what is written in one go lets no other thread run.
    """
    members = (f'"{name}":{_written(member)}' for name, member in to_json(event).items())
    return f"{{{','.join(members)}}}".encode()


def _written(member: Any) -> str:
    if isinstance(member, list):
        return f"[{','.join(map(_dumps, member))}]"
    return _dumps(member)


_dumps = json.JSONEncoder(separators=(",", ":")).encode
