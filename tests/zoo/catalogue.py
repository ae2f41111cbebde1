"""All servers by name: what each is, and how it is made."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc

from tests.zoo.api import Zoo

LAYERS = (
    "shape",
    "accepts",
    "refuses",
    "money",
    "records",
    "auth",
    "concurrency",
    "http",
    "growth",
    "model",
)
MODULES = (
    "variants",
    "variants_http",
    "variants_rules",
    "defects_holes",
    "defects_bodies",
    "defects_refusals",
    "defects_money",
    "defects_auth",
    "defects_auth_more",
    "defects_accepts",
    "defects_accepts_more",
    "defects_kept",
    "defects_lists",
    "defects_repeats",
    "defects_shape",
    "defects_http",
    "defects_framing",
    "defects_connections",
    "defects_throttling",
    "defects_races",
    "defects_races_more",
    "defects_growth",
    "defects_model",
    "defects_met",
    "defects_met_more",
    "defects_met_again",
    "defects_met_late",
)


ALLOWED = {
    "instant_space_taken": "RFC 3339 5.6 lets applications write a space for the T",
    "instant_offset_60_taken": "parsers of languages carry 60 minutes over to the hour",
    "instant_foreign_digits_taken": "parsers of languages know digits of all scripts",
    "both_cursors_taken": "a server may well prefer one cursor to the other",
    "wire_absolute_lost": "only proxies are sent requests for whole URLs",
    "fields_extra_refused": "the contract names all members of a field",
    "decoded_first": "servers decode a path before they take it apart, and nobody says otherwise",
    "wire_unread_get": "no GET has a body, and what it has means nothing",
    "wire_unread_405": "whoever knows no such method need not know of its body",
    "wire_expect_ignored": "clients do not wait for long, and buffers of libraries hold 100 back",
    "wire_chunked_empty": "it is refused as an empty body would be, as may be all chunks",
    "wire_chunk_extensions": "nobody sends extensions of chunks",
    "overflow_of_interest": "nobody documents what becomes of what a bucket cannot take",
    "overflow_order": "nobody documents in which order buckets are taken from",
}
"""What looks like a defect, by name, and why a right server may do it: it must cause no alarm."""


@dataclass(frozen=True)
class Breed:
    """One kind of server."""

    name: str
    kind: str
    """``correct`` or ``defect``."""
    layer: str
    """The layer that has to find the defect; ``-`` for a correct server."""
    sentence: str
    made: type[Zoo]


BREEDS: dict[str, Breed] = {}


def enter(breed: Breed) -> None:
    """Put a breed into the catalogue."""
    assert breed.name not in BREEDS, f"{breed.name} is there twice"
    assert breed.layer in (*LAYERS, "-"), breed.layer
    assert breed.sentence, f"{breed.name} has no sentence"
    BREEDS[breed.name] = breed


def name_of(made: type[Zoo]) -> str:
    """Give the name in the catalogue that goes with the name of a class."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", made.__name__).lower()


def defect(layer: str) -> Callable[[type[Zoo]], type[Zoo]]:
    """Enter a class with one defect; its docstring is the sentence that tells it."""

    def entered(made: type[Zoo]) -> type[Zoo]:
        plant(name_of(made), layer, getdoc(made) or "", made)
        return made

    return entered


def plant(name: str, layer: str, sentence: str, made: type[Zoo]) -> None:
    """Enter a class with one defect, or with what only looks like one."""
    kind, found_by = ("correct", "-") if name in ALLOWED else ("defect", layer)
    enter(Breed(name, kind, found_by, sentence, made))


def correct(made: type[Zoo]) -> type[Zoo]:
    """Enter a class that keeps the contract in a way of its own."""
    enter(Breed(name_of(made), "correct", "-", getdoc(made) or "", made))
    return made


def breeds() -> dict[str, Breed]:
    """Give all servers by name."""
    for module in MODULES:
        importlib.import_module(f"tests.zoo.{module}")
    return BREEDS
