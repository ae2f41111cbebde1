"""Requests as commands that do the same when they are pasted."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from contract_tests.bench import RUN
from contract_tests.exchange import Exchange, Request
from contract_tests.target import Target

_SHORTEST_PART = 5
"""Of a token; what is shorter tells nothing."""


def script(target: Target, exchanges: Sequence[Exchange], how: str) -> str:
    """Give commands that send what was sent. The token stands in them as ``$CANOPY_TOKEN``."""
    requests = [exchange.request for exchange in exchanges]
    if len(requests) == 1:
        return f"curl -sS -i {_arguments(target, requests[0], 'date +%s%N')}"
    parts = [_arguments(target, request, "echo $RUN") for request in requests]
    lines = ["RUN=$(date +%s%N)"] if any("$(echo $RUN)" in part for part in parts) else []
    if how == "connection":
        lines.append("curl -sS -i " + " --next -sS -i ".join(parts))
    else:
        lines += [f"curl -sS -i {part}{' &' if how == 'race' else ''}" for part in parts]
        lines += ["wait"] if how == "race" else []
    return "\n".join(lines)


def _arguments(target: Target, request: Request, run: str) -> str:
    words = (
        []
        if request.method == "GET"
        else ["-I" if request.method == "HEAD" else f"-X {request.method}"]
    )
    words.append(_quoted(target.url + request.target, run))
    for name, value in request.headers:
        shown = f"{name};" if not value else f"{name}: {value}"
        words.append(f"-H {_with_token(target, shown, run)}")
    if request.chunks:
        words.append("-H 'Transfer-Encoding: chunked'")
    if request.body is not None:
        words.append(_body(request.body, run))
    line = " ".join(words)
    return line.replace(target.token, "'\"$CANOPY_TOKEN\"'") if target.token else line


def _with_token(target: Target, text: str, run: str) -> str:
    """Quote a header, with the token, or what was made of it, as a variable."""
    parts = _split(text, _forms(target.token))
    if len(parts) == 1:
        return _quoted(text, run)
    return "".join(
        _quoted(part, run) if at % 2 == 0 else f'"{part}"' for at, part in enumerate(parts) if part
    )


def _forms(token: str) -> Mapping[str, str]:
    """Give what probes make of a token, and how a shell makes it."""
    if len(token) < _SHORTEST_PART:
        return {token: "$CANOPY_TOKEN"} if token else {}
    variable = '"$CANOPY_TOKEN"'
    basic = base64.b64encode(f"{token}:{token}".encode()).decode()
    forms = {
        basic: '$(printf %s:%s "$CANOPY_TOKEN" "$CANOPY_TOKEN" | base64 -w0)',
        token: "$CANOPY_TOKEN",
        token[::-1]: f"$(printf %s {variable} | rev)",
        token.swapcase(): f"$(printf %s {variable} | tr 'a-zA-Z' 'A-Za-z')",
    }
    for length in range(len(token) - 1, _SHORTEST_PART - 1, -1):
        forms.setdefault(token[:length], f"$(printf %.{length}s {variable})")
        forms.setdefault(token[-length:], f"$(printf %s {variable} | tail -c {length})")
    return forms


def _split(text: str, forms: Mapping[str, str]) -> list[str]:
    """Split a text at the longest form that is in it: what is between stands for a form."""
    for form, shell in forms.items():
        if form in text:
            before, _, after = text.partition(form)
            return [*_split(before, forms), shell, *_split(after, forms)]
    return [text]


def _body(body: bytes, run: str) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or "\x00" in text:
        octal = "".join(f"\\{byte:03o}" for byte in body)
        return f"--data-binary \"$(printf '{octal}')\""
    return f"--data-binary {_quoted(text, run)}"


def _quoted(text: str, run: str) -> str:
    """Quote for a shell, with the part of an id that has to be new as a command."""
    quoted = "'" + text.replace("'", "'\\''") + "'"
    return RUN.sub(f"'\"$({run})\"'", quoted)
