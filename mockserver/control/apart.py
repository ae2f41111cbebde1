"""Work that takes long, beside the requests of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SMALL = 2_000
"""How many facts are gone through at once: some milliseconds."""


async def apart(work: Callable[[], T], facts: int = SMALL + 1) -> T:
    """Give what ``work`` gives. If it goes through many facts, others are answered meanwhile.

    It then runs on a thread of its own, so it may read values only, and change nothing.
    """
    return work() if facts <= SMALL else await asyncio.to_thread(work)
