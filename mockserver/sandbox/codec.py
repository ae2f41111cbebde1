"""Events as JSON and back: what exports hold and digests are made of."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

from cattrs import BaseValidationError, transform_error
from cattrs.cols import (
    is_namedtuple,
    namedtuple_dict_structure_factory,
    namedtuple_dict_unstructure_factory,
)
from cattrs.preconf.json import make_converter

from mockserver.ledger.events import Event

_CONVERTER = make_converter(forbid_extra_keys=True)
_OMIT_DEFAULTS = _DETAILED = _FORBID_MORE = True
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


class CodecError(Exception):
    """This is no event. The message is one line: where, and what was expected."""


_CONVERTER.register_unstructure_hook(Decimal, str)
_CONVERTER.register_structure_hook(Decimal, lambda text, _: Decimal(text))


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
    if not isinstance(value, dict) or value.get("event") not in _KINDS:
        raise CodecError(f"an event is an object whose member event is one of {', '.join(_KINDS)}")
    members = {name: member for name, member in value.items() if name != "event"}
    try:
        event: Event = _CONVERTER.structure(members, _KINDS[value["event"]])
    except BaseValidationError as error:
        raise CodecError(f"{value['event']}: {'; '.join(transform_error(error))}") from error
    return event


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
