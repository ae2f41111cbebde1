"""More defects of the layer *records*: ids, repeats, times, what is read back."""

# ruff: noqa: ARG002, ARG005 - an override takes what the correct method takes

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect, plant
from tests.zoo.ledger import OPENED, Account, Item, Order
from tests.zoo.messages import Json, Refused, Request


class Forgetting(Zoo):
    """Knows only some ids."""

    def known(self, account: Account, order: Order) -> Item | None:
        known = super().known(account, order)
        return known if known and self.remembers(account, known, order) else None

    def remembers(self, account: Account, known: Item, order: Order) -> bool:
        return True


def forgets(name: str, sentence: str, remembers: Callable[[Account, Item, Order], bool]) -> None:
    """Plant a server that posts some repeats again."""

    class Forgets(Forgetting):
        """Forgets."""

        def remembers(self, account: Account, known: Item, order: Order) -> bool:
            return remembers(account, known, order)

    plant(name, "records", sentence, Forgets)


def posted(account: Account) -> list[Item]:
    """Give the items that were posted, in their order."""
    return sorted((i for i in account.items if i.order), key=lambda item: item.number)


def with_other_content(account: Account, known: Item, order: Order) -> bool:
    """Tell whether an order is not a mere repeat."""
    return known.order == order


def plant_forgetful() -> None:
    """Plant servers that post some repeats again."""
    for name, sentence, remembers in (
        ("all", "A repeat posts again.", lambda *_: False),
        ("but_last", "Only the last id is remembered.", lambda a, k, _: k is posted(a)[-1]),
        ("but_ten", "Only the last ten ids are remembered.", lambda a, k, _: k in posted(a)[-10:]),
        (
            "but_three",
            "Only the last three ids are remembered.",
            lambda a, k, _: k in posted(a)[-3:],
        ),
        ("other_content", "A repeat with other content posts.", with_other_content),
        ("other_amount", "A repeat with another amount posts.", same_amount),
        ("first_repeat", "The second repeat posts.", second_repeat),
        ("credit", "A repeat of a credit offset posts.", lambda a, k, o: o.operation == "debit"),
        ("zero", "A repeat of 0 cents is listed again.", lambda a, k, o: o.amount_cents > 0),
        (
            "with_fields",
            "A repeat with external fields posts.",
            lambda a, k, o: not o.external_fields,
        ),
        (
            "with_instant",
            "A repeat with effective_at posts.",
            lambda a, k, o: o.effective_at is None,
        ),
        (
            "without_instant",
            "A repeat without effective_at posts.",
            lambda a, k, o: o.effective_at is not None,
        ),
        (
            "long_ids",
            "A repeat of an id over 20 characters posts.",
            lambda a, k, o: len(k.line_item_id) <= 20,
        ),
        (
            "unicode_ids",
            "A repeat of an id outside ASCII posts.",
            lambda a, k, o: k.line_item_id.isascii(),
        ),
        (
            "other_operation",
            "A debit's id makes a credit.",
            lambda a, k, o: k.order is None or k.order.operation == o.operation,
        ),
        (
            "with_blank",
            "A repeat of an id with a blank posts.",
            lambda a, k, o: " " not in k.line_item_id,
        ),
    ):
        forgets(f"forgets_{name}", sentence, remembers)


def same_amount(account: Account, known: Item, order: Order) -> bool:
    """Tell whether an order has the amount of the first."""
    return known.order is None or known.order.amount_cents == order.amount_cents


def second_repeat(account: Account, known: Item, order: Order) -> bool:
    """Tell whether an order is the first repeat."""
    first = not known.description.endswith(" ")
    known.description = known.description.rstrip() + " " * first
    return first


plant_forgetful()


@defect("records")
class RepeatMovesOnly(Zoo):
    """A repeat is not listed again, but moves the balance again."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        content = super().repeated(account, known, order)
        self.book(account, known)
        return content


@defect("records")
class RepeatListsOnly(Zoo):
    """A repeat is listed again, but moves nothing."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        content = super().repeated(account, known, order)
        self.add(account, replace(known, number=next(self.numbers)))
        return content


@defect("records")
class ConflictOverwrites(Zoo):
    """A repeat with other content is refused, but changes the item."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        if known.order is not None and not self.same(known.order, order):
            known.amount_cents = -order.amount_cents
        return super().repeated(account, known, order)


@defect("records")
class ConflictMoves(Zoo):
    """A repeat with other content is refused, but moves the balance."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        if known.order is not None and not self.same(known.order, order):
            self.book(account, self.item(account, replace(order, line_item_id="x")))
        return super().repeated(account, known, order)


@defect("records")
class RepeatChangesFields(Zoo):
    """A repeat with other external fields is answered 200, and changes them."""

    def same(self, first: Order, second: Order) -> bool:
        alike = replace(second, external_fields=first.external_fields) == first
        if alike:
            first.external_fields = second.external_fields
        return alike


@defect("records")
class RepeatChangesCreated(Zoo):
    """A repeat changes created_at of the item."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        known.created_at = datetime.now(UTC) + timedelta(seconds=90)
        return super().repeated(account, known, order)


@defect("records")
class RepeatAnswersOther(Zoo):
    """A repeat is answered with the latest item in place of its own."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        super().repeated(account, known, order)
        return posted(account)[-1].first_answer


@defect("records")
class RepeatFails(Zoo):
    """A repeat is a 500."""

    def repeated(self, account: Account, known: Item, order: Order) -> Json:
        raise RuntimeError("UNIQUE constraint failed: line_items.id")


@defect("accepts")
class IdsIgnoreCase(Zoo):
    """Ids that differ in case only are the same."""

    def known(self, account: Account, order: Order) -> Item | None:
        sent = (order.line_item_id or "").lower()
        return next((item for name, item in account.by_id.items() if name.lower() == sent), None)

    def same(self, first: Order, second: Order) -> bool:
        return super().same(replace(first, line_item_id=None), replace(second, line_item_id=None))


@defect("records")
class IdsOfAllAccounts(Zoo):
    """An id that is used on one account makes another account answer with its item."""

    def known(self, account: Account, order: Order) -> Item | None:
        known = (super(IdsOfAllAccounts, self).known(a, order) for a in self.accounts.values())
        return next(filter(None, known), None)


@defect("records")
class GeneratedTwice(Zoo):
    """Every second generated id is the one before."""

    def new_id(self, number: int) -> str:
        return super().new_id(number // 2 * 2)


@defect("records")
class GeneratedWrap(Zoo):
    """Generated ids begin again after five."""

    def new_id(self, number: int) -> str:
        return super().new_id(number % 5)


@defect("records")
class GeneratedMoves(Zoo):
    """The answer to a POST shows another generated id than the list."""

    def add(self, account: Account, item: Item) -> None:
        if item.order and item.order.line_item_id is None:
            item.line_item_id += "0"
        super().add(account, item)


def created(name: str, sentence: str, created_at: Callable[[Item], datetime]) -> None:
    """Plant a server with another created_at."""

    class Created(Zoo):
        """Has another created_at."""

        def item(self, account: Account, order: Order) -> Item:
            item = super().item(account, order)
            return replace(item, created_at=created_at(item))

    plant(name, "records", sentence, Created)


created("created_is_effective", "created_at is effective_at.", lambda i: i.effective_at)
created("created_constant", "created_at is always the opening.", lambda _: OPENED)
created("created_epoch", "created_at is 1970.", lambda _: datetime(1970, 1, 1, tzinfo=UTC))
created("created_local", "created_at is off by hours.", lambda i: i.created_at - timedelta(hours=5))
created("created_future", "created_at is tomorrow.", lambda i: i.created_at + timedelta(days=1))


@defect("records")
class ItemUnreadable(Zoo):
    """A line item that is listed cannot be read by its id."""

    def add(self, account: Account, item: Item) -> None:
        super().add(account, item)
        if item.order and item.order.line_item_id is None:
            del account.by_id[item.line_item_id]


@defect("records")
class UnknownItemAnswered(Zoo):
    """A line item that is not there is answered with the first one."""

    def read(self, operation: str, parameters: list[str], request: Request) -> Json:
        try:
            return super().read(operation, parameters, request)
        except Refused:
            if operation != "item":
                raise
            account = self.account(parameters[0])
            return self.envelope(account, account.items[:1], has_more=False)
