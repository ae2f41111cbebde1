"""Defects of the layer *growth*: answers that take longer the more there is."""

from __future__ import annotations

import time

from tests.zoo.api import Zoo
from tests.zoo.catalogue import plant
from tests.zoo.messages import Answer, Request

WRITES = {"debit", "credit"}


def grows(name: str, sentence: str, operations: set[str], seconds: float, power: int = 1) -> None:
    """Plant a server whose ``operations`` take ``seconds`` longer for every item."""

    class Grows(Zoo):
        """Becomes slower."""

        def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
            account = self.accounts.get(parameters[0])
            if account is not None and operation in operations:
                time.sleep(seconds * len(account.items) ** power)
            return super().perform(operation, parameters, request)

    plant(name, "growth", sentence, Grows)


def grows_in_all(name: str, sentence: str, operations: set[str], seconds: float) -> None:
    """Plant a server that becomes slower with the items of all accounts."""

    class Grows(Zoo):
        """Becomes slower."""

        def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
            if operation in operations:
                time.sleep(seconds * sum(len(a.items) for a in self.accounts.values()))
            return super().perform(operation, parameters, request)

    plant(name, "growth", sentence, Grows)


class Served(Zoo):
    """Becomes slower with every request."""

    served = 0

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        self.served += 1
        time.sleep(self.served * 0.0003)
        return super().perform(operation, parameters, request)


class LongPages(Zoo):
    """Becomes slower with items behind a cursor."""

    def perform(self, operation: str, parameters: list[str], request: Request) -> Answer:
        if operation == "items" and "starting_after" in request.query:
            time.sleep(len(self.accounts[parameters[0]].items) * 0.001)
        return super().perform(operation, parameters, request)


grows("post_grows", "A POST takes 1 ms longer for every item.", WRITES, 0.001)
grows("post_grows_slowly", "A POST takes 0.4 ms longer for every item.", WRITES, 0.0004)
grows("post_grows_squared", "A POST takes longer with the square of items.", WRITES, 0.00003, 2)
grows("account_grows", "Reading an account takes 1 ms longer for every item.", {"account"}, 0.001)
grows("item_grows", "Reading an item takes 1 ms longer for every item.", {"item"}, 0.001)
grows("list_grows", "A short page takes 1 ms longer for every item.", {"items"}, 0.001)
grows(
    "all_grow",
    "Everything takes 0.5 ms longer for every item.",
    WRITES | {"account", "item", "items"},
    0.0005,
)
grows("list_grows_squared", "A page takes longer with the square of items.", {"items"}, 0.00003, 2)
grows_in_all("post_grows_in_all", "A POST takes longer for items of all accounts.", WRITES, 0.0006)
plant("served_grows", "growth", "Every request takes 0.3 ms longer.", Served)
plant("cursor_grows", "growth", "A page after a cursor takes longer for every item.", LongPages)
