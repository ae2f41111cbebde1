"""More defects of the layer *auth*: the order of checks, what sticks, what is told."""

from __future__ import annotations

import re

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.defects_auth import header
from tests.zoo.guard import TOKEN
from tests.zoo.messages import Answer, Refused, Request


@defect("auth")
class AuthAfterValidation(Zoo):
    """An invalid body is refused before the token is looked at."""

    def authorise(self, operation: str, request: Request) -> None:
        if operation in ("debit", "credit"):
            self.order(operation, request)
        super().authorise(operation, request)


@defect("auth")
class AuthAfterMediaType(Zoo):
    """A wrong Content-Type is refused before the token is looked at."""

    def authorise(self, operation: str, request: Request) -> None:
        if operation in ("debit", "credit"):
            self.check_media_type(request)
        super().authorise(operation, request)


@defect("auth")
class AuthAfterAccount(Zoo):
    """An unknown account is a 404 to whoever has no token."""

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        self.account(parameters[0])
        super().authorise(operation, request)
        return super().perform(operation, parameters, request)

    def authorise(self, operation: str, request: Request) -> None:
        """Leave it for later."""


@defect("auth")
class RecordsWithoutToken(Zoo):
    """A POST without a token is refused, but carried out."""

    def answer(self, request: Request) -> Answer:
        try:
            return super().answer(request)
        except Refused as refused:
            if refused.status == 401 and request.method == "POST":
                methods, parameters = self.route(request)
                self.perform(methods["POST"], parameters, request)
            raise


@defect("auth")
class RecordsWithUnknownToken(Zoo):
    """A POST with an unknown token is refused, but carried out."""

    def answer(self, request: Request) -> Answer:
        try:
            return super().answer(request)
        except Refused as refused:
            if refused.status == 403 and request.method == "POST":
                methods, parameters = self.route(request)
                self.perform(methods["POST"], parameters, request)
            raise


@defect("auth")
class SticksToConnection(Zoo):
    """After one good request, all requests of its connection come in."""

    def authorise(self, operation: str, request: Request) -> None:
        if not request.remembered.get("in"):
            super().authorise(operation, request)
        request.remembered["in"] = True


@defect("auth")
class SticksToServer(Zoo):
    """After a good request, one without a header comes in too, whoever sends it."""

    last: str | None = None

    def authorise(self, operation: str, request: Request) -> None:
        if header(request) or self.last is None:
            super().authorise(operation, request)
            self.last = TOKEN


@defect("auth")
class TokenInError(Zoo):
    """The answer to a bad token shows a good one."""

    def forbidden(self) -> Refused:
        return Refused(403, "not_authorized", f"The token is not {TOKEN}")


@defect("shape")
class TokenEchoed(Zoo):
    """The answer to a bad body repeats the Authorization header."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        if refused.status in (400, 422):
            refused.message += f" (sent with {header(request)})"
        return super().refusal(request, refused)


@defect("auth")
class WrongSchemeCrashes(Zoo):
    """Another scheme than Bearer is a 500."""

    def token(self, request: Request) -> str | None:
        found = re.fullmatch("Bearer (.+)", header(request) or "Bearer ?")
        assert found
        return super().token(request)


@defect("auth")
class UnknownTokenFails(Zoo):
    """An unknown token is a 500."""

    def knows(self, token: str) -> bool:
        return {TOKEN: True}[token]


@defect("auth")
class UnknownTokenIsEmptyAnswer(Zoo):
    """An unknown token is answered 200 with an empty object, and nothing is done."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        answer = super().refusal(request, refused)
        if refused.status == 403:
            answer.status, answer.body = 200, b"{}"
        return answer


@defect("auth")
class RedirectsToLogin(Zoo):
    """A missing token is answered with a redirect to a page."""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        answer = super().refusal(request, refused)
        if refused.status == 401:
            answer.status = 302
            answer.headers["Location"] = "/login"
        return answer
