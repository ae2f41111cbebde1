"""Request bodies: what is refused, and what an accepted one means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tests.zoo.instants import is_instant, read_instant
from tests.zoo.ledger import Order
from tests.zoo.messages import Json, Refused, Request
from tests.zoo.strict_json import read_json

AMOUNT = "original_amount_cents"
LARGEST_CENTS = 2**53 - 1
ALLOCATIONS = ("INTEREST", "DEFERRED_INTEREST", "PRINCIPAL", "FEE")


class Violation(dict[str, Json]):
    """One broken rule, in the words of AJV."""

    def __init__(self, place: str, keyword: str, message: str, **params: Json) -> None:
        super().__init__(
            instancePath=f"/body{place}",
            schemaPath=f"#/properties/body{place.replace('/', '/properties/')}/{keyword}",
            keyword=keyword,
            params=params,
            message=message,
        )


def of_type(place: str, name: str) -> Violation:
    """Say that a value has another type."""
    return Violation(place, "type", f"must be {name}", type=name)


class Reader:
    """Reads bodies strictly."""

    largest_cents = LARGEST_CENTS
    smallest_cents = 0
    invalid_status: ClassVar[int] = 422

    def check_media_type(self, request: Request) -> None:
        """Take JSON in UTF-8 only. Raises Refused."""
        kind, _, parameters = (request.header("Content-Type") or "").partition(";")
        good = kind.strip().lower() == "application/json"
        for parameter in filter(None, map(str.strip, parameters.split(";"))):
            name, _, value = parameter.partition("=")
            charset = value.strip().strip('"').lower()
            good = good and (name.strip().lower() != "charset" or charset in ("utf-8", "utf8"))
        coding = (request.header("Content-Encoding") or "identity").strip().lower()
        if not good or coding != "identity":
            raise Refused(415, "unsupported_media_type", "The body has to be JSON in UTF-8")

    def json_of(self, request: Request) -> Json:
        """Read the body. Raises Refused."""
        self.check_media_type(request)
        if request.too_large:
            raise Refused(413, "payload_too_large", "The body is too large")
        try:
            return self.parse(request.body)
        except ValueError as error:
            raise Refused(400, "bad_request", "The body is not well-formed JSON") from error

    def parse(self, data: bytes) -> Json:
        return read_json(data)

    def order(self, operation: str, request: Request) -> Order:
        """Read what is asked for. Raises Refused."""
        body = self.prepared(self.json_of(request))
        found = list(self.violations(body))
        if found:
            raise self.invalid(found)
        return self.understood(self.meaning(operation, body))

    def prepared(self, body: Json) -> Json:
        """Give the body as it is checked and understood; here as it was sent."""
        return body

    def understood(self, order: Order) -> Order:
        """Give the order as it is carried out; here as it was sent."""
        return order

    def invalid(self, found: list[Violation]) -> Refused:
        message = "Event object failed validation"
        return Refused(self.invalid_status, "server_error", message, list(found))

    def meaning(self, operation: str, body: Json) -> Order:
        text = body.get("effective_at")
        return Order(
            operation,
            body[AMOUNT],
            body.get("line_item_id"),
            None if text is None else read_instant(text),
            body.get("allocation"),
            body.get("external_fields"),
        )

    def violations(self, body: Json) -> Iterator[Violation]:
        """Find all rules that a body breaks, in the order of the schema."""
        if not isinstance(body, dict):
            yield of_type("", "object")
            return
        if AMOUNT not in body:
            message = f"must have required property {AMOUNT}"
            yield Violation("", "required", message, missingProperty=AMOUNT)
        if "line_item_id" in body:
            yield from self.bad_id(body["line_item_id"])
        if AMOUNT in body:
            yield from self.bad_amount(body[AMOUNT])
        if "effective_at" in body:
            yield from self.bad_instant(body["effective_at"])
        if "allocation" in body:
            yield from self.bad_allocation(body["allocation"])
        if body.get("external_fields") is not None:
            yield from self.bad_fields(body["external_fields"])

    def bad_id(self, value: Json) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield of_type("/line_item_id", "string")
        elif value.startswith("can_"):
            pattern = "^(?!can_).*$"
            message = f'must match pattern "{pattern}"'
            yield Violation("/line_item_id", "pattern", message, pattern=pattern)
        elif not value:
            message = "must NOT have fewer than 1 characters"
            yield Violation("/line_item_id", "minLength", message, limit=1)

    def bad_amount(self, value: Json) -> Iterator[Violation]:
        place = f"/{AMOUNT}"
        if isinstance(value, bool) or not isinstance(value, int):
            yield of_type(place, "integer")
        elif value < self.smallest_cents:
            limit = self.smallest_cents
            yield Violation(place, "minimum", f"must be >= {limit}", comparison=">=", limit=limit)
        elif value > self.largest_cents:
            limit = self.largest_cents
            yield Violation(place, "maximum", f"must be <= {limit}", comparison="<=", limit=limit)

    def bad_instant(self, value: Json) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield of_type("/effective_at", "string")
        elif not is_instant(value):
            message = 'must match format "date-time"'
            yield Violation("/effective_at", "format", message, format="date-time")

    def bad_allocation(self, value: Json) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield of_type("/allocation", "string")
        elif value not in ALLOCATIONS:
            message = "must be equal to one of the allowed values"
            yield Violation("/allocation", "enum", message, allowedValues=list(ALLOCATIONS))

    def bad_fields(self, fields: Json) -> Iterator[Violation]:
        place = "/external_fields"
        if not isinstance(fields, list):
            yield of_type(place, "array")
            return
        if len(fields) > 100:
            yield Violation(place, "maxItems", "must NOT have more than 100 items", limit=100)
        for index, field in enumerate(fields):
            if not isinstance(field, dict):
                yield of_type(f"{place}/{index}", "object")
                continue
            for name in ("key", "value"):
                if name in field and not isinstance(field[name], str):
                    yield of_type(f"{place}/{index}/{name}", "string")
