"""The golden pairs, replayed: on a mock to the letter, elsewhere as far as they are documented."""

from __future__ import annotations

import httpx
import pytest

from contract_tests.golden import differences, load_examples, send
from contract_tests.server import Server

pytestmark = pytest.mark.usefixtures("may_post")

EXAMPLES = {example.name: example for example in load_examples()}


DOCUMENTED = sorted(n for n, e in EXAMPLES.items() if e.evidence in ("seed", "documented"))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_answered_as_written(name: str, server: Server) -> None:
    example = EXAMPLES[name]
    if not server.is_mock:
        pytest.skip("another server may word and number its answers otherwise")
    # a sandbox of its own, so that each example begins with the seed
    with _client(server, f"sbx_golden-{example.name}") as client:
        for number, (request, expected) in enumerate(example.exchanges, start=1):
            got = send(client, request, server.accounts[0])
            assert not list(differences(expected, got, server.accounts[0])), f"exchange {number}"


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_documented_example_is_accepted_or_refused(name: str, server: Server) -> None:
    example = EXAMPLES[name]
    token = f"sbx_documented-{name}" if server.is_mock else server.token
    with _client(server, token) as client:
        for number, (request, expected) in enumerate(example.exchanges, start=1):
            got = send(client, request, server.accounts[0])
            assert got.is_success == (expected.status < 400), f"exchange {number}: {got.text}"


def _client(server: Server, token: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"})
