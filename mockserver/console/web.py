"""The console's Flask application. It runs on threads of its own and only reads."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Request, Response, render_template, request
from jinja2 import StrictUndefined

from mockserver.console.pages import account_page, accounts_page
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import DEFAULT, Sandboxes

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_console(sandboxes: Sandboxes) -> Flask:
    """Give the console for ``sandboxes``. It answers only under a name of this machine."""
    app = Flask(__name__)
    app.jinja_env.undefined = StrictUndefined

    def chosen() -> Sandbox | None:
        return sandboxes.find(request.args.get("sandbox", DEFAULT))

    @app.before_request
    def refuse_strange_hosts() -> tuple[str, HTTPStatus] | None:
        if _hostname(request) in _LOCAL_NAMES:
            return None
        return _error(
            "Open the console under localhost, not under another name."
        ), HTTPStatus.FORBIDDEN

    @app.get("/")
    def accounts() -> str | tuple[str, HTTPStatus]:
        sandbox = chosen()
        if sandbox is None:
            return _error("There is no such sandbox."), HTTPStatus.NOT_FOUND
        page = request.args.get("page", default=1, type=int)
        return render_template(
            "accounts.html", page=accounts_page(sandbox, sandboxes.names(), page)
        )

    @app.get("/account")
    def account() -> str | tuple[str, HTTPStatus]:
        sandbox = chosen()
        page = account_page(sandbox, request.args.get("id", "")) if sandbox else None
        if page is None:
            return _error("There is no such account."), HTTPStatus.NOT_FOUND
        return render_template("account.html", page=page)

    @app.errorhandler(HTTPStatus.NOT_FOUND)
    def not_found(_: Exception) -> tuple[str, HTTPStatus]:
        return _error("There is no such page."), HTTPStatus.NOT_FOUND

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return app


def _hostname(asked: Request) -> str | None:
    return urlsplit(f"//{asked.host}").hostname


def _error(message: str) -> str:
    return render_template("error.html", message=message)
