"""The console's Flask application. It runs on threads of its own and only reads."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeAlias

from flask import Flask, Response, render_template, request
from jinja2 import StrictUndefined

from mockserver.console.pages import account_page, accounts_page
from mockserver.hosts import LOCAL_NAMES, named_host
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import DEFAULT, Sandboxes

_Answer: TypeAlias = tuple[str, HTTPStatus]

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
    _protect(app)
    _add_pages(app, sandboxes)
    return app


def _protect(app: Flask) -> None:
    @app.before_request
    def refuse_strange_hosts() -> _Answer | None:
        if named_host(request.headers.get("Host", "")) in LOCAL_NAMES:
            return None
        message = "Open the console under localhost, not under another name."
        return _told(message, HTTPStatus.FORBIDDEN)

    @app.errorhandler(HTTPStatus.METHOD_NOT_ALLOWED)
    def wrong_method(_: Exception) -> _Answer:
        return _told("This page can only be read.", HTTPStatus.METHOD_NOT_ALLOWED)

    @app.errorhandler(HTTPStatus.NOT_FOUND)
    def not_found(_: Exception) -> _Answer:
        return _told("There is no such page.", HTTPStatus.NOT_FOUND)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response


def _add_pages(app: Flask, sandboxes: Sandboxes) -> None:
    def chosen() -> Sandbox | None:
        return sandboxes.find(request.args.get("sandbox", DEFAULT))

    @app.get("/")
    def accounts() -> _Answer:
        sandbox = chosen()
        if sandbox is None:
            return _told("There is no such sandbox.", HTTPStatus.NOT_FOUND)
        number = request.args.get("page", default=1, type=int)
        page = accounts_page(sandbox, sandboxes.names(), number)
        return render_template("accounts.html", page=page), HTTPStatus.OK

    @app.get("/account")
    def account() -> _Answer:
        sandbox = chosen()
        page = account_page(sandbox, request.args.get("id", "")) if sandbox else None
        if page is None:
            return _told("There is no such account.", HTTPStatus.NOT_FOUND)
        return render_template("account.html", page=page), HTTPStatus.OK


def _told(message: str, status: HTTPStatus) -> _Answer:
    return render_template("error.html", message=message), status
