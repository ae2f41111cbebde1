"""Defects of the layer *http*: methods and paths; and of *shape*: what errors look like."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from urllib.parse import unquote

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.messages import Answer, Refused, Request

HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>"


def answers(
    name: str, sentence: str, change: Callable[[Request, Answer], None], layer: str = "shape"
) -> None:
    """Plant a server that changes its answers in the end."""

    class Answers(Zoo):
        """Answers in another way."""

        def handle(self, request: Request) -> Answer:
            answer = super().handle(request)
            change(request, answer)
            return answer

    plant(name, layer, sentence, Answers)


def html(answer: Answer) -> None:
    """Answer with a page."""
    answer.body = HTML
    answer.headers["Content-Type"] = "text/html; charset=utf-8"


def plant_error_pages() -> None:
    """Plant servers whose errors are not JSON."""
    for status in (401, 403, 404, 405, 400, 409, 415, 422):

        def page(_: Request, answer: Answer, status: int = status) -> None:
            if answer.status == status:
                html(answer)

        def nothing(_: Request, answer: Answer, status: int = status) -> None:
            if answer.status == status:
                answer.body = b""

        def text(_: Request, answer: Answer, status: int = status) -> None:
            if answer.status == status:
                answer.body = b"Error"
                answer.headers["Content-Type"] = "text/plain"

        answers(f"html_{status}", f"The error {status} is an HTML page.", page)
        if status in (401, 404, 422):
            answers(f"empty_{status}", f"The error {status} has no body.", nothing)
            answers(f"text_{status}", f"The error {status} is plain text.", text)


def typed(name: str, sentence: str, media_type: str | None, statuses: range) -> None:
    """Plant a server that declares its answers as something else."""

    def change(_: Request, answer: Answer) -> None:
        if answer.status in statuses:
            answer.headers.pop("Content-Type", None)
            if media_type is not None:
                answer.headers["Content-Type"] = media_type

    answers(name, sentence, change)


ALL, GOOD, BAD = range(200, 600), range(200, 204), range(400, 600)
plant_error_pages()
typed("type_html", "Answers are declared as HTML.", "text/html", ALL)
typed("type_text", "Answers are declared as plain text.", "text/plain", ALL)
typed("type_text_good", "Good answers are declared as plain text.", "text/plain", GOOD)
typed("type_html_bad", "Errors are declared as HTML.", "text/html", BAD)
typed("type_none", "Answers have no Content-Type.", None, ALL)
typed("type_octets", "Answers are declared as bytes.", "application/octet-stream", ALL)


def any_origin(request: Request, answer: Answer) -> None:
    """Let any page read answers with the user's cookies."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Credentials"] = "true"


def same_origin(request: Request, answer: Answer) -> None:
    """Let whatever page asks read answers with the user's cookies."""
    origin = request.header("Origin")
    if origin:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Credentials"] = "true"


def no_allow(_: Request, answer: Answer) -> None:
    """Leave Allow out."""
    answer.headers.pop("Allow", None)


answers("cors_any", "Any origin may read answers with credentials.", any_origin, "http")
answers("cors_reflected", "Whatever origin asks may read with credentials.", same_origin, "http")
answers("no_allow", "A 405 has no Allow.", no_allow, "http")


def fails_on(name: str, sentence: str, when: Callable[[Request], bool]) -> None:
    """Plant a server that breaks on some requests."""

    class Fails(Zoo):
        """Breaks."""

        def answer(self, request: Request) -> Answer:
            if when(request):
                raise RuntimeError(sentence)
            return super().answer(request)

    plant(name, "shape", sentence, Fails)


def plant_failures() -> None:
    """Plant servers that break on some requests."""
    for name, sentence, when in (
        ("head", "HEAD is a 500.", lambda r: r.method == "HEAD"),
        ("options", "OPTIONS is a 500.", lambda r: r.method == "OPTIONS"),
        ("put", "PUT is a 500.", lambda r: r.method == "PUT"),
        ("delete", "DELETE is a 500.", lambda r: r.method == "DELETE"),
        ("patch", "PATCH is a 500.", lambda r: r.method == "PATCH"),
        ("trace", "TRACE is a 500.", lambda r: r.method == "TRACE"),
        (
            "get_of_post",
            "GET where only POST is known is a 500.",
            lambda r: r.method == "GET" and r.path.endswith("_offsets"),
        ),
        (
            "unknown_path",
            "An unknown path is a 500.",
            lambda r: not r.path.startswith(("/accounts/", "/auth/")),
        ),
        (
            "bad_percent",
            "A broken percent code is a 500.",
            lambda r: "%zz" in r.path.lower() or r.path.endswith("%"),
        ),
        ("percent_zero", "%00 in a path is a 500.", lambda r: "%00" in r.path),
        ("percent_ff", "A path that is not UTF-8 is a 500.", lambda r: "%ff" in r.path.lower()),
        ("long_path", "A path of over 500 characters is a 500.", lambda r: len(r.path) > 500),
        ("encoded_slash", "%2F in a path is a 500.", lambda r: "%2f" in r.path.lower()),
        (
            "unicode_path",
            "A path outside ASCII is a 500.",
            lambda r: "%c3" in r.path.lower() or "%e" in r.path.lower(),
        ),
        ("query", "A query on a POST is a 500.", lambda r: r.method == "POST" and bool(r.query)),
        (
            "no_agent",
            "A request without User-Agent is a 500.",
            lambda r: "User-Agent" not in r.headers,
        ),
        ("no_accept", "A request without Accept is a 500.", lambda r: "Accept" not in r.headers),
        ("get_body", "A GET with a body is a 500.", lambda r: r.method == "GET" and bool(r.body)),
        ("trailing_slash", "A trailing slash is a 500.", lambda r: r.path.endswith("/")),
        (
            "dots",
            "Two dots in a path are a 500.",
            lambda r: ".." in r.path or "%2e%2e" in r.path.lower(),
        ),
        ("chunked", "A chunked body is a 500.", lambda r: "Transfer-Encoding" in r.headers),
    ):
        fails_on(f"breaks_on_{name}", sentence, when)


plant_failures()


class Renaming(Zoo):
    """Takes one method for another."""

    methods_taken: tuple[str, ...] = ()

    def answer(self, request: Request) -> Answer:
        if request.method in self.methods_taken and request.path.endswith("_offsets"):
            request.method = "POST"
        return super().answer(request)


for method in ("PUT", "PATCH", "DELETE", "GET"):
    made = type(f"Takes{method}", (Renaming,), {"methods_taken": (method,)})
    sentence = f"{method} debit_offsets posts like POST."
    plant(f"{method.lower()}_posts", "http", sentence, made)


@defect("http")
class DeleteDeletes(Zoo):
    """DELETE removes a line item from the list."""

    def answer(self, request: Request) -> Answer:
        if request.method != "DELETE" or "/line_items/" not in request.path:
            return super().answer(request)
        _, parameters = self.route(request)
        self.authorise("item", request)
        account = self.account(parameters[0])
        item = account.by_id.pop(parameters[-1], None)
        if item is None:
            raise Refused(404, "not_found", "There is no such line item")
        account.items.remove(item)
        return Answer(204)


@defect("http")
class AnyMethod(Zoo):
    """A method nobody knows is answered like GET."""

    def answer(self, request: Request) -> Answer:
        if request.method not in ("GET", "POST", "HEAD", "OPTIONS"):
            request.method = "GET"
        return super().answer(request)


@defect("http")
class SlashPostsTwice(Zoo):
    """A POST with a trailing slash posts twice."""

    def answer(self, request: Request) -> Answer:
        if request.method == "POST" and request.path.endswith("_offsets/"):
            request.path = request.path[:-1]
            super().answer(request)
        return super().answer(request)


@defect("http")
class NotDecoded(Zoo):
    """Percent codes in paths are not decoded."""

    def decoded(self, segment: str) -> str:
        super().decoded(segment)
        return segment


@defect("http")
class DecodedTwice(Zoo):
    """Percent codes in paths are decoded twice."""

    def decoded(self, segment: str) -> str:
        return unquote(super().decoded(segment))


@defect("http")
class DecodedFirst(Zoo):
    """Percent codes are decoded before the path is taken apart."""

    def plain_path(self, path: str) -> str:
        return unquote(path).replace("%", "%25")


@defect("http")
class PlusIsBlank(Zoo):
    """A plus sign in a path is taken for a blank."""

    def decoded(self, segment: str) -> str:
        return super().decoded(segment.replace("+", " "))


@defect("shape")
class StackInError(Zoo):
    """Errors show a stack."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        refused.message = traceback.format_exc()
        return super().refusal(request, refused)


@defect("shape")
class StackInInvalid(Zoo):
    """The error of an invalid body shows a stack."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        if refused.status == 422:
            refused.message = "".join(traceback.format_exception(refused))
        return super().refusal(request, refused)


@defect("http")
class HangsOnUnknownPath(Zoo):
    """An unknown path is never answered."""

    def no_path(self) -> Refused:
        time.sleep(20)
        return super().no_path()
