"""Carrying out histories, on a server that is given or on a mock of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx

from contract_tests.histories import follow, load, names
from contract_tests.server import started_mock


def follow_all(
    wanted: Sequence[str], url: str | None, token: str, say: Callable[[str], None]
) -> bool:
    """Carry out the histories ``wanted``, all there are if none is; tell whether all came out.

    ``say`` takes what is told, line by line. Raises HistoryError.
    """
    histories = [load(name) for name in wanted or names()]
    with contextlib.ExitStack() as stack:
        if url is None:
            options = ("--compat", "observed", "--processing", "controlled")
            mock = stack.enter_context(started_mock(*options))
            url, token = mock.url, mock.token
        headers = {"Authorization": f"Bearer {token}"}
        client = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30))
        broken = 0
        for history in histories:
            say(history["name"])
            for line in follow(history, client, datetime.now(UTC)):
                say(f"  {'✓' if line.kept else '✗'} {line.text}")
                broken += not line.kept
        say(f"{len(histories)} histories, {broken} figures not as expected")
    return broken == 0
