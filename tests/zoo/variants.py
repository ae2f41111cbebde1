"""Correct servers that differ in what an answer says; the contract leaves all of it open."""

# ruff: noqa: ARG002 - an override takes what the correct method takes

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from tests.zoo.api import Zoo
from tests.zoo.catalogue import correct
from tests.zoo.guard import Guard
from tests.zoo.ledger import Account, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.wire import Connection


@correct
class Plain(Zoo):
    """Keeps the contract to the letter."""


@correct
class UuidIds(Zoo):
    """Generates ids that look like UUIDs."""

    def new_id(self, number: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{id(self)}/{number}"))


@correct
class ExtraFields(Zoo):
    """Says more than it has to, everywhere."""

    def item_content(self, item: Item) -> Json:
        content = super().item_content(item)
        content["line_item_overview"]["channel"] = "API"
        content["line_item_summary"]["fees_cents"] = 0
        return {**content, "version": 3, "links": {"account": f"/accounts/{item.account_id}"}}

    def account_content(self, account: Account) -> Json:
        return {**super().account_content(account), "branch": None, "tags": ["zoo"]}

    def error_content(self, refused: Refused) -> Json:
        return {**super().error_content(refused), "request_id": "r-1", "documentation": None}


@correct
class OtherDescriptions(Zoo):
    """Describes items in words of its own."""

    def item_content(self, item: Item) -> Json:
        content = super().item_content(item)
        content["line_item_overview"]["description"] = f"Posting no. {item.number}"
        return content


@correct
class Status400(Zoo):
    """Refuses what is invalid with 400."""

    invalid_status: ClassVar[int] = 400

    def bad_query(self, message: str) -> Refused:
        return Refused(400, "bad_request", message)


@correct
class Always401(Zoo):
    """Answers an unknown token like a missing one."""

    def forbidden(self) -> Refused:
        return self.unauthorised("The token is not known")


@correct
class Always403(Zoo):
    """Answers a missing token like an unknown one."""

    def unauthorised(self, message: str) -> Refused:
        return self.forbidden()


@correct
class NoDetails(Zoo):
    """Gives no details of what is invalid."""

    def error_content(self, refused: Refused) -> Json:
        return {"error": {"code": refused.code, "message": refused.message}}


@correct
class OtherErrors(Zoo):
    """Has an error body of its own, as RFC 9457 has it."""

    def error_content(self, refused: Refused) -> Json:
        title = refused.message
        return {"type": "about:blank", "title": title, "status": refused.status, "error": "E7"}

    def refusal(self, request: Request, refused: Refused) -> Answer:
        answer = super().refusal(request, refused)
        answer.headers["Content-Type"] = "application/problem+json"
        return answer


@correct
class RepeatConflicts(Zoo):
    """Answers every repeat of an id with 409."""

    def same(self, first: Order, second: Order) -> bool:
        return False


@correct
class RepeatAnswers(Zoo):
    """Answers every repeat of an id with the first answer."""

    def same(self, first: Order, second: Order) -> bool:
        return True


@correct
class PositiveAmounts(Zoo):
    """Shows amounts of debit offsets without a sign."""

    def item_summary(self, item: Item) -> dict[str, int]:
        return {name: abs(cents) for name, cents in super().item_summary(item).items()}


@correct
class PostedItems(Zoo):
    """Calls items POSTED."""

    item_status = "POSTED"


@correct
class UtcTimes(Zoo):
    """Shows instants in UTC, with a Z."""

    def instant(self, instant: datetime) -> str:
        return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


@correct
class FractionalTimes(Zoo):
    """Shows instants with microseconds."""

    def instant(self, instant: datetime) -> str:
        return instant.astimezone(UTC).isoformat(timespec="microseconds")


@correct
class OpenedYesterday(Zoo):
    """Has accounts that were opened yesterday, and refuses what is effective before."""

    opened_at = datetime.now(UTC) - timedelta(days=1)


@correct
class NoLeapSeconds(Zoo):
    """Refuses a second of 60."""

    def prepared(self, body: Json) -> Json:
        if isinstance(body, dict) and ":60" in str(body.get("effective_at", ""))[16:]:
            return {**body, "effective_at": "a leap second"}
        return body


@correct
class MinimalAnswers(Zoo):
    """Shows of an item only what is required."""

    def item_content(self, item: Item) -> Json:
        content = super().item_content(item)
        return {name: content[name] for name in ("account_id", "line_item_id", "product_id")}


@correct
class ProductIdIsNumber(Zoo):
    """Has ids that are digits only, in strings."""

    def item_content(self, item: Item) -> Json:
        return {**super().item_content(item), "product_id": "1"}

    def new_id(self, number: int) -> str:
        return str(number)


@correct
class OtherWriting(Zoo):
    """Writes JSON with other order, blanks and escapes."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if answer.body:
            text = json.dumps(json.loads(answer.body), indent=2, sort_keys=True)
            answer.body = text.encode() + b"\n"
        return answer


@correct
class NamesCharset(Zoo):
    """Names the charset of its answers."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if answer.body:
            answer.headers["Content-Type"] = "application/json; charset=utf-8"
        return answer


@correct
class Http10(Zoo):
    """Speaks HTTP/1.0 and closes each connection."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Closes."""

        protocol_version = "HTTP/1.0"


@correct
class CaseOfBearerMatters(Zoo):
    """Takes the scheme Bearer only as it is written in the contract."""

    def token_in(self, header: str) -> str | None:
        return Guard.token_in(self, header) if header.startswith("Bearer ") else None
