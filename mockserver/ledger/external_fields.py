"""External fields: names and values that relate a thing of ours to a thing elsewhere."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class ExternalField(NamedTuple):
    """A name and a value that relate an item to another system. None is: not given."""

    key: str | None = None
    value: str | None = None


ExternalFields: TypeAlias = tuple[ExternalField, ...]
