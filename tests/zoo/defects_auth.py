"""Defects of the layer *auth*: who may not come in comes in, or leaves traces."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.guard import TOKEN
from tests.zoo.messages import Request


def open_to(name: str, sentence: str, lets_in: Callable[[Request], bool]) -> None:
    """Plant a server that lets some requests in whatever their token."""

    class Open(Zoo):
        """Lets in."""

        def authorise(self, operation: str, request: Request) -> None:
            if not lets_in(request):
                super().authorise(operation, request)

    plant(name, "auth", sentence, Open)


def unprotected(name: str, sentence: str, operations: set[str]) -> None:
    """Plant a server that protects only some operations."""

    class Unprotected(Zoo):
        """Lets in."""

        def authorise(self, operation: str, request: Request) -> None:
            if operation not in operations:
                super().authorise(operation, request)

    plant(name, "auth", sentence, Unprotected)


def header(request: Request) -> str:
    """Give what was sent as Authorization."""
    return request.header("Authorization") or ""


def bearer(request: Request) -> str:
    """Give what was sent as a token."""
    return header(request)[7:] if header(request)[:7].lower() == "bearer " else ""


def basic(request: Request) -> bool:
    """Tell whether the token came as a password."""
    kind, _, rest = header(request).partition(" ")
    try:
        return kind == "Basic" and TOKEN in base64.b64decode(rest).decode()
    except ValueError:
        return False


def plant_open() -> None:
    """Plant servers with a hole in the check of tokens."""
    prefix, half = TOKEN[:4], TOKEN[:8]
    for name, sentence, lets_in in (
        ("no_header", "Without Authorization everybody comes in.", lambda r: not header(r)),
        ("any_token", "Any bearer token comes in.", lambda r: bool(bearer(r).strip())),
        ("empty_token", "An empty bearer token comes in.", lambda r: header(r).strip() == "Bearer"),
        (
            "any_scheme",
            "Any scheme with the token comes in.",
            lambda r: header(r).endswith(f" {TOKEN}"),
        ),
        ("bare_token", "The token without a scheme comes in.", lambda r: header(r) == TOKEN),
        ("basic", "The token as a Basic password comes in.", basic),
        ("basic_any", "Any Basic credentials come in.", lambda r: header(r).startswith("Basic ")),
        (
            "prefix",
            "A token that begins like a good one comes in.",
            lambda r: bearer(r).startswith(prefix),
        ),
        (
            "half",
            "A token cut short comes in.",
            lambda r: TOKEN.startswith(bearer(r)) and len(bearer(r)) > 5,
        ),
        ("first_half", "Only half of the token is compared.", lambda r: bearer(r)[:8] == half),
        (
            "extended",
            "A good token with more after it comes in.",
            lambda r: bearer(r).startswith(TOKEN),
        ),
        ("contained", "A text that contains a good token comes in.", lambda r: TOKEN in header(r)),
        (
            "token_case",
            "The case of the token does not matter.",
            lambda r: bearer(r).lower() == TOKEN,
        ),
        (
            "suffix",
            "A token that ends like a good one comes in.",
            lambda r: bearer(r).endswith(TOKEN[-6:]),
        ),
        ("one_off", "The last character is not compared.", lambda r: bearer(r)[:-1] == TOKEN[:-1]),
        ("query_token", "The token in the query comes in.", lambda r: TOKEN in r.query),
        (
            "cookie",
            "The token in a cookie comes in.",
            lambda r: TOKEN in (r.header("Cookie") or ""),
        ),
        ("null_token", "Bearer null comes in.", lambda r: bearer(r) == "null"),
        ("undefined_token", "Bearer undefined comes in.", lambda r: bearer(r) == "undefined"),
        ("jwt", "Any token that looks like a JWT comes in.", lambda r: bearer(r).count(".") == 2),
        (
            "same_length",
            "Any token of the right length comes in.",
            lambda r: len(bearer(r)) == len(TOKEN),
        ),
        ("quoted", "A token in quotes comes in.", lambda r: bearer(r) == f'"{TOKEN}"'),
        (
            "two_tokens",
            "A good token among others comes in.",
            lambda r: TOKEN in bearer(r).split(","),
        ),
        (
            "token_scheme",
            "Token in place of Bearer comes in.",
            lambda r: header(r).startswith("Token "),
        ),
        ("api_key", "The token in X-Api-Key comes in.", lambda r: r.header("X-Api-Key") == TOKEN),
        ("head", "HEAD needs no token.", lambda r: r.method == "HEAD"),
        (
            "chunked",
            "A chunked request needs no token.",
            lambda r: "Transfer-Encoding" in r.headers,
        ),
        ("forwarded", "Behind a proxy nobody is asked.", lambda r: "X-Forwarded-For" in r.headers),
        (
            "local_host",
            "Whoever says localhost comes in.",
            lambda r: "localhost" in (r.header("Host") or ""),
        ),
        (
            "empty_header",
            "An empty Authorization comes in.",
            lambda r: r.header("Authorization") == "",
        ),
        ("stars", "A pattern in place of the token comes in.", lambda r: "*" in bearer(r)),
    ):
        open_to(f"auth_{name}_comes_in", sentence, lets_in)


def plant_unprotected() -> None:
    """Plant servers that ask for no token at some operations."""
    for operation, sentence in (
        ("debit", "POST debit_offsets needs no token."),
        ("credit", "POST credit_offsets needs no token."),
        ("account", "GET account needs no token."),
        ("items", "GET line_items needs no token."),
        ("item", "GET of one line item needs no token."),
    ):
        unprotected(f"auth_{operation}_unprotected", sentence, {operation})
    unprotected("auth_reads_unprotected", "Reads need no token.", {"account", "items", "item"})


plant_open()
plant_unprotected()
