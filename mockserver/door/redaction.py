"""What of an exchange is not kept: tokens, secrets and cookies, however they are written.

A secret is what the server knows as one, what the request shows to say who sends it, what looks
like a token of such a server, and the value of anything that is named like a credential. It is
looked for as it is, percent-encoded, and escaped as in JSON.
"""

from __future__ import annotations

import functools
import re
from base64 import b64decode
from binascii import Error as Base64Error
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from mockserver.sandbox.exchanges import Headers

REDACTED = b"***"

_CREDENTIALS = frozenset({b"authorization", b"proxy-authorization"})
_LONG_BYTES = 256
_LONG_NAME_BYTES = 128
_MIN_SECRET_BYTES = 5
"""A shorter secret is looked for in no text: it may stand there by chance."""
_MAX_ENCODINGS = 3
"""How often what is encoded may be encoded again."""

_NAME = re.compile(
    rb"x-canopy-control|(?:x-)?auth|pwd|passphrase|jwt|bearer|.*(?:secret|passw|credential|authorization|cookie"
    rb"|session|(?:api|private|access)[-_.]?key).*|.*(?<!card_)(?<!transaction_)token",
    re.DOTALL,
)
"""What a credential is called; the two tokens of a card that the contract knows are none."""
_HINTS = (
    *(b"token", b"secret", b"pass", b"pwd", b"auth", b"key", b"credential", b"cookie", b"session"),
    *(b"jwt", b"bearer", b"x-canopy-control"),
)
"""One of these stands in every such name."""
_MARKS = (b"%", b"\\", b"cmt_", b"sbx_")
"""One of these stands in every secret that nobody knows, or that is written in another form."""
_TOKEN = re.compile(rb"cmt_[A-Za-z0-9._-]{8,}|sbx_[A-Za-z0-9_-]+")
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})|\\u00([0-9A-Fa-f]{2})|\\([\"\\/bfnrt])")
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_PAIR = re.compile(rb"(?<![^?&;#\s\"])([^=&;?#\s\"]{1,128}+)=([^&;#\s\"]*+)")
_MEMBER = re.compile(
    rb'"((?:[^"\\]|\\.)*+)(?:"(\s*+:\s*+)("(?:[^"\\]|\\.)*+"?|[-+.\w]++)|"?)', re.DOTALL
)


class Redaction:
    """Takes the secrets out of one exchange."""

    __slots__ = ("_finds_nothing", "_secrets")

    def __init__(
        self, known: Iterable[bytes], sent: Headers, answered: Headers, texts: Iterable[bytes]
    ) -> None:
        """Look for what the server knows, and for what the fields that were ``sent`` show.

        Most exchanges hold nothing of it: all fields and ``texts`` are looked at once, here.
        """
        shown = [secret for name, value in sent if name in _CREDENTIALS for secret in _shown(value)]
        self._secrets = [s for s in (*known, *shown) if len(s) >= _MIN_SECRET_BYTES]
        values = [v for fields in (sent, answered) for n, v in fields if not _is_credential(n)]
        self._finds_nothing = self._is_plain(b"\n".join((*texts, *values)))

    def of(self, text: bytes) -> bytes:
        """Give one of the texts without its secrets."""
        if self._finds_nothing or self._is_plain(text):
            return text
        return _MEMBER.sub(_member, _PAIR.sub(_pair, self._without_secrets(text)))

    def of_fields(self, fields: Headers) -> Headers:
        """Give the fields without the values that are secret, and without secrets in the others."""
        return tuple([_field(n, REDACTED if _is_credential(n) else self.of(v)) for n, v in fields])

    def _is_plain(self, text: bytes) -> bool:
        """Tell at once that no secret can be in most texts."""
        for mark in _MARKS:
            if mark in text:
                return False
        for secret in self._secrets:
            if secret in text:
                return False
        lowered = text.lower()
        for hint in _HINTS:  # noqa: SIM110 - twice as fast as any(…)
            if hint in lowered:
                return False
        return True

    def _without_secrets(self, text: bytes) -> bytes:
        kept, end = [], 0
        for start, stop in sorted(self._spans(text)):
            if start >= end:
                kept += [text[end:start], REDACTED]
            end = max(end, stop)
        return b"".join([*kept, text[end:]])

    def _spans(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Give where secrets stand in ``text``, in whatever form."""
        decodings: list[_Decoding] = []
        for _ in range(1 + _MAX_ENCODINGS):
            for start, stop in _found(text, self._secrets):
                for decoding in reversed(decodings):
                    start, stop = decoding.place(start), decoding.place(stop)  # noqa: PLW2901 - back by one
                yield start, stop
            decodings.append(_Decoding(text))
            if decodings[-1].text == text:
                return
            text = decodings[-1].text


class _Decoding:
    """A text without its escapes, and where each of its bytes stood."""

    def __init__(self, text: bytes) -> None:
        parts: list[bytes] = []
        self._after, self._places = [0], [0]
        """Where each escape ends, here and there."""
        for match in _ESCAPED.finditer(text):
            parts += [text[self._places[-1] : match.start()], _plain(match)]
            self._after.append(self._after[-1] + match.start() - self._places[-1] + 1)
            self._places.append(match.end())
        self.text = b"".join([*parts, text[self._places[-1] :]])

    def place(self, at: int) -> int:
        """Give where the byte at ``at`` stood."""
        mark = bisect_right(self._after, at) - 1
        return self._places[mark] + at - self._after[mark]


def _plain(escape: re.Match[bytes]) -> bytes:
    digits = escape[1] or escape[2]
    return bytes.fromhex(digits.decode()) if digits else _LETTERS.get(escape[3], escape[3])


def _found(text: bytes, secrets: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    for secret in secrets:
        at = text.find(secret)
        while at >= 0:
            yield at, at + len(secret)
            at = text.find(secret, at + len(secret))
    yield from (match.span() for match in _TOKEN.finditer(text))


def _shown(value: bytes) -> list[bytes]:
    """Give what is secret in credentials: a token, or a password and what it is encoded in."""
    scheme, _, rest = value.strip().partition(b" ")
    rest = rest.strip()
    if not rest:
        return [] if scheme.lower() in (b"bearer", b"basic") else [scheme]
    if scheme.lower() != b"basic":
        return [rest]
    try:
        decoded = b64decode(rest + b"==")
    except Base64Error:
        return [rest]
    return [rest, rest.rstrip(b"="), decoded, decoded.partition(b":")[2]]


def _pair(match: re.Match[bytes]) -> bytes:
    return match[1] + b"=" + REDACTED if _is_credential(match[1]) else match[0]


def _member(match: re.Match[bytes]) -> bytes:
    if match[2] is None or not _is_credential(match[1]):
        return match[0]
    return b'"%s"%s"%s"' % (match[1], match[2], REDACTED)


def _is_credential(name: bytes) -> bool:
    """Tell whether something is named like a credential."""
    return _is_named_so(name if len(name) <= _LONG_NAME_BYTES else name[-_LONG_NAME_BYTES:])


@functools.lru_cache(maxsize=1_024)
def _is_named_so(name: bytes) -> bool:
    return _NAME.fullmatch(_Decoding(name).text.lower()) is not None


def _field(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    return (name, value) if len(value) > _LONG_BYTES else _shared(name, value)


@functools.lru_cache(maxsize=4_096)
def _shared(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Give the one field of this value: most requests of a client have the same ones."""
    return name, value
