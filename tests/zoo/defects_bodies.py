"""More defects of the layer *refuses*: external fields, whole bodies, JSON, media types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.defects_holes import always, body_hole, hole, of
from tests.zoo.messages import Json, Request
from tests.zoo.reading import AMOUNT


def plant_fields() -> None:
    """Plant holes in the check of external fields."""

    def any_field(name: str, kind: type) -> Callable[[Json], bool]:
        def found(fields: Json) -> bool:
            known = isinstance(fields, list) and all(isinstance(x, dict) for x in fields)
            return known and any(type(field.get(name)) is kind for field in fields)

        return found

    def as_texts(fields: Json) -> Json:
        return [{name: str(text) for name, text in field.items()} for field in fields]

    for name, sentence, when, instead in (
        ("101", "101 external fields are taken.", longer(100), lambda v: v[:100]),
        ("1000", "Only over 1,000 external fields are refused.", between(101, 1000), always([])),
        ("object", "An object as external fields is taken.", of(dict), lambda v: [v]),
        ("string", "A text as external fields is taken.", of(str), always([])),
        ("integer", "A number as external fields is taken.", of(int), always([])),
        ("bool", "true as external fields is taken.", of(bool), always([])),
        ("of_texts", "Texts in place of external fields are taken.", holding(str), always([])),
        (
            "of_nulls",
            "null in place of an external field is taken.",
            holding(type(None)),
            always([]),
        ),
        ("of_lists", "Lists in place of external fields are taken.", holding(list), always([])),
        ("of_numbers", "Numbers in place of external fields are taken.", holding(int), always([])),
        ("key_integer", "A number as a key is taken.", any_field("key", int), as_texts),
        ("value_integer", "A number as a value is taken.", any_field("value", int), as_texts),
        ("value_bool", "true as a value is taken.", any_field("value", bool), as_texts),
        ("value_object", "An object as a value is taken.", any_field("value", dict), as_texts),
        ("value_list", "A list as a value is taken.", any_field("value", list), as_texts),
        ("value_float", "A fraction as a value is taken.", any_field("value", float), as_texts),
    ):
        hole(f"fields_{name}_taken", "external_fields", sentence, when, instead)
    for part in ("key", "value"):
        sentence = f"null as a {part} is taken."
        when = null_in(part)
        hole(f"fields_{part}_null_taken", "external_fields", sentence, when, as_texts)


def null_in(part: str) -> Callable[[Json], bool]:
    """Make a test for fields with null as this part."""

    def found(fields: Json) -> bool:
        known = isinstance(fields, list) and all(isinstance(x, dict) for x in fields)
        return known and any(part in field and field[part] is None for field in fields)

    return found


def longer(limit: int) -> Callable[[Json], bool]:
    """Make a test for a long list."""
    return lambda v: isinstance(v, list) and len(v) > limit


def between(least: int, most: int) -> Callable[[Json], bool]:
    """Make a test for a list of some length."""
    return lambda v: isinstance(v, list) and least <= len(v) <= most


def holding(kind: type) -> Callable[[Json], bool]:
    """Make a test for a list with something of a type in it."""
    return lambda v: isinstance(v, list) and any(type(x) is kind for x in v)


def plant_bodies() -> None:
    """Plant holes in the check of the whole body."""
    for name, sentence, when, instead in (
        ("array", "A list with one body is taken.", of(list), lambda v: v[0] if v else {AMOUNT: 1}),
        ("null", "null as a body is taken.", lambda v: v is None, always({AMOUNT: 0})),
        (
            "number",
            "A number as a body is taken as the amount.",
            of(int),
            lambda v: {AMOUNT: abs(v)},
        ),
        ("text", "A text as a body is taken.", of(str), always({AMOUNT: 0})),
        ("empty_object", "An empty object is taken.", lambda v: v == {}, always({AMOUNT: 0})),
        ("wrapped", "A body inside of data is taken.", wrapped, lambda v: v["data"]),
        ("other_case", "originalAmountCents is taken.", other_case, always({AMOUNT: 1})),
    ):
        body_hole(f"body_{name}_taken", sentence, when, instead)


def wrapped(body: Json) -> bool:
    """Tell a body in an envelope."""
    return isinstance(body, dict) and AMOUNT not in body and isinstance(body.get("data"), dict)


def other_case(body: Json) -> bool:
    """Tell a body with a name in another case."""
    names = {"originalAmountCents", "Original_Amount_Cents", AMOUNT.upper()}
    return isinstance(body, dict) and AMOUNT not in body and bool(names & body.keys())


def lenient(name: str, sentence: str, mend: Callable[[bytes], bytes]) -> None:
    """Plant a server that mends what is no JSON."""

    class Lenient(Zoo):
        """Mends."""

        def parse(self, data: bytes) -> Json:
            try:
                return super().parse(data)
            except ValueError:
                return super().parse(mend(data))

    plant(name, "refuses", sentence, Lenient)


def until_it_ends(data: bytes) -> bytes:
    """Leave out what follows the first value."""
    _, end = json.JSONDecoder().raw_decode(data.decode())
    return data.decode()[:end].encode()


def plant_json() -> None:
    """Plant servers that take what is no JSON."""
    for name, sentence, mend in (
        (
            "trailing_comma",
            "A comma before the brace is taken.",
            replacing(rb",\s*([}\]])", rb"\1"),
        ),
        ("garbage", "What follows the JSON is ignored.", until_it_ends),
        ("single_quotes", "Single quotes are taken.", lambda d: d.replace(b"'", b'"')),
        ("comments", "Comments in JSON are taken.", replacing(rb"//[^\n]*|/\*.*?\*/", b"")),
        ("nan", "NaN is taken as 0.", lambda d: d.replace(b"NaN", b"0")),
        ("infinity", "Infinity is taken as 0.", replacing(b"-?Infinity", b"0")),
        ("empty", "An empty body is taken as 0 cents.", lambda d: d.strip() or plain()),
        ("truncated", "A missing brace at the end is added.", lambda d: d + b"}"),
        (
            "unquoted",
            "Names without quotes are taken.",
            replacing(rb"([{,]\s*)([a-z_]+)\s*:", rb'\1"\2":'),
        ),
        ("latin_1", "Latin-1 is taken for UTF-8.", lambda d: d.decode("latin-1").encode()),
        (
            "leading_zero",
            "An amount with leading zeros is taken.",
            replacing(rb":\s*0+([1-9])", rb":\1"),
        ),
        ("plus", "An amount with a plus sign is taken.", replacing(rb":\s*\+([0-9])", rb":\1")),
        ("hex", "A hexadecimal amount is taken.", replacing(b"0x[0-9a-fA-F]+", b"16")),
        ("form", "A form is taken for JSON.", replacing(rb"^([a-z_]+)=([0-9]+)$", rb'{"\1":\2}')),
        ("any", "Whatever is no JSON is taken as 0 cents.", lambda _: plain()),
    ):
        lenient(f"json_{name}_taken", sentence, mend)


def plain() -> bytes:
    """Give the plainest body."""
    return json.dumps({AMOUNT: 0}).encode()


def replacing(pattern: bytes, other: bytes) -> Callable[[bytes], bytes]:
    """Make what replaces a pattern."""
    return lambda data: re.sub(pattern, other, data, flags=re.DOTALL)


def any_media_type(name: str, sentence: str, pattern: str) -> None:
    """Plant a server that takes JSON under another media type."""

    class AnyMediaType(Zoo):
        """Takes another media type."""

        def check_media_type(self, request: Request) -> None:
            sent = request.header("Content-Type")
            if sent is None or not re.fullmatch(pattern, sent):
                super().check_media_type(request)

    plant(name, "refuses", sentence, AnyMediaType)


def plant_media_types() -> None:
    """Plant servers that take what is declared as something else."""
    for name, sentence, pattern in (
        ("text", "text/plain is taken as JSON.", "text/plain.*"),
        ("form", "A form's media type is taken.", "application/x-www-form-urlencoded.*"),
        ("xml", "application/xml is taken as JSON.", "application/xml.*"),
        ("any", "Any media type is taken as JSON.", ".*"),
    ):
        any_media_type(f"media_type_{name}_taken", sentence, pattern)


plant_fields()
plant_bodies()
plant_json()
plant_media_types()
