"""The zoo itself: every server runs, and the correct ones take the plainest request."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.zoo.api import Zoo
from tests.zoo.catalogue import LAYERS, Breed, breeds
from tests.zoo.guard import TOKEN
from tests.zoo.server import running

BREEDS = list(breeds().values())
CORRECT = [breed for breed in BREEDS if breed.kind == "correct"]
DEFECTS = [breed for breed in BREEDS if breed.kind == "defect"]


def plain_post(zoo: Zoo, timeout: float = 3) -> tuple[int, bytes]:
    """Make the plainest request there is."""
    with running(zoo) as url:
        parts = urlsplit(url)
        assert parts.hostname
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        connection.request(
            "POST",
            f"{parts.path}/accounts/can_101/line_items/debit_offsets",
            json.dumps({"original_amount_cents": 1}),
            {
                "Authorization": f"Bearer {TOKEN}",
                "Content-Type": "application/json",
                "User-Agent": "zoo",
                "Accept": "*/*",
            },
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body


@pytest.mark.parametrize("breed", CORRECT, ids=lambda breed: breed.name)
def test_a_correct_server_takes_the_plainest_request(breed: Breed) -> None:
    status, body = plain_post(breed.made())
    assert status == 200
    assert json.loads(body)["account_id"] == "can_101"


@pytest.mark.parametrize("breed", DEFECTS, ids=lambda breed: breed.name)
def test_a_server_with_a_defect_answers(breed: Breed) -> None:
    status, _ = plain_post(breed.made())
    assert status == 200


def test_there_are_defects_in_every_layer() -> None:
    assert {breed.layer for breed in DEFECTS} == set(LAYERS)


def test_every_server_says_what_it_is() -> None:
    assert [b.name for b in BREEDS if not b.sentence or "\n" in b.sentence] == []
