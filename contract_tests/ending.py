"""A run that ends before its time: what it took is given back, and what is left is told."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence

from contract_tests.bench import Bench
from contract_tests.client import Client
from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.pace import for_undoing
from contract_tests.raw import Raw
from contract_tests.target import TargetError
from contract_tests.undo import undo, untouched

_SENDING = "check"
"""What the names of the client's threads begin with."""


_STOPPED = "the run was stopped"


class StoppedError(KeyboardInterrupt):
    """Whoever started a run has stopped it."""

    def __init__(self, left_behind: Sequence[str]) -> None:
        """Take what is left, a line for each account."""
        super().__init__("; ".join(left_behind))
        self.left_behind = left_behind


class StoppableClient(Client):
    """Keeps what was on its way when the run was stopped, as nobody knows what became of it."""

    def send_once(self, request: Request, connection: Connection | None = None) -> Exchange:
        """Send ``request`` and leave it at that. Raises OutOfTimeError."""
        with self._keeping(request):
            return super().send_once(request, connection)

    def send_raw(self, request: Request, *, waits: bool = False) -> Raw:
        """Send ``request`` where the bytes matter. Raises OutOfTimeError, ThrottledError."""
        with self._keeping(request):
            return super().send_raw(request, waits=waits)

    @contextlib.contextmanager
    def _keeping(self, request: Request) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            self.exchanges.append(Exchange(request, None, _STOPPED))
            raise


@contextlib.contextmanager
def taking_back(bench: Bench) -> Iterator[None]:
    """Give back what was posted where what is done meanwhile does not come to its end.

    Raises TargetError with what is left, StoppedError.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise StoppedError(_taken_back(bench)) from error
    except Exception as error:
        left = _taken_back(bench)
        if not left:
            raise
        is_ours = not isinstance(error, TargetError)
        why = f"the check failed: {type(error).__name__} {error}" if is_ours else f"{error}"
        raise TargetError(f"{why}; left behind: {'; '.join(left)}") from error


def _taken_back(bench: Bench) -> Sequence[str]:
    """Undo, within the time that there is for it; a second interrupt ends that too."""
    is_answered = any(exchange.answer for exchange in bench.client.exchanges)
    if not (bench.target.allows_writes and is_answered):
        return []
    try:
        _let_end(bench.client)
        return _undone(bench)
    except KeyboardInterrupt:
        return untouched(bench, "stopped")
    except Exception as error:  # noqa: BLE001 - what ended the run is to be told, not this
        return untouched(bench, f"{type(error).__name__} {error}")


def _let_end(client: Client) -> None:
    """Wait for what is on its way, as it may post; nothing more is sent."""
    client.deadline = time.monotonic()
    client.stop()
    until = client.deadline + for_undoing(client)
    for thread in threading.enumerate():
        if thread.name.startswith(_SENDING):
            thread.join(max(0.0, until - time.monotonic()))
    client.close()
    if client.exchanges[-1].error == _STOPPED:  # its answer goes nowhere: give it time
        longest = max(exchange.seconds for exchange in client.exchanges)
        time.sleep(max(0.0, min(2 * longest, until - time.monotonic())))


def _undone(bench: Bench) -> Sequence[str]:
    known = bench.client.exchanges
    bench.client = Client(bench.target, time.monotonic() + for_undoing(bench.client))
    bench.client.exchanges = known
    try:
        return undo(bench)
    finally:
        bench.client.close()
