"""Defects of the layer *accepts*: what is valid is refused, or breaks the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.ledger import Order
from tests.zoo.messages import Json
from tests.zoo.reading import AMOUNT, Violation

When = Callable[[Json], bool]


def strict(name: str, field: str, sentence: str, when: When) -> None:
    """Plant a server that refuses valid values of ``field``."""

    class Strict(Zoo):
        """Refuses what is valid."""

        def violations(self, body: Json) -> Iterator[Violation]:
            found = list(super().violations(body))
            yield from found
            if not found and field in body and when(body[field]):
                yield Violation(f"/{field}", "not", "must be something else")

    plant(name, "accepts", sentence, Strict)


def breaks(name: str, field: str, sentence: str, when: When) -> None:
    """Plant a server that fails on valid values of ``field``."""

    class Breaks(Zoo):
        """Fails on what is valid."""

        def understood(self, order: Order) -> Order:
            value = getattr(order, field)
            if value is not None and when(value):
                raise RuntimeError(sentence)
            return super().understood(order)

    plant(name, "shape", sentence, Breaks)


def plant_amounts() -> None:
    """Plant servers that refuse good amounts."""
    for name, sentence, when in (
        ("zero", "An amount of 0 is refused.", lambda v: v == 0),
        ("over_int32", "Amounts of 2^31 and more are refused.", lambda v: v >= 2**31),
        ("over_uint32", "Amounts of 2^32 and more are refused.", lambda v: v >= 2**32),
        ("largest", "2^53 - 1 is refused.", lambda v: v == 2**53 - 1),
        ("over_million", "More than a million dollars is refused.", lambda v: v > 10**8),
    ):
        strict(f"amount_{name}_refused", AMOUNT, sentence, when)
    breaks("amount_zero_breaks", "amount_cents", "An amount of 0 is a 500.", lambda v: v == 0)
    for bits in (31, 32, 40):
        sentence = f"Amounts of 2^{bits} and more are a 500."
        breaks(f"amount_{bits}_bits_break", "amount_cents", sentence, at_least(2**bits))


def at_least(limit: int) -> When:
    """Make a test for a number of this size."""
    return lambda value: value >= limit


def plant_ids() -> None:
    """Plant servers that refuse good ids."""
    for name, sentence, pattern in (
        ("can_inside", "An id with can_ inside is refused.", ".+can_.*"),
        ("can_upper", "CAN_ at the beginning of an id is refused.", "CAN_.*|Can_.*"),
        ("can_bare", "An id that begins with can is refused.", "can(?!_).*"),
        ("blank", "An id with a blank is refused.", ".* .*"),
        ("slash", "An id with a slash is refused.", ".*/.*"),
        ("unicode", "An id outside ASCII is refused.", ".*[^\x00-\x7f].*"),
        ("long", "An id of more than 36 characters is refused.", ".{37,}"),
        ("longer", "An id of more than 64 characters is refused.", ".{65,}"),
        ("255", "An id of more than 255 characters is refused.", ".{256,}"),
        ("short", "An id of one character is refused.", "."),
        ("digits", "An id of digits only is refused.", "[0-9]+"),
        ("percent", "An id with a per cent sign is refused.", ".*%.*"),
        ("quote", "An id with a quote is refused.", ".*['\"].*"),
        ("dot", "An id with a dot is refused.", r".*\..*"),
        ("no_li", "An id that does not begin with li_ is refused.", "(?!li_).*"),
        ("upper", "An id with capitals is refused.", ".*[A-Z].*"),
        ("colon", "An id with a colon is refused.", ".*:.*"),
    ):
        strict(f"id_{name}_refused", "line_item_id", sentence, matching(pattern))
    for name, sentence, pattern in (
        ("quote", "An id with a single quote is a 500.", ".*'.*"),
        ("astral", "An id with an astral character is a 500.", ".*[\U00010000-\U0010ffff].*"),
        ("percent", "An id with a per cent sign is a 500.", ".*%.*"),
        ("long", "An id of more than 100 characters is a 500.", ".{101,}"),
        ("backslash", "An id with a backslash is a 500.", r".*\\.*"),
    ):
        breaks(f"id_{name}_breaks", "line_item_id", sentence, matching(pattern))


def matching(pattern: str) -> When:
    """Make a test whether a value is a text that has this form."""
    return lambda v: isinstance(v, str) and re.fullmatch(pattern, v, re.DOTALL) is not None


def plant_instants() -> None:
    """Plant servers that refuse good instants."""
    for name, sentence, pattern in (
        ("z", "Z as an offset is refused.", ".*Z"),
        ("numeric", "A numeric offset is refused.", ".*[+-][0-9]{2}:[0-9]{2}"),
        ("negative", "A negative offset is refused.", ".*-[0-9]{2}:[0-9]{2}"),
        ("lower_t", "A lower-case t is refused.", ".*t.*"),
        ("lower_z", "A lower-case z is refused.", ".*z"),
        ("fraction", "A fraction of a second is refused.", r".*\..*"),
        ("long_fraction", "A fraction of more than three digits is refused.", r".*\.[0-9]{4}.*"),
        ("nanoseconds", "A fraction of more than six digits is refused.", r".*\.[0-9]{7}.*"),
        ("half_hour", "An offset of half hours is refused.", ".*[+-][0-9]{2}:30"),
        ("quarter", "An offset of quarters of an hour is refused.", ".*[+-][0-9]{2}:45"),
        ("leap_day", "29 February of a leap year is refused.", ".*-02-29T.*"),
        ("leap_2000", "29 February 2000 and 2400 are refused.", "2[04]00-02-29T.*"),
        ("day_31", "The 31st is refused in every month.", ".*-31[Tt].*"),
        ("far_offset", "An offset of more than 12 hours is refused.", r".*\+1[34]:[0-9]{2}"),
        ("minus_zero", "The offset -00:00 is refused.", ".*-00:00"),
        ("midnight", "Midnight is refused.", ".*[Tt]00:00:00.*"),
        ("last_second", "The last second of a day is refused.", ".*[Tt]23:59:59.*"),
        ("past", "Any year before 2024 is refused.", "20[01].*|202[0-3].*|1.*"),
    ):
        strict(f"instant_{name}_refused", "effective_at", sentence, matching(pattern))
    for name, sentence, pattern in (
        ("z", "A lower-case z is a 500.", ".*z"),
        ("fraction", "A fraction of nine digits is a 500.", r".*\.[0-9]{7,}.*"),
        ("one_digit", "A fraction of one digit is a 500.", r".*\.[0-9]([^0-9].*)?"),
        ("leap_day", "29 February is a 500.", ".*-02-29.*"),
        ("leap_second", "A leap second is a 500.", ".*:60.*"),
        ("year_1", "The year 1 is a 500.", "000[01].*"),
        ("year_9999", "The last hours of the year 9999 are a 500.", "9999-12-31.*"),
    ):
        breaks_on_body(f"instant_{name}_breaks", "effective_at", sentence, matching(pattern))


def breaks_on_body(name: str, field: str, sentence: str, when: When) -> None:
    """Plant a server that fails on values of ``field`` as they are sent."""

    class Breaks(Zoo):
        """Fails on what is valid."""

        def prepared(self, body: Json) -> Json:
            if isinstance(body, dict) and field in body and when(body[field]):
                raise RuntimeError(sentence)
            return body

    plant(name, "shape", sentence, Breaks)


plant_amounts()
plant_ids()
plant_instants()
