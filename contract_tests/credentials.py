"""Credentials that may do nothing: none, of another kind, of somebody else, almost right."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contract_tests.exchange import Headers

DENIED = (401, 403)
MALFORMED = (400, *DENIED)
_LONG = 1000
_WELL_FORMED = re.compile(r"(?i:Bearer) [A-Za-z0-9._~+/-]+=*")

_NEXT_DIGIT = str.maketrans("0123456789", "1234567890")
_OTHER_MARK = str.maketrans("-._~+/", "_~-.-_")


class Wrong(NamedTuple):
    """Credentials that are wrong, for one reason."""

    rule_id: str
    told: str
    headers: Headers

    @property
    def refusals(self) -> Sequence[int]:
        """The statuses that turn it down.

        RFC 6750 3.1 has 400 for a header that is malformed; RFC 9110 7.4 has 421 for another host,
        and what stands before a server may know the host and nothing of it; RFC 6585 5 has 431 for
        a header that is too long, whatever it says.
        """
        said = dict(self.headers)
        if "Host" in said:
            return range(400, 500)
        if len(said.get("Authorization", "")) > _LONG:
            return (*MALFORMED, 431)
        is_well_formed = _WELL_FORMED.fullmatch(said.get("Authorization", "Bearer x"))
        return DENIED if is_well_formed else MALFORMED


def wrong_credentials(token: str) -> Iterator[Wrong]:
    """Give credentials that are wrong where ``token`` is right."""
    right = (("Authorization", f"Bearer {token}"),)
    for kind in (_none(), _of_another_kind(token), _of_somebody_else(token), _almost_right(token)):
        yield from (wrong for wrong in kind if wrong.headers != right)


def _bearer(rule_id: str, told: str, value: str) -> Wrong:
    return Wrong(rule_id, told, (("Authorization", value),))


def _none() -> Iterator[Wrong]:
    yield Wrong("auth.required", "no Authorization", ())
    yield _bearer("auth.required", "an empty Authorization", "")
    yield _bearer("auth.required", "a scheme without a token", "Bearer")
    yield _bearer("auth.required", "an empty token", "Bearer ")
    for name, value in (
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1;host=localhost"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Forwarded-User", "admin"),
        ("X-Remote-User", "admin"),
        ("X-User-Role", "Admin"),
        ("X-Client-Id", "admin"),
        ("Host", "localhost"),
        ("Origin", "http://localhost"),
        ("Referer", "http://localhost/"),
        ("User-Agent", "ELB-HealthChecker/2.0"),
        ("X-Internal", "true"),
        ("X-Debug", "true"),
    ):
        yield Wrong("auth.required", f"{name} instead", ((name, value),))


def _of_another_kind(token: str) -> Iterator[Wrong]:
    rule_id = "auth.scheme"
    basic = base64.b64encode(f"{token}:{token}".encode()).decode()
    for scheme in ("Basic", "Token", "Digest", "ApiKey", "JWT", "Bearer:", "Bearerx", "X-Bearer"):
        yield _bearer(rule_id, f"the scheme {scheme}", f"{scheme} {token}")
    yield _bearer(rule_id, "Basic with the token", f"Basic {basic}")
    yield _bearer(rule_id, "the token alone", token)
    yield _bearer(rule_id, "no space after the scheme", f"Bearer{token}")
    for name in ("X-Api-Key", "X-Auth-Token", "X-Access-Token", "X-Authorization"):
        yield Wrong(rule_id, f"the token in {name}", ((name, token),))
    for name in ("Proxy-Authorization", "X-Authorization"):
        yield Wrong(rule_id, f"the token in {name}", ((name, f"Bearer {token}"),))
    cookie = f"token={token}; access_token={token}; Authorization=Bearer {token}"
    yield Wrong(rule_id, "the token in a cookie", (("Cookie", cookie),))


def _of_somebody_else(token: str) -> Iterator[Wrong]:
    swapped = token.swapcase()
    for told, wrong in (
        ("another token", "x" * max(len(token), 8)),
        ("the word null", "null"),
        ("the word undefined", "undefined"),
        ("a star", "*"),
        ("a token without a signature", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
        ("the token reversed", f"{token[::-1]}z"),
        ("the token in other case", swapped if swapped != token else f"{token}Q"),
        ("the token's first character and another", f"{token[:1]}~"),
        ("a token of 2000 characters", "x" * 2000),
        ("a common token", "admin"),
        ("a test token", "test"),
    ):
        yield _bearer("auth.foreign-token", told, f"Bearer {wrong}")


def _almost_right(token: str) -> Iterator[Wrong]:
    half = len(token) // 2
    last = "0" if token[-1:] != "0" else "1"
    first = "0" if token[:1] != "0" else "1"
    long_enough = len(token) > 4
    parts = (
        ("the token without its last character", token[:-1]),
        ("the token without its first character", token[1:]),
        ("half of the token", token[:half]),
        ("the token's first character", token[:1]),
        ("the token's last four characters", token[-4:]),
    )
    for told, wrong in (
        *(parts if long_enough else ()),
        ("the token and one character more", f"{token}x"),
        ("one character more before the token", f"x{token}"),
        ("the token and a space and more", f"{token} x"),
        ("the token and an equals sign", f"{token}="),
        ("the token twice", f"{token}{token}"),
        ("the token after another", f"x {token}"),
        ("the token after a comma", f"x,{token}"),
        ("the token and a comma", f"{token},"),
        ("the token in quotes", f'"{token}"'),
        ("the token with its middle changed", f"{token[:half]}~{token[half + 1 :]}"),
        ("the token with its end changed", token[:-1] + last),
        ("the token with its beginning changed", first + token[1:]),
        ("the token with its digits changed", token.translate(_NEXT_DIGIT)),
        ("the token with its marks changed", token.translate(_OTHER_MARK)),
    ):
        yield _bearer("auth.near-token", told, f"Bearer {wrong}")
