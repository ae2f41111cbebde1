"""One secret, and every spelling of it that may stand in a text.

A server echoes what it was sent in the clothes of the format it answers in: percent-encoded in an
address, escaped in JSON or HTML, inside something in base64.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

PART = "[part of a secret]"
_SHORT = 8
"""Of a secret this short only the whole is looked for: its parts may be ordinary words."""
_WORD = re.compile(r"\w")


class Secret:
    """A secret that is taken out of texts."""

    def __init__(self, secret: str, mark: str) -> None:
        """Put ``mark`` wherever ``secret`` stands."""
        assert secret
        self._mark = mark
        self._characters = [_spellings(character) for character in secret]
        length = len(secret)
        self._enough = max(min(length, _SHORT), -(-length * 2 // 3))
        self._core_at = length - self._enough
        core = self._characters[self._core_at : self._enough]
        self._core_length = len(core)
        self._core = re.compile("".join(f"(?:{'|'.join(map(re.escape, each))})" for each in core))
        self._in_base64 = tuple(_in_base64(secret))

    def taken_out_of(self, text: str) -> str:
        """Give ``text`` with the mark in the secret's place."""
        for encoded in self._in_base64:
            text = text.replace(encoded, self._mark)
        told: list[str] = []
        at = 0
        while found := self._core.search(text, at):
            before = self._characters[: self._core_at][::-1]
            after = self._characters[self._core_at + self._core_length :]
            start, earlier = _backwards(text, found.start(), at, before)
            end, later = _forwards(text, found.end(), after)
            length = earlier + self._core_length + later
            if length < self._enough:
                start, end, mark = found.start() + 1, found.start() + 1, ""
            else:
                mark = self._told(text, end) if length == len(self._characters) else PART
            told += text[at:start], mark
            at = end
        return "".join(told) + text[at:]

    def _told(self, text: str, end: int) -> str:
        """Give the mark, with braces where a shell would read on into what follows."""
        if self._mark.startswith("$") and _WORD.match(text, end):
            return "${" + self._mark[1:] + "}"
        return self._mark


def _forwards(text: str, at: int, characters: list[tuple[str, ...]]) -> tuple[int, int]:
    """Read on while ``characters`` follow; give where they end, and how many do."""
    for count, spellings in enumerate(characters):
        spelled = next((each for each in spellings if text.startswith(each, at)), None)
        if spelled is None:
            return at, count
        at += len(spelled)
    return at, len(characters)


def _backwards(
    text: str, at: int, floor: int, characters: list[tuple[str, ...]]
) -> tuple[int, int]:
    """Read back, not below ``floor``, while ``characters`` precede, the nearest first."""
    for count, spellings in enumerate(characters):
        spelled = next((each for each in spellings if text.endswith(each, floor, at)), None)
        if spelled is None:
            return at, count
        at -= len(spelled)
    return at, len(characters)


def _spellings(character: str) -> tuple[str, ...]:
    """Give all ways to write ``character``, the longest first."""
    octets = character.encode("utf-8", "surrogateescape")
    percent = "".join(f"%{octet:02X}" for octet in octets)
    utf16 = character.encode("utf-16-be", "surrogatepass").hex()
    escaped = "".join("\\u" + utf16[at : at + 4] for at in range(0, len(utf16), 4))
    number = ord(character)
    upper = escaped.upper().replace("\\U", "\\u")
    ways = {character, percent, percent.lower(), escaped, upper, json.dumps(character)[1:-1]}
    ways |= {
        octets.decode("latin-1"),
        html.escape(character),
        f"&#{number};",
        f"&#x{number:x};",
        f"&#x{number:X};",
    }
    ways |= {" ": {"+"}, "/": {"\\/"}}.get(character, set())
    return tuple(sorted(ways, key=len, reverse=True))


def _in_base64(secret: str) -> Iterator[str]:
    """Give what the secret looks like within something in base64, for each place it can begin at.

    The first and the last characters depend on what stands around it and are left out.
    """
    octets = secret.encode("utf-8", "surrogateescape")
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + octets).decode("ascii")
        inner = encoded[-(-shift * 8 // 6) : (shift + len(octets)) * 8 // 6]
        if len(inner) >= _SHORT:
            web = inner.replace("+", "-").replace("/", "_")
            yield from dict.fromkeys((inner, web, quote(inner, safe="")))
