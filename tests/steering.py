"""A sandbox as a test steers it: over a real socket, through the contract and the control API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx

from tests.running import Running

ACCOUNT = "/accounts/can_52322"
POST = f"{ACCOUNT}/line_items/debit_offsets"

_numbers = count()


class Steered:
    """A sandbox of its own on a running server."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self.client = client
        self.name = name

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control API for something that works."""
        sent = None if method in ("GET", "DELETE") else (body or {})
        answer = self.client.request(method, f"/_mock/{path}", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, **fault: Any) -> str:
        """Add a fault, and give its id."""
        fault_id: str = self.ask("POST", "faults", fault)["fault_id"]
        return fault_id

    def verified(self) -> str:
        """Make sure that the ledger is sound, and give its digest."""
        found = self.ask("POST", "verify")
        assert found["ok"], found["broken"]
        digest: str = found["digest"]
        return digest

    def exchanges(self, query: str = "") -> list[dict[str, Any]]:
        """Give what was asked and answered, all of it."""
        found = self.ask("GET", f"exchanges?limit=1000{query}")
        assert found["complete"]
        results: list[dict[str, Any]] = found["results"]
        return results

    def post(self, cents: int, line_item_id: str | None = None) -> httpx.Response:
        """Post a debit offset."""
        body: dict[str, Any] = {"original_amount_cents": cents}
        if line_item_id is not None:
            body["line_item_id"] = line_item_id
        return self.client.post(POST, json=body)

    def total(self) -> int:
        """Read what the account owes in all."""
        return int(self.client.get(ACCOUNT).json()["summary"]["total_balance_cents"])

    def items(self) -> list[dict[str, Any]]:
        """Read the debit offsets of the account."""
        page = self.client.get(f"{ACCOUNT}/line_items?limit=1000&line_item_type=DEBIT_OFFSET")
        assert not page.json()["paging"]["has_more"]
        results: list[dict[str, Any]] = page.json()["results"]
        return results


@contextlib.contextmanager
def steering(server: Running, name: str | None = None) -> Iterator[Steered]:
    """Give a sandbox, a new one where it has no name."""
    name = name or f"sbx_steered_{next(_numbers)}"
    headers = {"Authorization": f"Bearer {name}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        yield Steered(client, name)
