"""Requests to the control API."""

from __future__ import annotations

from typing import Any

import httpx

_JSON = {"Content-Type": "application/json"}
_LONGEST_WAIT_SECONDS = 90.0


class ControlError(Exception):
    """The server does not do what was asked for. The message is its own."""


class Control:
    """The control API of one sandbox."""

    def __init__(self, http: httpx.Client, url: str, token: str) -> None:
        """Use ``http``, which is not closed here."""
        self._http = http
        self._url = f"{url}/_mock"
        self._headers = {"Authorization": f"Bearer {token}", **_JSON}

    def __call__(
        self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        """Send a request; give the JSON of its answer. Raises ControlError, httpx.HTTPError."""
        answer = self._http.request(
            method,
            f"{self._url}/{path}",
            json=body,
            params=query,
            headers=self._headers,
            timeout=_LONGEST_WAIT_SECONDS,
        )
        if answer.is_success:
            return answer.json()
        raise ControlError(f"{method} /_mock/{path}: {answer.status_code}: {_told(answer)}")


def _told(answer: httpx.Response) -> str:
    """Give what an answer says of why."""
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return answer.text
    return "; ".join([error["message"], *map(_violation, error.get("details", ()))])


def _violation(detail: dict[str, Any]) -> str:
    """Give where a rule is broken, which, and by what or for what."""
    known = {"additionalProperty", "allowedValues"}
    facts = [fact for name, fact in detail["params"].items() if name in known]
    told = [", ".join(map(str, f)) if isinstance(f, list) else str(f) for f in facts]
    return " ".join([detail["instancePath"], ": ".join([detail["message"], *told])])
