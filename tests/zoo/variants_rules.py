"""Correct servers that differ in what they take and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from tests.zoo.api import Zoo
from tests.zoo.catalogue import correct
from tests.zoo.ledger import Account, Item, Order
from tests.zoo.messages import Answer, Json, Refused, Request
from tests.zoo.reading import Violation
from tests.zoo.wire import Connection


@correct
class LargeAmounts(Zoo):
    """Takes amounts above 2^53 - 1."""

    largest_cents = 2**100


@correct
class NegativeIs400(Zoo):
    """Refuses negative amounts with 400."""

    def invalid(self, found: list[Violation]) -> Refused:
        if found[0]["keyword"] == "minimum":
            return Refused(400, "bad_request", "The amount is negative")
        return super().invalid(found)


@correct
class LastOfEqualKeys(Zoo):
    """Of two equal keys in one object takes the last."""

    def parse(self, data: bytes) -> Json:
        try:
            return super().parse(data)
        except ValueError as error:
            if str(error) != "a key comes twice":
                raise
            return super().parse(json.dumps(json.loads(data)).encode())


@correct
class NoLineBreaksInIds(Zoo):
    """Refuses line breaks in ids, as the published pattern does."""

    def bad_id(self, value: Json) -> Iterator[Violation]:
        yield from super().bad_id(value)
        if isinstance(value, str) and any(c in value for c in "\n\r\u2028\u2029"):
            yield Violation("/line_item_id", "pattern", "must match pattern")


@correct
class SlashTolerated(Zoo):
    """Takes a path with a slash at its end for the one without."""

    def plain_path(self, path: str) -> str:
        return path.removesuffix("/")


@correct
class NoChallenge(Zoo):
    """Sends no WWW-Authenticate."""

    def unauthorised(self, message: str) -> Refused:
        return Refused(401, "unauthorized", message)


@correct
class NoOptions(Zoo):
    """Knows no OPTIONS."""

    def answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            methods, _ = self.route(request)
            allow = ", ".join(self.allowed(methods))
            raise Refused(405, "method_not_allowed", "No OPTIONS", headers={"Allow": allow})
        return super().answer(request)

    def allowed(self, methods: dict[str, str]) -> list[str]:
        return super().allowed(methods)[:-1]


@correct
class BodyBeforeAccount(Zoo):
    """Looks for the account before it looks at the body."""

    def order(self, operation: str, request: Request) -> Order:
        self.account(self.route(request)[1][0])
        return super().order(operation, request)


@correct
class ZeroBytes(Zoo):
    """Takes U+0000 in texts."""

    def parse(self, data: bytes) -> Json:
        if b"\\u0000" not in data:
            return super().parse(data)
        content = super().parse(data.replace(b"\\u0000", b"\\ue000"))
        text = json.dumps(content).replace("\\ue000", "\\u0000")
        return json.loads(text)


@correct
class OwnCursors(Zoo):
    """Has cursors that are numbers, and says nothing of what precedes a page."""

    def cursor(self, item: Item) -> str:
        return str(int(super().cursor(item), 16))

    def is_cursor(self, text: str) -> bool:
        return text.isdecimal() and len(text) < 60

    def position(self, cursor: str, account: Account) -> tuple[datetime, int]:
        return super().position(f"{int(cursor) % 16**30:030x}", account)


@correct
class WithoutContentType(Zoo):
    """Takes a body without a Content-Type as JSON."""

    def check_media_type(self, request: Request) -> None:
        if request.header("Content-Type") is not None:
            super().check_media_type(request)


@correct
class LowerCaseHeaders(Zoo):
    """Writes the names of its headers in lower case."""

    class connection(Connection):  # noqa: N801 - named as what it replaces
        """Writes small."""

        def head(self, answer: Answer) -> bytes:
            first, *lines = super().head(answer).split(b"\r\n")
            parts = [line.partition(b": ") for line in lines]
            return b"\r\n".join([first, *(a.lower() + b + c for a, b, c in parts)])


@correct
class PublicCors(Zoo):
    """Lets any page read answers, without credentials."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer
