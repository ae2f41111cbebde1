"""More defects of the layer *accepts*: external fields, media types, bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.defects_accepts import When, breaks, breaks_on_body, strict
from tests.zoo.messages import Json, Refused, Request
from tests.zoo.reading import AMOUNT, Violation


def text_in(fields: Json) -> str:
    """Give all texts of external fields in one."""
    return "\n".join(str(text) for field in fields or () for text in field.values())


def plant_fields() -> None:
    """Plant servers that refuse good external fields."""
    for name, sentence, when in (
        ("null", "null as external fields is refused.", lambda v: v is None),
        ("empty", "No external fields in a list are refused.", lambda v: v == []),
        ("hundred", "100 external fields are refused.", lambda v: v is not None and len(v) == 100),
        ("over_ten", "More than ten external fields are refused.", lambda v: len(v or ()) > 10),
        ("twice", "Two external fields with one key are refused.", has_twins),
        ("keyless", "A field without a key is refused.", lacking("key")),
        ("valueless", "A field without a value is refused.", lacking("value")),
        ("markup", "Markup in a value is refused.", lambda v: "<" in text_in(v)),
        ("blank", "An empty value is refused.", has_blank),
        ("long", "A value of more than 255 characters is refused.", over(255)),
        ("unicode", "Values outside ASCII are refused.", lambda v: not text_in(v).isascii()),
        ("extra", "Other members of a field are refused.", has_others),
    ):
        strict(f"fields_{name}_refused", "external_fields", sentence, when)
    breaks(
        "fields_quote_breaks",
        "external_fields",
        "A single quote in a field is a 500.",
        lambda v: "'" in text_in(v),
    )
    breaks(
        "fields_astral_breaks",
        "external_fields",
        "An astral character in a field is a 500.",
        lambda v: any(char > "\uffff" for char in text_in(v)),
    )
    breaks_on_body(
        "fields_null_breaks",
        "external_fields",
        "null as external fields is a 500.",
        lambda v: v is None,
    )


def lacking(name: str) -> When:
    """Make a test for fields without this member."""
    return lambda v: any(name not in field for field in v or ())


def over(limit: int) -> When:
    """Make a test for a long text in fields."""
    return lambda v: any(len(text) > limit for text in text_in(v).split("\n"))


def has_twins(fields: Json) -> bool:
    """Tell whether two fields have one key."""
    keys = [field.get("key") for field in fields or ()]
    return len(set(keys)) < len(keys)


def has_others(fields: Json) -> bool:
    """Tell whether a field has members of other names."""
    return any(field.keys() - {"key", "value"} for field in fields or ())


def has_blank(fields: Json) -> bool:
    """Tell whether a field has an empty value."""
    return any(field.get("value") == "" for field in fields or ())


def picky(name: str, sentence: str, when: Callable[[Request], bool]) -> None:
    """Plant a server that refuses the media type of some valid requests."""

    class Picky(Zoo):
        """Refuses what is valid."""

        def check_media_type(self, request: Request) -> None:
            super().check_media_type(request)
            if when(request):
                raise Refused(415, "unsupported_media_type", sentence)

    plant(name, "accepts", sentence, Picky)


def plant_media_types() -> None:
    """Plant servers that refuse good media types."""

    def sent(request: Request) -> str:
        return request.header("Content-Type") or ""

    for name, sentence, when in (
        ("charset", "charset=utf-8 is refused.", lambda r: "charset" in sent(r).lower()),
        ("case", "Capitals in the media type are refused.", lambda r: sent(r).lower() != sent(r)),
        ("blank", "A blank after the semicolon is refused.", lambda r: "; " in sent(r)),
        ("quotes", "Quotes around the charset are refused.", lambda r: '"' in sent(r)),
    ):
        picky(f"media_type_{name}_refused", sentence, when)


def bodies(name: str, sentence: str, when: Callable[[bytes], bool]) -> None:
    """Plant a server that cannot read some good bodies."""

    class Bodies(Zoo):
        """Refuses what is valid."""

        def parse(self, data: bytes) -> Json:
            content = super().parse(data)
            if when(data):
                raise ValueError(sentence)
            return content

    plant(name, "accepts", sentence, Bodies)


def plant_bodies() -> None:
    """Plant servers that refuse good bodies."""

    class KnownOnly(Zoo):
        """Refuses unknown members."""

        def violations(self, body: Json) -> Iterator[Violation]:
            found = list(super().violations(body))
            yield from found
            known = {AMOUNT, "line_item_id", "effective_at", "allocation", "external_fields"}
            if not found and body.keys() - known:
                yield Violation("", "additionalProperties", "must NOT have additional properties")

    plant("unknown_member_refused", "accepts", "Unknown members are refused.", KnownOnly)
    for name, sentence, when in (
        ("escapes", "Escaped characters in JSON are refused.", lambda d: b"\\u" in d),
        ("white_space", "Line breaks between members are refused.", lambda d: b"\n" in d.strip()),
        ("trailing_space", "White space after the body is refused.", lambda d: d != d.rstrip()),
        ("leading_space", "White space before the body is refused.", lambda d: d != d.lstrip()),
        ("long", "A body of more than 4,096 bytes is refused.", lambda d: len(d) > 4096),
        ("raw_utf8", "Raw characters outside ASCII are refused.", lambda d: not d.isascii()),
    ):
        bodies(f"body_{name}_refused", sentence, when)

    class Minimal(Zoo):
        """Wants an id."""

        def violations(self, body: Json) -> Iterator[Violation]:
            found = list(super().violations(body))
            yield from found
            if not found and {"allocation", "external_fields"} <= body.keys():
                yield Violation("", "not", "must NOT have both")

    plant(
        "fields_with_allocation_refused",
        "shape",
        "External fields together with an allocation are refused.",
        Minimal,
    )


for allocation in ("INTEREST", "DEFERRED_INTEREST", "PRINCIPAL", "FEE"):
    lower = allocation.lower()
    strict(
        f"allocation_{lower}_refused",
        "allocation",
        f"The allocation {allocation} is refused.",
        allocation.__eq__,
    )
    breaks(
        f"allocation_{lower}_breaks",
        "allocation",
        f"The allocation {allocation} is a 500.",
        allocation.__eq__,
    )
plant_fields()
plant_media_types()
plant_bodies()
