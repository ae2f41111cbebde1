"""Who may use the control API: nobody's browser, and no other machine without a token."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api.failures import NotAuthorized, Rejection, UnsupportedMediaType
from mockserver.api.problems import rejected
from mockserver.door.reply import reply_of, send_reply

CONTROL_HEADER = "X-Canopy-Control"

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Guard:
    """Lets in requests that no web page can have made, and that say the token if there is one."""

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], token: str | None, is_local: bool
    ) -> None:
        """Wrap ``app``, which is called by these names beside those of this machine."""
        self._app = app
        self._hosts = _LOCAL_NAMES | {host.lower() for host in hosts}
        self._token = token
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        rejection = self._rejection(scope["method"], Headers(scope=scope))
        if rejection is None:
            await self._app(scope, receive, send)
        else:
            await send_reply(reply_of(rejected(rejection)), send)

    def _rejection(self, method: str, headers: Headers) -> Rejection | None:
        host = headers.get("host", "")
        if self._token is None and not self._is_local:
            return NotAuthorized(
                "Other machines can reach this server, so its control API is off; start it with "
                "--control-token."
            )
        if _name(host) not in self._hosts:
            return NotAuthorized(
                "This server is not known under this host name; start it with --allow-host."
            )
        if not _is_same_origin(headers, host):
            return NotAuthorized("A page of another origin may not use the control API.")
        if self._token is not None and not self._says_token(headers):
            return NotAuthorized(f'Send the control token as "{CONTROL_HEADER}: <token>".')
        if method in _WITH_BODY and "content-type" not in headers:
            return UnsupportedMediaType('Send "Content-Type: application/json", even without body.')
        return None

    def _says_token(self, headers: Headers) -> bool:
        said = headers.get(CONTROL_HEADER, "").encode("latin-1")
        return hmac.compare_digest(said, (self._token or "").encode())


def _name(host: str) -> str:
    """Give the name in a Host field, or nothing where there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_same_origin(headers: Headers, host: str) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    return origin is None or origin in (f"http://{host}", f"https://{host}")
