"""Commands that are told send what was sent, and have no token in them."""

from __future__ import annotations

import subprocess

import pytest

from contract_tests import curl
from contract_tests.bench import Bench
from contract_tests.client import Client
from contract_tests.credentials import Wrong, wrong_credentials
from contract_tests.exchange import Exchange, Request
from contract_tests.target import Target

TARGET = Target("http://127.0.0.1:1", "zoo-token-7f3a91", ("can_1",))
BENCH = Bench(Client(TARGET, 0), 1, is_quick=True, reads=frozenset())
RUN = BENCH.run


def told(*requests: Request, how: str = "sequence") -> str:
    return curl.script(TARGET, [Exchange(request, None) for request in requests], how)


def words(line: str) -> list[str]:
    """Give the arguments that a shell makes of a command."""
    script = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n' + line
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"CANOPY_TOKEN": TARGET.token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


@pytest.mark.parametrize(
    "wrong", list(wrong_credentials(TARGET.token)), ids=lambda wrong: wrong.told
)
def test_wrong_credentials_are_made_of_the_token_by_the_shell(wrong: Wrong) -> None:
    line = told(Request("GET", "/accounts/can_1", wrong.headers))

    assert TARGET.token[:6] not in line
    headers = [word for at, word in enumerate(words(line)) if words(line)[at - 1] == "-H"]
    assert headers == [f"{name}: {value}" if value else f"{name};" for name, value in wrong.headers]


@pytest.mark.parametrize(
    "body",
    [
        b'{"original_amount_cents":1}',
        b"{'quoted': \"both\", \\ $HOME `x` !}",
        '{"a":"\U0001f4b8 e\u0301\n\t"}'.encode(),
        b"\xff\xfe not UTF-8 '\\",
    ],
)
def test_a_body_is_sent_to_the_letter(body: bytes) -> None:
    line = told(Request("POST", "/x", (("Content-Type", "application/json"),), body))

    sent = words(line)
    assert sent[sent.index("--data-binary") + 1].encode("utf-8", "surrogateescape") == body


def test_the_ids_of_a_run_are_others_when_it_is_pasted_again() -> None:
    body = f'{{"line_item_id":"li_{RUN}_7","original_amount_cents":1}}'.encode()
    first, second = (words(told(Request("POST", "/x", (), body))) for _ in range(2))

    assert f"li_{RUN}_" in BENCH.new_id()
    assert first[-1] != second[-1]
    assert RUN not in first[-1]
    assert first[-1].endswith('_7","original_amount_cents":1}')


def test_a_sequence_has_one_id_for_all_its_lines() -> None:
    body = f'{{"line_item_id":"li_{RUN}_7"}}'.encode()
    script = told(Request("POST", "/x", (), body), Request("GET", f"/x/li_{RUN}_7"))

    assert script.startswith("RUN=$(date +%s%N)\ncurl ")
    sent = words(script)
    made = (
        sent[sent.index("--data-binary") + 1].removeprefix('{"line_item_id":"').removesuffix('"}')
    )
    assert sent[-1] == f"http://127.0.0.1:1/x/{made}"


def test_a_race_is_run_at_once_and_a_connection_is_kept() -> None:
    requests = [Request("GET", f"/{number}") for number in range(3)]

    assert told(*requests, how="race").splitlines() == [
        *(f"curl -sS -i 'http://127.0.0.1:1/{number}' &" for number in range(3)),
        "wait",
    ]
    assert told(*requests, how="connection").count("curl ") == 1
    assert told(*requests, how="connection").count("--next") == 2


def test_a_long_sequence_and_a_long_body_are_sent_to_the_end() -> None:
    body = b"v" * 20_000
    lines = told(*(Request("POST", f"/{number}", (), body) for number in range(40))).splitlines()

    assert [words(line)[4] for line in lines] == [f"http://127.0.0.1:1/{n}" for n in range(40)]
    assert words(lines[-1])[-1] == body.decode()
