"""The validators that Connexion runs on requests: all violations, in AJV's words.

They are classes made for one profile, because Connexion makes an object of them for every request
and passes it nothing of ours. Compiled schemas are kept for as long as the classes are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from connexion.datastructures import MediaTypeDict
from connexion.validators import AbstractRequestBodyValidator, ParameterValidator
from jsonschema.protocols import Validator
from starlette.types import Receive, Scope

from mockserver.api.coercion import coerced
from mockserver.api.compat import Profile
from mockserver.api.entry import ABSENT, Received, handler_arguments
from mockserver.api.schemas import request_validator
from mockserver.api.strict_json import Json
from mockserver.api.violations import missing_body, not_together, violations

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")

_PARTS = {"path": "pathParameters", "query": "queryStringParameters"}


def validator_map(profile: Profile) -> dict[str, Any]:
    """Give what Connexion's ``validator_map`` option takes."""
    return {
        "parameter": _parameter_validator(profile),
        "body": MediaTypeDict({"application/json": _body_validator(profile)}),
    }


def _parameter_validator(profile: Profile) -> type[ParameterValidator]:
    compiled: dict[tuple[int, str], Validator] = {}

    class Parameters(ParameterValidator):
        """Validates path and query, and gives handlers the ``query`` as the schema types it."""

        def __init__(self, parameters: list[Any], *args: Any, **kwargs: Any) -> None:
            super().__init__(parameters, *args, **kwargs)
            self._key = id(parameters)

        def validate(self, scope: Scope) -> None:
            received = Received.of(scope)
            query = _query(scope["query_string"], self.parameters["query"])
            for location, values in (("path", scope["path_params"]), ("query", query)):
                validator = self._validator(location)
                if profile.coerces_types:
                    values = coerced(values, validator.schema)  # noqa: PLW2901
                received.violations += violations(validator.iter_errors(values), _PARTS[location])
                received.violations += _excluded(self.parameters[location], values)
                handler_arguments(scope)[location] = values
            if not received.has_body_schema:
                received.raise_violations()

        def _validator(self, location: str) -> Validator:
            key = (self._key, location)
            if key not in compiled:
                schema = _object_schema(self.parameters[location])
                compiled[key] = request_validator(schema, profile)
            return compiled[key]

    return Parameters


def _excluded(parameters: list[dict[str, Any]], values: Mapping[str, Json]) -> list[Json]:
    """Tell which parameters were sent beside one that excludes them."""
    return [
        not_together("queryStringParameters", parameter["name"], other)
        for parameter in parameters
        for other in parameter.get("x-excludes", ())
        if {parameter["name"], other} <= values.keys()
    ]


def _object_schema(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [p["name"] for p in parameters if p.get("required")],
        "properties": {p["name"]: p["schema"] for p in parameters},
    }


def _query(query_string: bytes, parameters: list[dict[str, Any]]) -> dict[str, Json]:
    """Read the query parameters the contract knows. The last of several equal ones counts."""
    sent = parse_qs(query_string.decode("latin-1"), keep_blank_values=True)
    query = {p["name"]: p["schema"]["default"] for p in parameters if "default" in p["schema"]}
    for parameter in parameters:
        name = parameter["name"]
        if name in sent:
            query[name] = _typed(sent[name][-1], parameter["schema"])
    return query


def _typed(text: str, schema: Mapping[str, Any]) -> Json:
    if schema["type"] == "array":
        return [_typed(member, schema["items"]) for member in text.split(",")]
    if schema["type"] == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    return text


def _body_validator(profile: Profile) -> type[AbstractRequestBodyValidator]:
    compiled: dict[int, Validator] = {}

    class Body(AbstractRequestBodyValidator):
        """Validates the body that ``entry`` has read, and gives it to handlers as ``body``."""

        async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
            received = Received.of(scope)
            if received.body is not ABSENT:
                handler_arguments(scope)["body"] = self._check(received)
            elif self._required:
                received.violations.append(missing_body())
            received.raise_violations()
            return receive, scope

        def _check(self, received: Received) -> Json:
            validator = self._validator_of_schema()
            body = received.body
            if profile.coerces_types:
                body = coerced(body, validator.schema)
            received.violations += violations(validator.iter_errors(body), "body")
            return body

        def _validator_of_schema(self) -> Validator:
            key = id(self._schema)
            if key not in compiled:
                compiled[key] = request_validator(self._schema, profile)
            return compiled[key]

    return Body
