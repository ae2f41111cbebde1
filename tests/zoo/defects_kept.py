"""Defects of the layer *accepts*: what is accepted is not kept as it was sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from urllib.parse import unquote

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.instants import ZONE
from tests.zoo.ledger import Order
from tests.zoo.messages import Json

Fields = list[dict[str, str]]


def kept(name: str, sentence: str, change: Callable[[Order], Order], layer: str) -> None:
    """Plant a server that keeps something else than was sent."""

    class Kept(Zoo):
        """Keeps something else."""

        def understood(self, order: Order) -> Order:
            return change(order)

    plant(name, layer, sentence, Kept)


def other_fields(name: str, sentence: str, change: Callable[[Fields], Fields]) -> None:
    """Plant a server that keeps other external fields."""

    def changed(order: Order) -> Order:
        fields = order.external_fields
        return order if fields is None else replace(order, external_fields=change(fields))

    kept(f"fields_{name}", sentence, changed, "accepts")


def other_texts(name: str, sentence: str, change: Callable[[str], str]) -> None:
    """Plant a server that keeps other texts in external fields."""

    def changed(fields: Fields) -> Fields:
        return [{k: change(text) for k, text in field.items()} for field in fields]

    other_fields(name, sentence, changed)


def other_id(name: str, sentence: str, change: Callable[[str], str]) -> None:
    """Plant a server that keeps another id."""

    def changed(order: Order) -> Order:
        sent = order.line_item_id
        return order if sent is None else replace(order, line_item_id=change(sent))

    kept(f"id_{name}", sentence, changed, "accepts")


def other_instant(name: str, sentence: str, change: Callable[[datetime], datetime]) -> None:
    """Plant a server that keeps another instant."""

    def changed(order: Order) -> Order:
        sent = order.effective_at
        return order if sent is None else replace(order, effective_at=change(sent))

    kept(f"instant_{name}", sentence, changed, "accepts")


def plant_fields() -> None:
    """Plant servers that keep other external fields."""
    for name, sentence, change in (
        ("reversed", "External fields come back in reverse order.", lambda f: f[::-1]),
        ("sorted", "External fields come back sorted by key.", by_key),
        ("deduplicated", "Equal external fields are kept once.", without_twins),
        ("last_key", "Of external fields with one key the last is kept.", last_of_key),
        ("first_only", "Only the first external field is kept.", lambda f: f[:1]),
        ("first_ten", "Only ten external fields are kept.", lambda f: f[:10]),
        ("fifty", "Only fifty external fields are kept.", lambda f: f[:50]),
        ("ninety_nine", "The hundredth external field is lost.", lambda f: f[:99]),
        ("swapped", "Keys and values come back swapped.", swapped),
        ("keys_lower", "Keys come back in lower case.", lower_keys),
        ("blank_dropped", "Fields with an empty value are lost.", without_blank),
        (
            "keyless_dropped",
            "Fields without a key are lost.",
            lambda f: [x for x in f if "key" in x],
        ),
        ("valueless_dropped", "Fields without a value are lost.", with_value),
    ):
        other_fields(name, sentence, change)
    kept(
        "fields_lost",
        "External fields are lost.",
        lambda order: replace(order, external_fields=None),
        "accepts",
    )
    for name, sentence, text in (
        ("trimmed", "Blanks around values are lost.", str.strip),
        ("cut_at_64", "Texts are cut after 64 characters.", lambda t: t[:64]),
        ("cut_at_255", "Texts are cut after 255 characters.", lambda t: t[:255]),
        ("escaped", "Markup comes back escaped.", escape),
        ("unescaped", "Entities come back resolved.", unescape),
        ("stripped", "Markup is removed.", lambda t: re.sub("<[^>]*>", "", t)),
        ("normalised", "Texts are normalised (NFC).", lambda t: unicodedata.normalize("NFC", t)),
        ("compatible", "Texts are normalised (NFKC).", lambda t: unicodedata.normalize("NFKC", t)),
        ("ascii", "Characters outside ASCII become question marks.", ascii_only),
        ("bmp", "Astral characters are lost.", lambda t: re.sub("[\U00010000-\U0010ffff]", "", t)),
        ("mojibake", "UTF-8 is read as Latin-1.", mojibake),
        ("line_breaks", "Line breaks become blanks.", lambda t: re.sub(r"\s", " ", t)),
        ("backslashes", "Backslashes are lost.", lambda t: t.replace("\\", "")),
        ("quotes", "Single quotes are doubled.", lambda t: t.replace("'", "''")),
        ("plus", "A plus sign becomes a blank.", lambda t: t.replace("+", " ")),
        ("percent", "Per cent codes are decoded.", unquote),
    ):
        other_texts(f"texts_{name}", sentence, text)


def by_key(fields: Fields) -> Fields:
    """Sort by key."""
    return sorted(fields, key=lambda field: field.get("key", ""))


def without_twins(fields: Fields) -> Fields:
    """Keep the first of equal fields."""
    return [field for index, field in enumerate(fields) if field not in fields[:index]]


def last_of_key(fields: Fields) -> Fields:
    """Keep the last field of each key."""
    return list({field.get("key", str(n)): field for n, field in enumerate(fields)}.values())


def swapped(fields: Fields) -> Fields:
    """Exchange keys and values."""
    other = {"key": "value", "value": "key"}
    return [{other.get(name, name): text for name, text in field.items()} for field in fields]


def lower_keys(fields: Fields) -> Fields:
    """Write keys in lower case."""
    return [{n: t.lower() if n == "key" else t for n, t in field.items()} for field in fields]


def without_blank(fields: Fields) -> Fields:
    """Leave out empty values."""
    return [field for field in fields if field.get("value") != ""]


def with_value(fields: Fields) -> Fields:
    """Leave out fields without a value."""
    return [field for field in fields if "value" in field]


def ascii_only(text: str) -> str:
    """Keep ASCII."""
    return text.encode("ascii", "replace").decode()


def mojibake(text: str) -> str:
    """Read UTF-8 as what it is not."""
    return text.encode().decode("latin-1")


def plant_ids() -> None:
    """Plant servers that keep another id."""
    for name, sentence, change in (
        ("trimmed", "Blanks around ids are lost.", str.strip),
        ("lower", "Ids come back in lower case.", str.lower),
        ("upper", "Ids come back in capitals.", str.upper),
        ("cut_at_36", "Ids are cut after 36 characters.", lambda v: v[:36]),
        ("cut_at_64", "Ids are cut after 64 characters.", lambda v: v[:64]),
        ("cut_at_255", "Ids are cut after 255 characters.", lambda v: v[:255]),
        ("decoded", "Per cent codes in ids are decoded.", unquote),
        ("normalised", "Ids are normalised.", lambda v: unicodedata.normalize("NFKC", v)),
        (
            "digits_only",
            "Ids of digits lose leading zeros.",
            lambda v: str(int(v)) if v.isdecimal() else v,
        ),
        ("prefixed", "Ids get a prefix.", lambda v: f"canopy_{v}"),
        ("escaped", "Markup in ids comes back escaped.", escape),
        ("slashes", "Slashes in ids become hyphens.", lambda v: v.replace("/", "-")),
        (
            "ascii",
            "Characters outside ASCII are lost from ids.",
            lambda v: v.encode("ascii", "ignore").decode(),
        ),
        ("plus", "A plus sign in an id becomes a blank.", lambda v: v.replace("+", " ")),
    ):
        other_id(name, sentence, change)
    kept(
        "id_ignored",
        "An id that is sent is ignored, and another one generated.",
        lambda order: replace(order, line_item_id=None),
        "accepts",
    )


def plant_instants() -> None:
    """Plant servers that keep another instant."""
    for name, sentence, change in (
        ("hour_later", "effective_at is moved by an hour.", lambda t: t + timedelta(hours=1)),
        ("second_less", "effective_at loses a second.", lambda t: t - timedelta(seconds=1)),
        (
            "midnight",
            "effective_at loses its time.",
            lambda t: t.replace(hour=0, minute=0, second=0),
        ),
        ("minute", "effective_at loses its seconds.", lambda t: t.replace(second=0)),
        ("local", "UTC is taken for local time.", local_for_utc),
        ("summer", "Summer time is left out.", summer_left_out),
        ("noon", "effective_at becomes noon.", lambda t: t.replace(hour=12, minute=0, second=0)),
        ("clamped", "A later effective_at becomes now.", lambda t: min(t, datetime.now(UTC))),
        ("past", "An earlier effective_at becomes now.", lambda t: max(t, datetime.now(UTC))),
    ):
        other_instant(name, sentence, change)
    kept(
        "instant_dropped",
        "effective_at is ignored.",
        lambda order: replace(order, effective_at=None),
        "accepts",
    )


def local_for_utc(instant: datetime) -> datetime:
    """Take the digits of UTC for local ones."""
    return instant.replace(tzinfo=ZONE).astimezone(UTC)


def summer_left_out(instant: datetime) -> datetime:
    """Forget about summer time."""
    return instant - (instant.astimezone(ZONE).dst() or timedelta(0))


class OffsetOtherwise(Zoo):
    """Applies offsets the wrong way round."""

    def prepared(self, body: Json) -> Json:
        text = body.get("effective_at") if isinstance(body, dict) else None
        if isinstance(text, str) and re.fullmatch(r".*[+-][0-9]{2}:[0-9]{2}", text):
            sign = "-" if text[-6] == "+" else "+"
            return {**body, "effective_at": text[:-6] + sign + text[-5:]}
        return body


class OffsetIgnored(Zoo):
    """Ignores offsets."""

    def prepared(self, body: Json) -> Json:
        text = body.get("effective_at") if isinstance(body, dict) else None
        if isinstance(text, str) and re.fullmatch(r".*:.*[+-][0-9]{2}:[0-9]{2}", text):
            return {**body, "effective_at": text[:-6] + "Z"}
        return body


class OffsetMinutesIgnored(Zoo):
    """Ignores the minutes of offsets."""

    def prepared(self, body: Json) -> Json:
        text = body.get("effective_at") if isinstance(body, dict) else None
        if isinstance(text, str) and re.fullmatch(r".*:.*[+-][0-9]{2}:(30|45)", text):
            return {**body, "effective_at": text[:-2] + "00"}
        return body


plant_fields()
plant_ids()
plant_instants()
plant("offset_sign", "accepts", "Offsets are applied the wrong way round.", OffsetOtherwise)
plant("offset_ignored", "accepts", "Offsets are ignored.", OffsetIgnored)
plant("offset_minutes", "accepts", "The minutes of offsets are ignored.", OffsetMinutesIgnored)
for allocation in ("INTEREST", "DEFERRED_INTEREST", "FEE"):

    class Forgetful(Zoo):
        """Forgets an allocation."""

        forgotten = allocation

        def understood(self, order: Order) -> Order:
            known = order.allocation != self.forgotten
            return order if known else replace(order, allocation=None)

    sentence = f"The allocation {allocation} is ignored."
    plant(f"allocation_{allocation.lower()}_ignored", "money", sentence, Forgetful)
