"""The correct server: paths, operations, errors. Every other one derives from it."""

# ruff: noqa: ARG002 - an override may look at more than the correct method does

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from tests.zoo.bank import Bank
from tests.zoo.guard import Guard
from tests.zoo.messages import Answer, Json, Refused, Request, answer_with
from tests.zoo.pages import Pages
from tests.zoo.wire import Connection, Server

READS = {"account", "items", "item"}
PATHS = (
    ("auth/token", {"POST": "token"}),
    ("accounts/*", {"GET": "account"}),
    ("accounts/*/line_items", {"GET": "items"}),
    ("accounts/*/line_items/debit_offsets", {"POST": "debit"}),
    ("accounts/*/line_items/credit_offsets", {"POST": "credit"}),
    ("accounts/*/line_items/*", {"GET": "item"}),
)


def fits(form: str, segments: list[str]) -> bool:
    """Tell whether a path has this form."""
    parts = form.split("/")
    pairs = zip(parts, segments, strict=False)
    return len(parts) == len(segments) and all(part in ("*", sent) for part, sent in pairs)


class Zoo(Guard, Bank, Pages):
    """Keeps the contract."""

    connection: type[Connection] = Connection
    server: type[Server] = Server
    prefix = ""

    def handle(self, request: Request) -> Answer:
        """Answer a request, whatever it is."""
        try:
            return self.answer(request)
        except Refused as refused:
            return self.refusal(request, refused)
        except Exception:  # noqa: BLE001 - nothing may leave without an answer
            failed = Refused(500, "internal_error", "Something went wrong")
            return self.refusal(request, failed)

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises Refused."""
        methods, parameters = self.route(request)
        allow = ", ".join(self.allowed(methods))
        if request.method == "OPTIONS":
            return Answer(204, headers={"Allow": allow})
        method = "GET" if request.method == "HEAD" else request.method
        if method not in methods:
            message = "The path has no such method"
            raise Refused(405, "method_not_allowed", message, headers={"Allow": allow})
        operation = methods[method]
        if operation == "token":
            return self.exchange(request)
        self.authorise(operation, request)
        return self.perform(operation, parameters, request)

    def allowed(self, methods: dict[str, str]) -> list[str]:
        reads = ["HEAD"] if "GET" in methods else []
        return [*methods, *reads, "OPTIONS"]

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        """Carry out an operation that is allowed. Raises Refused."""
        if operation in READS:
            return answer_with(200, self.read(operation, parameters, request))
        order = self.order(operation, request)
        return self.created(self.post(parameters[0], order))

    def created(self, content: Json) -> Answer:
        return answer_with(200, content)

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        """Carry out an operation that changes nothing. Raises Refused."""
        with self.exclusive():
            account = self.account(parameters[0])
            if operation == "account":
                return self.account_content(account)
            if operation == "items":
                return self.page(account, request.query)
            item = account.by_id.get(parameters[1])
            if item is None:
                raise Refused(404, "not_found", "There is no such line item")
            return self.envelope(account, [item], has_more=False)

    def route(self, request: Request) -> tuple[dict[str, str], list[str]]:
        """Give the operations of a path by method, and its parameters. Raises Refused."""
        path = self.plain_path(request.path)
        if not path.startswith(self.prefix + "/"):
            raise self.no_path()
        segments = [self.decoded(part) for part in path[len(self.prefix) + 1 :].split("/")]
        methods = self.methods(segments)
        if not methods or not all(segments):
            raise self.no_path()
        return methods, segments[1::2]

    def plain_path(self, path: str) -> str:
        """Give the path as it is routed; here as it was sent."""
        return path

    def no_path(self) -> Refused:
        return Refused(404, "not_found", "There is no such path")

    def decoded(self, segment: str) -> str:
        """Undo percent-encoding, once. Raises Refused."""
        if re.search("%(?![0-9A-Fa-f]{2})", segment):
            raise self.no_path()
        try:
            return unquote_to_bytes(segment).decode("utf-8")
        except ValueError as error:
            raise self.no_path() from error

    def methods(self, segments: list[str]) -> dict[str, str]:
        """Give the operation of each method that a path has."""
        return next((methods for form, methods in PATHS if fits(form, segments)), {})

    def refusal(self, request: Request, refused: Refused) -> Answer:
        """Answer a refused request."""
        answer = answer_with(refused.status, self.error_content(refused))
        answer.headers.update(refused.headers)
        return answer
