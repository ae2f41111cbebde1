"""What probes work with: requests about the accounts, their answers, and what they make of them."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from contract_tests.answers import flaws
from contract_tests.client import Client, OutOfTimeError
from contract_tests.connection import Connection
from contract_tests.exchange import Exchange, Request
from contract_tests.raw import Raw
from contract_tests.rules import FIRST_OPERATION
from contract_tests.target import Target

JSON = ("Content-Type", "application/json")
RUN = re.compile(r'Ck[0-9a-f]{13,}|(?<=["/]00)[0-9]{13}(?=["/]|$)', re.IGNORECASE)
"""What is in every id of a run, in capitals and small letters, and in no id of another run; ids of
digits only are two zeros and the time."""


class UntestedError(Exception):
    """What a probe is about cannot be seen here. One line says why."""


class ProbeEndedError(Exception):
    """A rule is broken in a way that leaves nothing to go on with."""


class Break(NamedTuple):
    """A rule that did not hold."""

    rule_id: str
    expected: str
    got: str
    exchanges: tuple[Exchange, ...]
    """What has to be sent to see it."""
    how: str = "sequence"
    """``sequence``, ``race``: all at once, ``connection``: all on one, or ``shared``: all on one,
    which may be why, and may not."""

    @property
    def silent(self) -> Exchange | None:
        """What was not answered, if that is all that is broken, and may be so for it alone."""
        if self.rule_id != "http.answers" or self.how == "connection":
            return None
        among = self.exchanges if self.how == "race" else self.exchanges[-1:]
        return next((exchange for exchange in among if exchange.answer is None), None)


class Bench:
    """A run's work on a server: it asks, and notes what held and what did not."""

    def __init__(self, client: Client, seed: int, *, is_quick: bool, reads: frozenset[str]) -> None:
        """Work with ``client``; ``reads`` are the read operations that the server has."""
        self.client = client
        self.target: Target = client.target
        self.random = random.Random(seed)  # noqa: S311 - no secret is drawn
        self.seed = seed
        self.is_quick = is_quick
        self.reads = reads
        self.checks: Counter[str] = Counter()
        self.breaks: list[Break] = []
        self.run = f"Ck{time.time_ns() // 1000:x}"
        assert RUN.fullmatch(self.run), "commands are to know it"
        self.suspects: list[Request] | None = None
        """What Schemathesis made up and was answered wrongly; None before it ran."""
        self.notes: list[str] = []
        self.first_seconds: dict[Any, float] = {}
        """How long answers took when there were few items, by what was asked."""
        self.first_constant_seconds = 0.0
        """How long an answer took then that has nothing to do with items."""
        self.before: dict[str, Any] = {}
        """What each account owed before anything was posted, None where that cannot be read."""
        self.coming: dict[str, int] = {}
        """How many items of an account were yet to come when that was first asked."""
        self.first_posts: dict[str, Exchange] = {}
        """The very first post to each account, of one cent."""
        self.is_first_judged = False
        """Whether it was looked at what the very first posts did."""
        self.unlogged: set[str] = set()
        """Accounts that Schemathesis posted to, and nobody knows what."""
        self._ids = 0

    def wait_no_longer_than(self, seconds: float) -> None:
        """Give requests so many seconds from here on."""
        self.target = self.client.target = self.target._replace(timeout_seconds=seconds)

    # what is asked

    @property
    def account(self) -> str:
        """The account that most is tried on."""
        return self.target.accounts[0]

    @property
    def is_throttled(self) -> bool:
        """Whether the server has answered anything with 429."""
        return self.client.is_throttled

    def second_account(self, number: int = 1) -> str:
        """Give another account. Raises UntestedError."""
        account = self.target.account(number)
        if account is None:
            raise UntestedError(f"needs --account {number + 1} times")
        return account

    def new_id(self) -> str:
        """Give a line item id that nobody used."""
        self._ids += 1
        return f"li_{self.run}_{self._ids}"

    def offset(self, cents: int = 1, **members: Any) -> dict[str, Any]:
        """Give the body of a debit offset with an id of its own. Raises UntestedError."""
        self.allow(cents)
        return {"line_item_id": self.new_id(), "original_amount_cents": cents, **members}

    def allow(self, cents: int) -> None:
        """Make sure that ``cents`` may be posted. Raises UntestedError."""
        limit = self.target.max_cents
        if limit is not None and cents > limit:
            raise UntestedError(f"needs amounts above --max-cents {limit}")

    def headers(self, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """Give the headers of a request with the right token."""
        return (("Authorization", f"Bearer {self.target.token}"), *more)

    def posting(
        self,
        body: Any,
        account: str | None = None,
        *,
        headers: Iterable[tuple[str, str]] | None = None,
        target: str | None = None,
    ) -> Request:
        """Make a request that posts a debit offset; bytes are sent as they are.

        Raises UntestedError where it would post more than the run may.
        """
        cents = body.get("original_amount_cents") if isinstance(body, dict) else None
        if isinstance(cents, int):
            self.allow(cents)
        content = body if isinstance(body, bytes) else encoded(body)
        where = target or offsets_of(self.account if account is None else account)
        sent = self.headers(JSON) if headers is None else tuple(headers)
        return Request("POST", where, sent, content, FIRST_OPERATION)

    def reading(self, target: str, operation: str, method: str = "GET") -> Request:
        """Make a request that reads."""
        return Request(method, target, self.headers(), None, operation)

    def send(
        self, request: Request, connection: Connection | None = None, *, odd: bool = False
    ) -> Exchange:
        """Send ``request``, and note what every answer owes. Raises OutOfTimeError.

        ``odd`` is: nothing of the contract, so that any refusal will do.
        """
        exchange = self.client.send(request, connection)
        if connection is None:
            self.note_flaws(exchange, *self.client.shared_with(exchange), odd=odd, how="shared")
        else:
            self.note_flaws(exchange, *connection.exchanges, odd=odd, how="connection")
        return exchange

    def send_raw(self, request: Request, *, waits: bool = False) -> Raw:
        """Send ``request`` where the bytes of the answer matter, and note whether there is one.

        Raises OutOfTimeError.
        """
        raw = self.client.send_raw(request, waits=waits)
        answered = raw.exchange.answer is not None
        self.check("http.answers", answered, "an answer", raw.exchange.seen(), raw.exchange)
        return raw

    def send_all(self, requests: Sequence[Request], *, odd: bool = False) -> list[Exchange]:
        """Send ``requests``, several at a time. Raises OutOfTimeError."""
        known = len(self.client.exchanges)
        try:
            exchanges = self.client.send_all(requests)
        except OutOfTimeError:
            for exchange in self.client.exchanges[known:]:  # what had its time counts
                if exchange.answer or exchange.seconds >= self.target.timeout_seconds:
                    self.note_flaws(exchange, odd=odd)
            raise
        for exchange in exchanges:
            self.note_flaws(exchange, odd=odd)
        return exchanges

    def race(self, requests: Sequence[Request], *, odd: bool = False) -> list[Exchange]:
        """Send ``requests`` at one instant. Raises OutOfTimeError."""
        exchanges = self.client.race(requests)
        for exchange in exchanges:
            self.note_flaws(exchange, *exchanges, odd=odd, how="race")
        return exchanges

    def post(self, body: Any, account: str | None = None, **how: Any) -> Exchange:
        """Post a debit offset."""
        return self.send(self.posting(body, account, **how))

    # what comes of it

    def check(
        self,
        rule_id: str,
        holds: object,
        expected: str,
        got: str | Exchange,
        *exchanges: Exchange,
        how: str = "sequence",
    ) -> bool:
        """Note whether a rule holds, with what was expected and got; give whether it does.

        Of ``got``, if it is an exchange without an answer, only that is noted: every request is to
        be answered, and nothing else can be said of it.
        """
        self.checks[rule_id] += 1
        if holds:
            return True
        if isinstance(got, Exchange):
            if got.answer is None:
                return False
            exchanges = (*exchanges, got)
            got = got.seen()
        self.breaks.append(Break(rule_id, expected, got, exchanges, how))
        return False

    def require(
        self,
        rule_id: str,
        holds: object,
        expected: str,
        got: str | Exchange,
        *exchanges: Exchange,
        how: str = "sequence",
    ) -> None:
        """Note whether a rule holds. Raises ProbeEndedError if not."""
        if not self.check(rule_id, holds, expected, got, *exchanges, how=how):
            raise ProbeEndedError

    def accepted(self, exchange: Exchange, rule_id: str = "shape.created-200") -> Exchange:
        """Note that a valid post was answered 200. Raises ProbeEndedError if it was not."""
        self.require(rule_id, exchange.status == 200, "200, for a valid debit offset", exchange)
        return exchange

    def note_flaws(
        self, exchange: Exchange, *shown: Exchange, odd: bool = False, how: str = "sequence"
    ) -> None:
        """Note what ``exchange`` lacks; ``shown`` is what shows it, if that is more than itself."""
        for flaw in flaws(exchange, self.target.secrets, odd=odd):
            told = (flaw.expected, flaw.got)
            self.check(flaw.rule_id, flaw.holds, *told, *(shown or (exchange,)), how=how)


def encoded(value: Any) -> bytes:
    """Give ``value`` as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def path_of(account: str) -> str:
    """Give the path of an account."""
    return f"/accounts/{quote(account, safe='', errors='surrogatepass')}"


def items_of(account: str) -> str:
    """Give the path of an account's line items."""
    return f"{path_of(account)}/line_items"


def offsets_of(account: str) -> str:
    """Give the path that debit offsets are posted to."""
    return f"{items_of(account)}/debit_offsets"


def item_of(account: str, line_item_id: str) -> str:
    """Give the path of one line item."""
    return f"{items_of(account)}/{quote(line_item_id, safe='', errors='surrogatepass')}"


def amount_of(item: Mapping[str, Any]) -> int | None:
    """Give the amount of a line item, without its sign; None if it shows none."""
    summary = item.get("line_item_summary")
    cents = summary.get("original_amount_cents") if isinstance(summary, dict) else None
    return abs(cents) if isinstance(cents, int) and not isinstance(cents, bool) else None
