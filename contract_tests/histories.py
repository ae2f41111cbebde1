"""Histories: what is done to an account, step by step over HTTP, and the figures that come out.

A history is a YAML file as ``fixtures/schemas/history.yaml`` says. Days count from now and are
local to the product; ids come from the answers. A server whose clock is now can only follow one if
it leaves processing to rolls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from mockserver.resources import find
from mockserver.yaml_file import YamlFileError, read_yaml

_POSTS = {
    "charge": "charges",
    "payment": "payments",
    "refund": "refunds",
    "manual_fee": "manual_fees",
    "debit_offset": "debit_offsets",
    "credit_offset": "credit_offsets",
}
_REVERSALS = {
    "payment_reversal": ("payment", "payment_reversals"),
    "charge_reversal": ("charge", "charge_reversals"),
    "fee_waiver": ("manual_fee", "fee_waivers"),
}


class HistoryError(Exception):
    """The file cannot be used, or the server does not answer as a history needs. One line."""


class Line(NamedTuple):
    """What became of a step, or of one figure it expects."""

    text: str
    kept: bool = True


def names() -> list[str]:
    """Give the names of the histories that come with the package."""
    return sorted(path.stem for path in find("fixtures/scenarios/histories").glob("*.yaml"))


def load(name_or_file: str) -> Mapping[str, Any]:
    """Read a history by its name, or by the path of its file. Raises HistoryError."""
    path = Path(name_or_file)
    if name_or_file in names():
        path = find(f"fixtures/scenarios/histories/{name_or_file}.yaml")
    try:
        raw = read_yaml(path)
        schema = read_yaml(find("fixtures/schemas/history.yaml"))
    except YamlFileError as error:
        raise HistoryError(str(error)) from error
    broken = best_match(Draft202012Validator(schema).iter_errors(raw))
    if broken is not None:
        raise HistoryError(f"{path}: {broken.json_path}: {broken.message:.200}")
    history: Mapping[str, Any] = raw
    return history


def follow(history: Mapping[str, Any], client: httpx.Client, now: datetime) -> Iterator[Line]:
    """Carry out ``history`` on the server of ``client``, and say what became of each step.

    Raises HistoryError.
    """
    yield from _Run(history, client, now).lines()


class _Run:
    """One history on one server."""

    def __init__(self, history: Mapping[str, Any], client: httpx.Client, now: datetime) -> None:
        self._history = history
        self._client = client
        self._zone = ZoneInfo(history["product"]["time_zone"])
        self._now = now.astimezone(self._zone).replace(microsecond=0)
        self._account = ""
        self._latest: dict[str, str] = {}

    def lines(self) -> Iterator[Line]:
        """Open the account, then take the steps."""
        product_id = self._ask("POST", "/products", _product(self._history["product"]))
        body = self._opening(self._history["account"], product_id["product_id"])
        account_id = self._ask("POST", "/accounts", body)["account_id"]
        self._account = f"/accounts/{quote(account_id, safe='')}"
        yield Line(f"open account {account_id}")
        for step in self._history["steps"]:
            ((kind, details),) = step.items()
            if kind.startswith("expect_"):
                yield from self._compare(kind, details)
            else:
                yield self._take(kind, details)

    def _at(self, day: int) -> str:
        """Give the same local time so many days from now."""
        local = self._now.replace(tzinfo=None) + timedelta(days=day)
        return local.replace(tzinfo=self._zone).isoformat()

    def _opening(self, account: Mapping[str, Any], product_id: str) -> dict[str, Any]:
        cents = {name: value for name, value in account.items() if name.endswith("_cents")}
        intervals = {n: v for n, v in account.items() if n.endswith(("_interval", "_grace"))}
        body: dict[str, Any] = {
            "product_id": product_id,
            "effective_at": self._at(account["opened_day"]),
            "summary": cents,
            "cycle_type": intervals,
        }
        if "promo_rate_percent" in account:
            rate = account["promo_rate_percent"]
            body["promo_overview"] = {"promo_impl_interest_rate_percent": rate}
        if "post_promo_rate_percent" in account:
            rate = account["post_promo_rate_percent"]
            body["post_promo_overview"] = {"post_promo_impl_interest_rate_percent": rate}
        return body

    def _take(self, kind: str, details: Mapping[str, Any]) -> Line:
        told = " ".join(f"{name} {value}" for name, value in details.items())
        if kind == "roll":
            day = self._at(details["day"])[:10]
            account_id = self._account.removeprefix("/accounts/")
            self._ask("PATCH", f"/admin/roll/account?account_id={account_id}&exclusive_end={day}")
            return Line(f"roll to {day}")
        if kind in _REVERSALS:
            posted, path = _REVERSALS[kind]
            if posted not in self._latest:
                raise HistoryError(f"{kind}: there is no {posted} before it")
            item_id = quote(self._latest[posted], safe="")
            self._ask("POST", f"{self._account}/line_items/{path}/{item_id}")
            return Line(f"{kind} of {self._latest[posted]}")
        body: dict[str, Any] = {"original_amount_cents": details["cents"]}
        if "day" in details:
            body["effective_at"] = self._at(details["day"])
        if "allocation" in details:
            body["allocation"] = details["allocation"]
        answer = self._ask("POST", f"{self._account}/line_items/{_POSTS[kind]}", body)
        self._latest[kind] = answer["line_item_id"]
        return Line(f"{kind} {told}")

    def _compare(self, kind: str, expected: Mapping[str, Any]) -> Iterator[Line]:
        got = {
            "expect_summary": self._summary,
            "expect_latest": self._latest_item,
            "expect_statement": self._statement,
        }[kind](expected)
        which = expected.get("type", expected.get("number", ""))
        what = f"{kind.removeprefix('expect_')} {which}".strip()
        if not got:
            yield Line(f"{what}: there is none", kept=False)
        for name, value in expected.items():
            if name in ("type", "number"):
                continue
            kept = name in got and got[name] == value
            found = got.get(name, "nothing")
            words = "" if kept else f", got {found}"
            yield Line(f"{what} {name}: expected {value}{words}", kept)

    def _summary(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        summary: Mapping[str, Any] = self._ask("GET", self._account)["summary"]
        return summary

    def _latest_item(self, expected: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the figures of the newest item of a type."""
        path = f"{self._account}/line_items?limit=1&line_item_type={expected['type']}"
        results = self._ask("GET", path)["results"]
        figures: Mapping[str, Any] = results[0]["line_item_summary"] if results else {}
        return figures

    def _statement(self, expected: Mapping[str, Any]) -> Mapping[str, Any]:
        listed = self._ask("GET", f"{self._account}/statements/list")
        if expected["number"] >= len(listed):
            return {}
        statement_id = quote(listed[expected["number"]]["statement_id"], safe="")
        statement = self._ask("GET", f"{self._account}/statements/{statement_id}")
        parts = ("balance_summary", "open_to_buy", "min_pay_due")
        return {name: value for part in parts for name, value in statement[part].items()}

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise HistoryError(f"cannot reach {self._client.base_url}: {error}") from error
        if not answer.is_success:
            raise HistoryError(f"{method} {path} was answered {answer.status_code} {answer.text}")
        return answer.json()


def _product(product: Mapping[str, Any]) -> dict[str, Any]:
    """Give the ``ProductRequest`` of a history."""

    def members(*prefixes: str) -> dict[str, Any]:
        return {name: value for name, value in product.items() if name.startswith(prefixes)}

    return {
        "product_overview": {"product_type": product["product_type"]},
        "product_lifecycle_policies": {
            "billing_cycle_policies": {
                "product_time_zone": product["time_zone"],
                **members("cycle_", "first_cycle_"),
            },
            "default_attributes": members("default_credit_limit"),
        },
        "promotional_policies": members("promo_"),
        "post_promotional_policies": members("post_promo_"),
    }
