"""The one place where cents become dollars: text for people."""

from __future__ import annotations

from mockserver.ledger.money import Cents


def dollars(cents: Cents) -> str:
    """Write an amount as dollars, ``-$1,234.05`` for example."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{part:02}"
