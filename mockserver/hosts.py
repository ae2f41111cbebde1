"""Names of hosts: what a Host field names, and what this machine calls itself."""

from __future__ import annotations

import re

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine is called by those who are on it."""

_NAME = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*")
_FIELD = re.compile(r"(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]{0,5})?")


def is_host_name(text: str) -> bool:
    """Tell whether ``text`` is the name or the address of a host, without a port."""
    return _NAME.fullmatch(text) is not None


def named_host(field: str) -> str | None:
    """Give the host that a Host field names, in lower case, or None if it is no such field."""
    match = _FIELD.fullmatch(field)
    return None if match is None else (match[1] or match[2]).lower()
