"""Who may use the control API: nobody's browser, and no other machine without a token."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api.contract import Contract
from mockserver.api.entry import check_media_type, is_without_body
from mockserver.api.failures import NotAuthorized, Rejection
from mockserver.api.problems import rejected
from mockserver.door.reply import reply_of, send_reply
from mockserver.hosts import LOCAL_NAMES, named_host

CONTROL_HEADER = "X-Canopy-Control"

_READING = frozenset({"GET", "HEAD"})


class Guard:
    """Lets in requests that no web page can have made, and that say the token if there is one."""

    def __init__(
        self,
        app: ASGIApp,
        contract: Contract,
        *,
        hosts: Iterable[str],
        token: str | None,
        is_local: bool,
    ) -> None:
        """Wrap ``app``, which serves ``contract`` under these names and those of this machine."""
        self._app = app
        self._contract = contract
        self._hosts = LOCAL_NAMES | {host.lower() for host in hosts}
        self._token = token
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        try:
            self._check(scope, Headers(scope=scope))
        except Rejection as rejection:
            await send_reply(reply_of(rejected(rejection)), send)
        else:
            await self._app(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        """Raise NotAuthorized, UnsupportedMediaType."""
        if self._token is None and not self._is_local:
            raise NotAuthorized(
                "Other machines can reach this server, so its control API is off; start it with "
                "--control-token."
            )
        named = [named_host(field) for field in headers.getlist("host")]
        if len(named) != 1 or named[0] not in self._hosts:
            raise NotAuthorized(
                "This server is not known under this host name; start it with --allow-host."
            )
        if not _is_same_origin(headers):
            raise NotAuthorized("A page of another origin may not use the control API.")
        if self._token is not None and not self._says_token(headers):
            raise NotAuthorized(f'Send the control token as "{CONTROL_HEADER}: <token>".')
        if self._takes(scope) and scope["method"] not in _READING:
            is_bare_delete = scope["method"] == "DELETE" and is_without_body(headers)
            check_media_type(headers, may_be_absent=is_bare_delete)

    def _says_token(self, headers: Headers) -> bool:
        said = headers.get(CONTROL_HEADER, "").encode("latin-1")
        return hmac.compare_digest(said, (self._token or "").encode())

    def _takes(self, scope: Scope) -> bool:
        """Tell whether there is such an operation; if not, the contract says what there is."""
        item = self._contract.path_item(scope["raw_path"].decode("ascii", "replace"))
        return item is not None and scope["method"] in item.operations


def _is_same_origin(headers: Headers) -> bool:
    """Tell whether no browser says that another origin's page asks, however often it says so."""
    own = [f"{scheme}://{headers['host']}" for scheme in ("http", "https")]
    sites = headers.getlist("sec-fetch-site")
    return all(site in ("same-origin", "none") for site in sites) and all(
        origin in own for origin in headers.getlist("origin")
    )
