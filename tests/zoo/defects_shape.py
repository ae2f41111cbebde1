"""Defects of the layer *shape*: answers that break the published schemas."""

from __future__ import annotations

from collections.abc import Callable

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.ledger import Account, Item
from tests.zoo.messages import Answer, Json, Request

Change = Callable[[Json], Json]


def posted(name: str, sentence: str, change: Change, layer: str = "shape") -> None:
    """Plant a server whose answer to a POST is malformed."""

    class Posted(Zoo):
        """Answers in another shape."""

        def created(self, content: Json) -> Answer:
            return super().created(change(content))

    plant(f"post_{name}", layer, f"The answer to a POST {sentence}.", Posted)


def read_back(name: str, sentence: str, change: Change, layer: str = "shape") -> None:
    """Plant a server whose items are malformed when they are read."""

    class Read(Zoo):
        """Answers in another shape."""

        def envelope(self, account: Account, found: list[Item], *, has_more: bool) -> Json:
            content = super().envelope(account, found, has_more=has_more)
            return {**content, "results": [change(item) for item in content["results"]]}

    plant(f"read_{name}", layer, f"An item that is read {sentence}.", Read)


def shown(name: str, sentence: str, change: Change) -> None:
    """Plant a server whose accounts are malformed."""

    class Shown(Zoo):
        """Answers in another shape."""

        def account_content(self, account: Account) -> Json:
            return change(super().account_content(account))

    plant(f"account_{name}", "shape", f"An account {sentence}.", Shown)


def paged(name: str, sentence: str, change: Change) -> None:
    """Plant a server whose pages are malformed."""

    class Paged(Zoo):
        """Answers in another shape."""

        def envelope(self, account: Account, found: list[Item], *, has_more: bool) -> Json:
            return change(super().envelope(account, found, has_more=has_more))

    plant(f"page_{name}", "shape", f"A page {sentence}.", Paged)


def lacking(*names: str) -> Change:
    """Make what leaves a member out."""
    return lambda content: {n: v for n, v in content.items() if n not in names}


def put(path: str, change: Change) -> Change:
    """Make what changes one member."""
    first, _, rest = path.partition(".")

    def changed(content: Json) -> Json:
        value = put(rest, change)(content[first]) if rest else change(content[first])
        return {**content, first: value}

    return changed


def always(value: Json) -> Change:
    """Make what gives ``value``."""
    return lambda _: value


def digits(text: str) -> int:
    """Make a number of an id."""
    return int("".join(char for char in text if char.isdecimal()) or 7)


def camel(content: Json) -> Json:
    """Write names in camel case."""

    def other(name: str) -> str:
        first, *rest = name.split("_")
        return first + "".join(word.title() for word in rest)

    return {other(name): value for name, value in content.items()}


ITEM_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("no_account_id", "lacks account_id", lacking("account_id")),
    ("no_line_item_id", "lacks line_item_id", lacking("line_item_id")),
    ("no_product_id", "lacks product_id", lacking("product_id")),
    ("null_product_id", "has null as product_id", put("product_id", always(None))),
    ("integer_product_id", "has a number as product_id", put("product_id", digits)),
    ("integer_account_id", "has a number as account_id", put("account_id", digits)),
    ("integer_item_id", "has a number as line_item_id", put("line_item_id", digits)),
    ("epoch", "has seconds as effective_at", put("effective_at", always(1_700_000_000))),
    ("naive", "has a created_at without an offset", put("created_at", lambda t: t[:19])),
    (
        "blank_time",
        "has a blank in its created_at",
        put("created_at", lambda t: t.replace("T", " ")),
    ),
    (
        "text_amount",
        "has its amount as a text",
        put("line_item_summary.original_amount_cents", str),
    ),
    (
        "dollars",
        "has its amount in dollars",
        put("line_item_summary.original_amount_cents", lambda c: c / 100),
    ),
    (
        "null_amount",
        "has null as its amount",
        put("line_item_summary.original_amount_cents", always(None)),
    ),
    ("text_summary", "has a text as its summary", put("line_item_summary", str)),
    (
        "unknown_status",
        "has an unknown status",
        put("line_item_overview.line_item_status", always("OK")),
    ),
    (
        "lower_status",
        "has its status in lower case",
        put("line_item_overview.line_item_status", str.lower),
    ),
    (
        "integer_type",
        "has a number as its type",
        put("line_item_overview.line_item_type", always(3)),
    ),
    ("object_fields", "has an object as external fields", put("external_fields", always({}))),
    ("list_merchant", "has a list as merchant data", put("merchant_data", always([]))),
    ("camel", "has its names in camel case", camel),
    ("wrapped", "is wrapped in data", lambda content: {"data": content}),
    ("list", "is a list", lambda content: [content]),
)
ACCOUNT_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("text_total", "has a text as its total", put("summary.total_balance_cents", str)),
    ("fraction", "has a fraction as principal", put("summary.principal_cents", lambda c: c + 0.5)),
    ("null_fees", "has null as fees", put("summary.fees_balance_cents", always(None))),
    (
        "lower_status",
        "has its status in lower case",
        put("account_overview.account_status", str.lower),
    ),
    ("integer_id", "has a number as its id", put("account_id", digits)),
    ("date_only", "has a date as effective_at", put("effective_at", lambda t: t[:10])),
    ("list_summary", "has a list as its summary", put("summary", lambda s: list(s.items()))),
    ("null_customers", "has null as customers", put("customers", always(None))),
)
PAGE_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("bare", "is a bare list", lambda content: content["results"]),
    ("object_results", "has an object as results", put("results", lambda r: dict(enumerate(r)))),
    ("text_more", "has a text as has_more", put("paging.has_more", lambda v: str(v).lower())),
    ("null_more", "has null as has_more", put("paging.has_more", always(None))),
    ("number_cursor", "has a number as a cursor", put("paging.starting_after", always(7))),
    ("list_paging", "has a list as paging", put("paging", always([]))),
    ("false_cursor", "has false as a cursor", put("paging.ending_before", lambda _: False)),
)


for item_name, item_sentence, item_change in ITEM_CHANGES:
    posted(item_name, item_sentence, item_change)
    if item_name not in ("wrapped", "list", "dollars"):
        read_back(item_name, item_sentence, item_change)
_unknown = ("lower_allocation", "has an unknown allocation")
_put_unknown = put("line_item_overview.allocation", always("none"))
posted(*_unknown, _put_unknown, layer="accepts")
read_back(*_unknown, _put_unknown, layer="records")
for account_name, account_sentence, account_change in ACCOUNT_CHANGES:
    shown(account_name, account_sentence, account_change)
for page_name, page_sentence, page_change in PAGE_CHANGES:
    paged(page_name, page_sentence, page_change)


@defect("records")
class OneHasMore(Zoo):
    """An item that is read by its id comes with has_more."""

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        content = super().read(operation, parameters, request)
        if operation == "item":
            content["paging"]["has_more"] = True
        return content
