"""Who may come in."""

# ruff: noqa: ARG002 - an override may look at more than the correct method does

from __future__ import annotations

import re

from tests.zoo.messages import Answer, Json, Refused, Request, answer_with
from tests.zoo.reading import Reader, Violation, of_type

TOKEN = "zoo-token-7f3a91"
CLIENT = ("zoo", "zoo-secret-55c2")


class Guard(Reader):
    """Checks tokens, and hands them out."""

    def authorise(self, operation: str, request: Request) -> None:
        """Let a request in that has a known token. Raises Refused."""
        token = self.token(request)
        if token is None:
            raise self.unauthorised("A bearer token is missing")
        if not self.knows(token):
            raise self.forbidden()

    def unauthorised(self, message: str) -> Refused:
        return Refused(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})

    def forbidden(self) -> Refused:
        return Refused(403, "not_authorized", "The token is not known")

    def token(self, request: Request) -> str | None:
        """Give the token of a well-formed bearer header."""
        sent = request.headers.get_all("Authorization") or []
        return self.token_in(str(sent[0])) if len(sent) == 1 else None

    def token_in(self, header: str) -> str | None:
        found = re.fullmatch(r"(?i:bearer) +([A-Za-z0-9._~+/-]+=*)", header)
        return found[1] if found else None

    def knows(self, token: str) -> bool:
        return token == TOKEN

    def exchange(self, request: Request) -> Answer:
        """Give a token for a client's id and secret. Raises Refused."""
        body = self.json_of(request)
        found = self.bad_credentials(body)
        if found:
            raise self.invalid(found)
        if (body["client_id"], body["client_secret"]) != CLIENT:
            raise self.invalid_client()
        content = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        return answer_with(200, content)

    def invalid_client(self) -> Refused:
        return Refused(401, "invalid_client", "The client is not known")

    def bad_credentials(self, body: Json) -> list[Violation]:
        if not isinstance(body, dict):
            return [of_type("", "object")]
        found = []
        for name in ("client_id", "client_secret"):
            if name not in body:
                message = f"must have required property {name}"
                found.append(Violation("", "required", message, missingProperty=name))
            elif not isinstance(body[name], str):
                found.append(of_type(f"/{name}", "string"))
        for name in body.keys() - {"client_id", "client_secret"}:
            message = "must NOT have additional properties"
            found.append(Violation("", "additionalProperties", message, additionalProperty=name))
        return found
