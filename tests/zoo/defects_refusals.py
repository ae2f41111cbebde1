"""More defects of the layer *refuses*: a refusal leaves traces; and what breaks the server."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import json
from collections.abc import Callable

from tests.zoo import ledger
from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.ledger import Account, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.reading import AMOUNT
from tests.zoo.strict_json import read_json

Test = Callable[[Refused], bool]


class Recording(Zoo):
    """Refuses, but carries out."""

    def answer(self, request: Request) -> Answer:
        try:
            return super().answer(request)
        except Refused as refused:
            if request.method == "POST" and request.path.endswith("_offsets"):
                self.record(request, refused)
            raise

    def recorded(self, refused: Refused) -> bool:
        return True

    def record(self, request: Request, refused: Refused) -> None:
        if not self.recorded(refused):
            return
        account = self.accounts.get(request.path.split("/")[2])
        with self.exclusive():
            self.carry_out(account or self.accounts["can_101"], Order("debit", sent_cents(request)))

    def carry_out(self, account: Account, order: Order) -> None:
        item = self.item(account, order)
        item.first_answer = self.item_content(item)
        self.keep(account, item)


def sent_cents(request: Request) -> int:
    """Give the amount that was sent, if it can be read."""
    try:
        cents = json.loads(request.body)[AMOUNT]
    except (ValueError, TypeError, LookupError, RecursionError):
        return 100
    return abs(cents) % 10**9 if type(cents) is int else 100


def records(name: str, sentence: str, recorded: Test, layer: str = "refuses") -> None:
    """Plant a server that refuses some requests, but carries them out."""

    class Records(Recording):
        """Refuses, but carries out."""

        def recorded(self, refused: Refused) -> bool:
            return recorded(refused)

    plant(name, layer, sentence, Records)


def at(place: str) -> Test:
    """Make a test for a violation of one member."""

    def found(refused: Refused) -> bool:
        details = refused.details or []
        return any(detail["instancePath"].startswith(f"/body/{place}") for detail in details)

    return found


def plant_records() -> None:
    """Plant servers that refuse, but carry out."""
    for name, sentence, recorded in (
        ("invalid_id", "An invalid id", at("line_item_id")),
        ("invalid_amount", "An invalid amount", at(AMOUNT)),
        ("invalid_instant", "An invalid effective_at", at("effective_at")),
        ("invalid_allocation", "An invalid allocation", at("allocation")),
        ("invalid_fields", "An invalid external field", at("external_fields")),
        ("missing_amount", "A missing amount", at_root),
        ("bad_json", "A body that is no JSON", of_status(400)),
        ("media_type", "A wrong media type", of_status(415)),
        ("early", "An effective_at before the opening", of_code("before_account_opening")),
        ("unknown_account", "An unknown account", of_code("not_found")),
        ("any", "Whatever is refused", of_status(400, 404, 409, 413, 415, 422)),
    ):
        records(f"recorded_{name}", f"{sentence} is refused, but carried out.", recorded)
    records(
        "recorded_conflict",
        "An id used with other content is refused, but carried out.",
        of_code("conflict"),
        "records",
    )


def at_root(refused: Refused) -> bool:
    """Tell a missing member."""
    return any(detail["keyword"] == "required" for detail in refused.details or [])


def of_status(*statuses: int) -> Test:
    """Make a test for the status of a refusal."""
    return lambda refused: refused.status in statuses


def of_code(code: str) -> Test:
    """Make a test for the code of a refusal."""
    return lambda refused: refused.code == code


@defect("refuses")
class RefusalMoves(Recording):
    """What is invalid is refused and not listed, but moves the balance."""

    def carry_out(self, account: Account, order: Order) -> None:
        self.book(account, self.item(account, order))

    def recorded(self, refused: Refused) -> bool:
        return refused.status == 422


@defect("refuses")
class RefusalLists(Recording):
    """What is invalid is refused and moves nothing, but is listed."""

    def carry_out(self, account: Account, order: Order) -> None:
        ledger.add(account, self.item(account, order))

    def recorded(self, refused: Refused) -> bool:
        return refused.status == 422


@defect("refuses")
class RefusalTakesId(Zoo):
    """An id that came with an invalid amount cannot be used any more."""

    def __init__(self) -> None:
        super().__init__()
        self.burnt: set[str] = set()

    def prepared(self, body: Json) -> Json:
        sent = body.get("line_item_id") if isinstance(body, dict) else None
        if isinstance(sent, str):
            if sent in self.burnt:
                raise Refused(409, "conflict", "The line item id is taken")
            if list(self.violations(body)):
                self.burnt.add(sent)
        return body


def calls_success(name: str, sentence: str, statuses: set[int]) -> None:
    """Plant a server that refuses with status 200."""

    class CallsSuccess(Zoo):
        """Calls a refusal a success."""

        def refusal(self, request: Request, refused: Refused) -> Answer:
            answer = super().refusal(request, refused)
            answer.status = 200 if refused.status in statuses else refused.status
            return answer

    plant(name, "refuses", sentence, CallsSuccess)


calls_success("invalid_is_200", "What is invalid is refused with status 200.", {400, 422})
calls_success("unknown_is_200", "An unknown account is an error with status 200.", {404})


def fails(name: str, sentence: str, failing: Callable[[Request, Refused], bool]) -> None:
    """Plant a server that breaks in place of refusing."""

    class Fails(Zoo):
        """Breaks."""

        def refusal(self, request: Request, refused: Refused) -> Answer:
            if failing(request, refused):
                refused = Refused(500, "internal_error", "Something went wrong")
            return super().refusal(request, refused)

    plant(name, "shape", sentence, Fails)


def broken(place: str, kind: type) -> Callable[[Request, Refused], bool]:
    """Make a test for a member of a wrong type."""

    def found(request: Request, refused: Refused) -> bool:
        if refused.status != 422 or request.method != "POST":
            return False
        body = read_json(request.body)
        return isinstance(body, dict) and type(body.get(place)) is kind and at(place)(refused)

    return found


def body_of(kind: type) -> Callable[[Request, Refused], bool]:
    """Make a test for a body of a wrong type."""
    return lambda q, r: r.status == 422 and request_is(q) and type(read_json(q.body)) is kind


def request_is(request: Request) -> bool:
    """Tell whether there is a body to look at."""
    return request.method == "POST"


def plant_failures() -> None:
    """Plant servers that break on what is invalid."""
    for name, sentence, failing in (
        ("amount_text", "A text as an amount", broken(AMOUNT, str)),
        ("amount_null", "null as an amount", broken(AMOUNT, type(None))),
        ("amount_list", "A list as an amount", broken(AMOUNT, list)),
        ("amount_huge", "An amount of 20 digits and more", huge),
        ("amount_float", "A fraction as an amount", broken(AMOUNT, float)),
        ("id_integer", "An integer as an id", broken("line_item_id", int)),
        ("id_list", "A list as an id", broken("line_item_id", list)),
        ("id_null", "null as an id", broken("line_item_id", type(None))),
        ("instant_text", "A text that is no instant", broken("effective_at", str)),
        ("instant_integer", "A number as an instant", broken("effective_at", int)),
        ("instant_null", "null as an instant", broken("effective_at", type(None))),
        ("allocation_text", "An unknown allocation", broken("allocation", str)),
        ("allocation_list", "A list as an allocation", broken("allocation", list)),
        ("allocation_object", "An object as an allocation", broken("allocation", dict)),
        ("fields_object", "An object as external fields", broken("external_fields", dict)),
        ("fields_text", "A text as external fields", broken("external_fields", str)),
        ("fields_entry", "A wrong entry of external fields", broken("external_fields", list)),
        ("body_array", "A list as a body", body_of(list)),
        ("body_null", "null as a body", body_of(type(None))),
        ("body_text", "A text as a body", body_of(str)),
        ("body_number", "A number as a body", body_of(int)),
        ("bad_json", "A body that is no JSON", lambda q, r: r.status == 400 and bool(q.body)),
        ("empty_body", "An empty body", lambda q, r: r.status == 400 and not q.body),
        ("not_utf8", "A body that is not UTF-8", not_utf8),
        ("deep", "Deep nesting", lambda q, _: q.body.count(b"[") > 500 or q.body.count(b"{") > 500),
        ("surrogate", "Half a surrogate pair", lambda q, r: r.status == 400 and b"\\ud" in q.body),
        ("large", "A body of over 65,536 bytes", lambda _, r: r.status == 413),
        ("media_type", "A wrong media type", lambda _, r: r.status == 415),
        (
            "unknown_account",
            "An unknown account",
            lambda _, r: "account" in r.message and r.status == 404,
        ),
        (
            "unknown_item",
            "An unknown line item",
            lambda _, r: "line item" in r.message and r.status == 404,
        ),
        ("conflict", "An id used with other content", lambda _, r: r.code == "conflict"),
        ("early", "A date before the opening", lambda _, r: r.code == "before_account_opening"),
    ):
        fails(f"breaks_on_{name}", f"{sentence} is a 500.", failing)


def huge(request: Request, refused: Refused) -> bool:
    """Tell an amount that no database holds."""
    return broken(AMOUNT, int)(request, refused) and read_json(request.body)[AMOUNT] >= 10**19


def not_utf8(request: Request, refused: Refused) -> bool:
    """Tell a body that is not UTF-8."""
    try:
        request.body.decode()
    except ValueError:
        return refused.status == 400
    return False


plant_records()
plant_failures()
