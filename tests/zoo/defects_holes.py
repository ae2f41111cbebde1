"""Defects of the layer *refuses*: what is invalid is taken."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.messages import Json
from tests.zoo.reading import ALLOCATIONS, AMOUNT

GOOD_INSTANT = "2020-03-01T12:00:00Z"
When = Callable[[Json], bool]
Change = Callable[[Json], Json]


def hole(name: str, field: str, sentence: str, when: When, instead: Change) -> None:
    """Plant a server that takes a value of ``field`` as if another had been sent."""

    class Hole(Zoo):
        """Takes what is invalid."""

        def prepared(self, body: Json) -> Json:
            if isinstance(body, dict) and field in body and when(body[field]):
                return {**body, field: instead(body[field])}
            return body

    plant(name, "refuses", sentence, Hole)


def body_hole(name: str, sentence: str, when: When, instead: Change) -> None:
    """Plant a server that takes a body as if another had been sent."""

    class Hole(Zoo):
        """Takes what is invalid."""

        def prepared(self, body: Json) -> Json:
            return instead(body) if when(body) else body

    plant(name, "refuses", sentence, Hole)


def is_text(value: Json) -> bool:
    """Tell a text."""
    return isinstance(value, str)


def matching(pattern: str) -> When:
    """Make a test whether a value is a text that has this form."""
    return lambda value: is_text(value) and re.fullmatch(pattern, value, re.DOTALL) is not None


def always(value: Json) -> Change:
    """Make what gives ``value``, whatever was sent."""
    return lambda _: value


def amount_holes() -> None:
    """Plant holes in the check of the amount."""
    for name, sentence, when, instead in (
        ("string", "A string of digits is taken as an amount.", matching("[0-9]+"), int),
        ("empty_string", "An empty string is taken as no cents.", lambda v: v == "", always(0)),
        ("null", "null is taken as no cents.", lambda v: v is None, always(0)),
        ("bool", "true is taken as one cent.", lambda v: isinstance(v, bool), int),
        ("fraction", "199.5 is cut to 199.", lambda v: isinstance(v, float) and v % 1 > 0, int),
        ("list", "A list with one amount is taken.", lambda v: isinstance(v, list), always(1)),
        ("object", "An object is taken as an amount.", lambda v: isinstance(v, dict), always(1)),
        ("exponent_text", "'2e2' is taken as 200.", matching("[0-9]e[0-9]"), always(200)),
        ("word", "A word is taken as no cents.", matching("[a-z]+"), always(0)),
        ("signed_text", "'+200' is taken as 200.", matching("[+-][0-9]+"), always(200)),
        ("spaced_text", "' 200 ' is taken as 200.", matching(" +[0-9]+ *"), always(200)),
        ("decimal_text", "'2.00' is taken as dollars.", matching(r"[0-9]+\.[0-9]+"), always(200)),
    ):
        hole(f"amount_{name}_taken", AMOUNT, sentence, when, instead)

    def filled(body: Json) -> Json:
        return {AMOUNT: 0, **body}

    def lacks(body: Json) -> bool:
        return isinstance(body, dict) and AMOUNT not in body

    body_hole("amount_missing_taken", "A missing amount is taken as 0.", lacks, filled)


def id_holes() -> None:
    """Plant holes in the check of the line item id."""
    for name, sentence, when, instead in (
        ("can", "An id that begins with can_ is taken.", matching("can_.*"), lambda v: "x" + v),
        (
            "can_newline",
            "can_ before a line break is taken.",
            matching("can_.*\n.*"),
            always("x\n"),
        ),
        ("integer", "An integer is taken as an id.", lambda v: type(v) is int, str),
        ("null", "null is taken as an id.", lambda v: v is None, always("null")),
        ("bool", "true is taken as an id.", lambda v: isinstance(v, bool), str),
        ("float", "1.5 is taken as an id.", lambda v: isinstance(v, float), str),
        ("list", "A list is taken as an id.", lambda v: isinstance(v, list), str),
        ("object", "An object is taken as an id.", lambda v: isinstance(v, dict), str),
    ):
        hole(f"id_{name}_taken", "line_item_id", sentence, when, instead)


def instant_holes() -> None:
    """Plant holes in the check of effective_at."""
    date, time = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
    for name, sentence, pattern in (
        ("no_offset", "An instant without an offset is taken.", f"{date}T{time}"),
        ("date_only", "A date without a time is taken.", date),
        ("space", "A space in place of the T is taken.", f"{date} {time}(Z|.[0-9:]+)"),
        ("no_seconds", "An instant without seconds is taken.", f"{date}T[0-9:]{{5}}Z"),
        ("short_offset", "An offset without minutes is taken.", f"{date}T{time}[+-][0-9]{{2}}"),
        ("no_colon", "An offset without a colon is taken.", f"{date}T{time}[+-][0-9]{{4}}"),
        ("basic", "The basic form without hyphens is taken.", "[0-9]{8}T[0-9]{6}Z"),
        ("day_0", "The day 00 is taken.", "[0-9]{4}-[0-9]{2}-00T.*"),
        ("day_32", "The day 32 is taken.", "[0-9]{4}-[0-9]{2}-(3[2-9]|[4-9].)T.*"),
        ("april_31", "The 31st of short months is taken.", "[0-9]{4}-(04|06|09|11)-31T.*"),
        ("february_30", "The 30th of February is taken.", "[0-9]{4}-02-3[01]T.*"),
        ("february_29", "29 February is taken in any year.", "20(19|2[1235]|3[01])-02-29T.*"),
        ("leap_2100", "29 February 2100 is taken.", "(19|21|22)00-02-29T.*"),
        ("month_0", "The month 00 is taken.", "[0-9]{4}-00-.*"),
        ("month_13", "The month 13 is taken.", "[0-9]{4}-(1[3-9]|[2-9].)-.*"),
        ("hour_24", "The hour 24 is taken.", ".*T24:.*"),
        ("hour_25", "The hour 25 is taken.", ".*T(2[5-9]|[3-9].):.*"),
        ("minute_60", "The minute 60 is taken.", ".*T[0-9]{2}:[6-9][0-9]:.*"),
        ("second_61", "The second 61 is taken.", ".*:[0-9]{2}:(6[1-9]|[7-9].)(Z|[.+-].*)"),
        ("offset_24", "An offset of 24 hours is taken.", ".*[+-](2[4-9]|[3-9].):[0-9]{2}"),
        ("offset_60", "An offset of 60 minutes is taken.", ".*[+-][0-9]{2}:[6-9][0-9]"),
        ("newline", "A line break after the instant is taken.", ".*\n"),
        ("blank", "Blanks around the instant are taken.", " .*|.* "),
        ("digits", "A text of digits is taken as a moment.", "[0-9]+"),
        ("word", "Words like yesterday are taken.", "[a-z]+"),
        ("empty", "An empty instant is taken as now.", ""),
        ("comma", "A comma before the fraction is taken.", ".*:[0-9]{2},[0-9]+.*"),
        ("bare_dot", "A dot without a fraction is taken.", r".*:[0-9]{2}\.(Z|[+-].*)"),
        ("slashes", "Slashes in the date are taken.", "[0-9]+/[0-9]+/[0-9]+.*"),
        ("week_date", "A week date is taken.", "[0-9]{4}-W.*"),
        ("year_5", "A year of five digits is taken.", r"[+]?[0-9]{5}-.*"),
        (
            "foreign_digits",
            "Digits of other scripts are taken.",
            ".*[\u0660-\u0669\uff10-\uff19].*",
        ),
        ("one_digit", "A month of one digit is taken.", "[0-9]{4}-([0-9]-.*|[0-9]{2}-[0-9]T.*)"),
        ("zone_name", "The name of a zone is taken.", ".*(EST|UTC|GMT|New_York.?)"),
    ):
        sent = matching(pattern)
        hole(f"instant_{name}_taken", "effective_at", sentence, sent, always(GOOD_INSTANT))
    for name, kind in (("integer", int), ("bool", bool), ("list", list), ("object", dict)):
        sentence = f"A JSON {name} is taken as an instant."
        hole(f"instant_{name}_taken", "effective_at", sentence, of(kind), always(GOOD_INSTANT))


def of(kind: type) -> When:
    """Make a test for exactly one type."""
    return lambda value: type(value) is kind


def allocation_holes() -> None:
    """Plant holes in the check of the allocation."""

    def known(change: Callable[[str], str]) -> When:
        return lambda v: is_text(v) and v not in ALLOCATIONS and change(v) in ALLOCATIONS

    for name, sentence, change in (
        ("lower_case", "An allocation in lower case is taken.", str.upper),
        ("spaced", "Blanks around an allocation are taken.", str.strip),
        ("plural", "FEES is taken for FEE.", lambda v: v.removesuffix("S")),
        ("hyphen", "DEFERRED-INTEREST is taken.", lambda v: v.replace("-", "_")),
    ):
        hole(f"allocation_{name}_taken", "allocation", sentence, known(change), change)
    for name, sentence, when in (
        ("unknown", "An unknown allocation is taken as PRINCIPAL.", matching("[A-Z]+")),
        ("empty", "An empty allocation is taken as none.", matching("")),
        ("am", "AM_INTEREST is taken.", matching("AM_[A-Z_]+")),
        ("integer", "An integer is taken as an allocation.", of(int)),
        ("list", "A list is taken as an allocation.", of(list)),
        ("bool", "true is taken as an allocation.", of(bool)),
        ("object", "An object is taken as an allocation.", of(dict)),
        ("newline", "A line break after an allocation is taken.", matching("[A-Z_]+\n")),
        ("null", "null is taken as an allocation.", lambda v: v is None),
    ):

        def instead(value: Json, kept: tuple[str, ...] = ALLOCATIONS) -> Json:
            return value if is_text(value) and value in kept else "PRINCIPAL"

        hole(f"allocation_{name}_taken", "allocation", sentence, when, instead)


amount_holes()
id_holes()
instant_holes()
allocation_holes()
