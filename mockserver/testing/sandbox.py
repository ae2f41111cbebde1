"""A sandbox as a test has it: where it is, who may use it, and what can be done to it."""

from __future__ import annotations

import contextlib
import functools
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from mockserver.testing.control import Control, ControlError
from mockserver.testing.parts import Clock, Exchanges, Faults


class Snapshot:
    """A saved state of a sandbox."""

    def __init__(self, control: Control, name: str) -> None:
        """Stand for the snapshot called ``name``."""
        self._control = control
        self.name = name

    def restore(self) -> None:
        """Go back to it: the ledger and the clock. Raises ControlError if it is gone."""
        self._control("POST", f"snapshots/{self.name}/restore")

    def delete(self) -> None:
        """Forget it. Raises ControlError if it is gone."""
        self._control("DELETE", f"snapshots/{self.name}")

    def __repr__(self) -> str:
        """Show its name."""
        return f"Snapshot({self.name!r})"


class Account:
    """An account as it is now. Reading it is no exchange, and no fault strikes that."""

    def __init__(self, control: Control, account_id: str) -> None:
        """Read the account called ``account_id``."""
        self._control = control
        self.account_id = account_id
        self._path = f"accounts/{quote(account_id, safe='')}"

    def read(self) -> dict[str, Any]:
        """Give all that the contract shows. Raises ControlError."""
        account: dict[str, Any] = self._control("GET", self._path)
        return account

    @property
    def summary(self) -> dict[str, Any]:
        """The figures, in cents."""
        summary: dict[str, Any] = self.read()["summary"]
        return summary

    @property
    def total_cents(self) -> int:
        """What it owes in all."""
        return int(self.summary["total_balance_cents"])

    @property
    def status(self) -> str:
        """What it may be used for."""
        return str(self.read()["account_overview"]["account_status"])

    def line_items(self, item_type: str | None = None) -> list[dict[str, Any]]:
        """Give the newest 1 000 line items, all or those of a type, newest first."""
        found = self._control("GET", f"{self._path}/line_items")["results"]
        types = [item["line_item_overview"]["line_item_type"] for item in found]
        return [i for i, t in zip(found, types, strict=True) if item_type in (None, t)]

    def __str__(self) -> str:
        """Give its id."""
        return self.account_id

    def __repr__(self) -> str:
        """Show its id."""
        return f"Account({self.account_id!r})"


class CanopyMock:
    """A sandbox of its own on a server: nobody else sees what happens in it."""

    def __init__(self, http: httpx.Client, url: str, token: str) -> None:
        """Use the sandbox of ``token`` on the server at ``url`` with ``http``, which stays open."""
        self.url = url
        self.token = token
        self.control = Control(http, url, token)
        """The control API: ``control("POST", "reset")``."""
        self.clock = Clock(self.control)
        self.faults = Faults(self.control)
        self.exchanges = Exchanges(self.control)
        self._snapshots = 0

    @property
    def headers(self) -> dict[str, str]:
        """What a request says to be of this sandbox."""
        return {"Authorization": f"Bearer {self.token}"}

    @functools.cached_property
    def client(self) -> httpx.Client:
        """A client of the contract, which says the token."""
        return httpx.Client(
            base_url=self.url,
            headers=self.headers,
            transport=httpx.HTTPTransport(verify=False),
            trust_env=False,
        )

    def account(self, account_id: str | None = None, **owes: Any) -> Account:
        """Open an account that owes what is said, as ``AccountToBuild`` of the control API has it.

        With an id, give the account that is called so, of the seed say. Raises ControlError.
        """
        if account_id is None:
            account_id = self.control("POST", "accounts", owes)["account_id"]
        return Account(self.control, account_id)

    def snapshot(self) -> Snapshot:
        """Save the ledger and the clock, at once."""
        self._snapshots += 1
        name = f"snapshot_{self._snapshots}"
        self.control("POST", "snapshots", {"name": name})
        return Snapshot(self.control, name)

    def reset(self) -> None:
        """Begin anew with the seed: no faults, no exchanges."""
        self.control("POST", "reset")

    def export_state(self) -> Any:
        """Give the whole ledger as JSON."""
        return self.control("GET", "state")

    def import_state(self, state: Any) -> None:
        """Go on from an exported ledger. Raises ControlError."""
        self.control("PUT", "state", state)

    def verify(self) -> None:
        """Make sure that balances, sequence and digest are right. Raises AssertionError."""
        __tracebackhide__ = True
        broken = self.control("POST", "verify")["broken"]
        assert not broken, "\n  ".join(["the ledger is broken:", *broken])

    def close(self) -> None:
        """Forget the sandbox."""
        if "client" in self.__dict__:
            self.client.close()
        with contextlib.suppress(ControlError):
            self.control("DELETE", "sandbox")

    def __repr__(self) -> str:
        """Show where it is, and its name."""
        return f"CanopyMock({self.url!r}, {self.token!r})"

    def __enter__(self) -> Self:
        """Use it in a ``with``."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make sure that the ledger is right, and forget the sandbox. Raises AssertionError."""
        try:
            if kind is None:
                self.verify()
        finally:
            self.close()
