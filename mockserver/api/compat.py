"""The two profiles: the published contract, and what the real service was seen to do.

:data:`DIFFERENCES` is the one place that says where they differ. Nothing else in the project
depends on which of them is served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from mockserver.api.failures import Failure, Kind, SchemaViolation
from mockserver.ledger.refusals import EffectiveBeforeOpening


class Compat(Enum):
    """The profile a server is started with."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the handling of a request depends on."""

    kinds: Mapping[Failure, Kind]
    """What is answered otherwise than the table of failures says (``problems``)."""
    coerces_types: bool
    """Whether ``"3000"`` is good for an integer and 5 for a string, as in AJV's coerceTypes."""
    strips_trailing_space: bool
    """Whether a path may end in ``%20``."""
    reads_local_times: bool
    """Whether an instant may lack its offset and is then local to the account's product."""


PROFILES: dict[Compat, Profile] = {
    Compat.DOCUMENTED: Profile(
        kinds={},
        coerces_types=False,
        strips_trailing_space=False,
        reads_local_times=False,
    ),
    Compat.OBSERVED: Profile(
        kinds={
            SchemaViolation: Kind(HTTPStatus.BAD_REQUEST, "server_error"),
            EffectiveBeforeOpening: Kind(HTTPStatus.BAD_REQUEST, "bad_request"),
        },
        coerces_types=True,
        strips_trailing_space=True,
        reads_local_times=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing the profiles differ in, for the docs; ``field`` is that of :class:`Profile`."""

    field: str
    what: str
    documented: str
    observed: str


DIFFERENCES: tuple[Difference, ...] = (
    Difference("kinds", "A request that breaks a schema", "422", "400"),
    Difference(
        "kinds",
        "An `effective_at` before the account was opened",
        "409 `before_account_opening`",
        "400 `bad_request`",
    ),
    Difference(
        "coerces_types",
        "Types in bodies and queries",
        'strict: `200.0` and `"200"` are no integers',
        'coerced at any depth: `"3000"` → 3000, `200.0` → 200, `"true"` → true, 5 → `"5"`',
    ),
    Difference(
        "strips_trailing_space",
        "A path that ends in `%20`",
        "404: another path",
        "read without it",
    ),
    Difference(
        "reads_local_times",
        "An instant without an offset",
        "422",
        "local to the product's time zone",
    ),
)
