"""Requests that do not depend on each other: one after the other while a server answers fast, as
threads would take longer than it does, and several at a time when it does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeAlias

from contract_tests.exchange import Exchange, Request

_SLOW_SECONDS = 0.02
"""A server that answers nothing for so long is slow."""

Send: TypeAlias = Callable[[Request], Exchange]


class Batch:
    """Requests that wait to be sent, and what came of the others."""

    def __init__(
        self, requests: Sequence[Request], in_turn: Send, at_once: Send, end: Callable[[], None]
    ) -> None:
        """Send each with ``in_turn``, by one thread, or with ``at_once``, by several.

        ``end`` is what ends sending in turn, before that one thread sends beside the others.
        """
        self._waiting = deque(enumerate(requests))
        self._done: dict[int, Exchange] = {}
        self._in_turn, self._at_once, self._end = in_turn, at_once, end
        self._is_slow = False

    def run(self, pool: ThreadPoolExecutor, most: int) -> list[Exchange]:
        """Send all, with up to ``most`` threads of ``pool``; give the exchanges in their order.

        Raises what sending raises; nothing more is sent then.
        """
        working = [pool.submit(self._begin)]
        try:
            while not (working[0].done() or self._is_slow):
                known = len(self._done)
                wait(working, _SLOW_SECONDS)
                self._is_slow = len(self._done) == known
            others = 0 if working[0].done() else min(most - 1, len(self._waiting))
            working += [pool.submit(self._work) for _ in range(others)]
            for thread in working:
                thread.result()
        except Exception:
            wait(working)
            raise
        return [self._done[at] for at in range(len(self._done))]

    def _begin(self) -> None:
        """Send in turn what waits, as long as the server is fast."""
        while self._waiting and not self._is_slow:
            self._send_next(self._in_turn)
        if self._is_slow:
            self._end()
            self._work()

    def _work(self) -> None:
        """Send what waits, until nothing does."""
        while self._waiting:
            self._send_next(self._at_once)

    def _send_next(self, send: Send) -> None:
        try:
            at, request = self._waiting.popleft()
        except IndexError:  # another thread was faster
            return
        try:
            self._done[at] = send(request)
        except BaseException:
            self._waiting.clear()
            raise
