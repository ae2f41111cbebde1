"""What exchanges do not hold: no secret in any place or form, and everything else as it was."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.api.auth import DEMO_CLIENT
from mockserver.door.redaction import REDACTED, Redaction
from tests.conftest import ACCOUNT, Api

TOKEN = b"sbx_my-own_token"
CONFIGURED = b"configured-token"
SENT = [(b"authorization", b"Bearer " + TOKEN)]
MINTED = "cmt_MCAxNzY3NjI2MjAwIGRlbW8.K3mC4-2sWf"

BASIC = b64encode(b"somebody:hunter22")


def redacted(text: bytes, sent: Any = SENT) -> bytes:
    return Redaction([CONFIGURED], sent, [], [text]).of(text)


def percent(secret: bytes) -> bytes:
    return "".join(f"%{byte:02x}" for byte in secret).encode()


def escaped(secret: bytes) -> bytes:
    return "".join(f"\\u{byte:04X}" for byte in secret).encode()


FORMS: list[Callable[[bytes], bytes]] = [
    lambda secret: secret,
    percent,
    escaped,
    lambda secret: percent(secret[:1]) + secret[1:],
    lambda secret: secret[:3] + escaped(secret[3:4]) + secret[4:],
    lambda secret: quote(percent(secret)).encode(),
    lambda secret: escaped(percent(secret)),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [TOKEN, CONFIGURED, MINTED.encode(), b"sbx_another"])
def test_a_secret_is_found_in_every_form_and_nothing_around_it_is_lost(
    secret: bytes, form: Callable[[bytes], bytes]
) -> None:
    for before, after in (
        (b"/accounts/", b"/x"),
        (b'{"n": "\\n', b'", "m": 1}'),
        (b"%41", b"%2F%42"),
    ):
        assert redacted(before + form(secret) + after) == before + REDACTED + after


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/x?access_token=abc", "/x?access_token=***"),
        ("/x?a=1&client_secret=abc&b=2", "/x?a=1&client_secret=***&b=2"),
        ("/x?API-KEY=abc", "/x?API-KEY=***"),
        ("/x?access%5Ftoken=abc", "/x?access%5Ftoken=***"),
        ("https://h/cb#id_token=abc&state=1", "https://h/cb#id_token=***&state=1"),
        ("password=abc&user=me", "password=***&user=me"),
        ('{"client_secret": "a\\"b", "x": 1}', '{"client_secret": "***", "x": 1}'),
        ('{"refresh_tok\\u0065n":"abc"}', '{"refresh_tok\\u0065n":"***"}'),
        ('{"a":{"password":1234,"b":[true]}}', '{"a":{"password":"***","b":[true]}}'),
        ('{"credentials":{"user":"me","pwd":"x"}}', '{"credentials":{"user":"me","pwd":"***"}}'),
        ('{"secret":"cut of', '{"secret":"***"'),
        ("/x?access_token=", "/x?access_token=***"),
    ],
)
def test_what_is_named_like_a_credential_loses_its_value(text: str, left: str) -> None:
    assert redacted(text.encode()).decode() == left


@pytest.mark.parametrize(
    "text",
    [
        '{"line_item_id":"li_0x1234","original_amount_cents":200,"allocation":"INTEREST"}',
        '{"lithic":{"transaction_token":"t","card_token":"c"},"key":"token","value":"secret"}',
        "/accounts/can_52322/line_items?limit=5&starting_after=li%2F1%20x",
        '{"error":{"code":"unauthorized","message":"Send a token as \\"Authorization: …\\"."}}',
        '{"status":"AUTHORIZED","note":"caf\\u00e9 100%"}',
        "",
    ],
)
def test_what_is_no_secret_stays_to_the_byte(text: str) -> None:
    assert redacted(text.encode()) == text.encode()


def test_fields_are_hidden_by_their_name_or_lose_the_secrets_in_them() -> None:
    hidden = (
        *("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Canopy-Control"),
        *("X-Api-Token", "X-Auth", "X-Auth-Token", "Api-Key", "X-Api-Key", "X-Csrf-Token"),
    )
    fields = [(name.lower().encode(), b"whatever") for name in hidden]
    redaction = Redaction([], [], fields, [])
    assert all(value == REDACTED for _, value in redaction.of_fields(fields))

    kept = [
        (b"referer", b"http://x/?token=abc&page=2"),
        (b"x-note", b"for " + TOKEN),
        (b"www-authenticate", b"Bearer"),
        (b"idempotency-key", b"k1"),
    ]
    assert Redaction([], SENT, kept, []).of_fields(kept) == (
        (b"referer", b"http://x/?token=***&page=2"),
        (b"x-note", b"for ***"),
        (b"www-authenticate", b"Bearer"),
        (b"idempotency-key", b"k1"),
    )


@pytest.mark.parametrize("shown", [BASIC, b"somebody:hunter22", b"hunter22", percent(b"hunter22")])
def test_credentials_are_found_again_elsewhere(shown: bytes) -> None:
    sent = [(b"authorization", b"Basic " + BASIC)]
    assert redacted(b"/x?q=" + shown, sent) == b"/x?q=***"


def test_a_scheme_without_credentials_is_no_secret() -> None:
    assert redacted(b'{"a":"Bearer"}', [(b"authorization", b"Bearer")]) == b'{"a":"Bearer"}'


@given(st.binary(max_size=300), st.sampled_from(FORMS), st.binary(max_size=300))
def test_whatever_stands_around_it_a_secret_is_not_kept(
    before: bytes, form: Callable[[bytes], bytes], after: bytes
) -> None:
    text = redacted(before + form(TOKEN) + after)
    assert TOKEN not in text
    assert form(TOKEN) not in text or form(TOKEN) in before + after


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"a":', b"%25", b"a=", b"&", b"\\u005c", b"cmt_"])
def test_no_body_takes_long(unit: bytes) -> None:
    text = (unit * 65_536)[:65_536] + b"token"
    began = time.perf_counter()
    redacted(text)
    assert time.perf_counter() - began < 0.5


# through the server


SECRETS = [MINTED, DEMO_CLIENT.client_secret, "demo-token", "hunter22"]


def everything_kept(api: Api) -> str:
    headers = {"Authorization": f"Bearer {api.token}"}
    paths = ("exchanges?limit=1000", "exchanges/har", "strangers?limit=1000", "faults")
    answers = [api.client.get(f"http://localhost/_mock/{p}", headers=headers) for p in paths]
    assert {answer.status_code for answer in answers} == {200}
    api.client.delete("http://localhost/_mock/faults", headers=headers)
    return "".join(answer.text for answer in answers[:3])


def test_no_secret_is_in_what_a_server_keeps_wherever_it_was_sent(api: Api) -> None:
    credentials = {"client_id": "demo", "client_secret": DEMO_CLIENT.client_secret}
    minted = api.client.post("/auth/token", json=credentials).json()["access_token"]
    own = api.token + "_long"
    secrets = [minted, own, *SECRETS]
    bearer = {"Authorization": f"Bearer {own}"}
    for secret in secrets:
        for headers in (bearer, {"Authorization": ""}):
            fields = {"X-Api-Token": secret, "X-Auth": f"Bearer {secret}", "X-Note": f"<{secret}>"}
            fields["Referer"] = f"http://localhost/?token={secret}"
            query = f"access_token={secret}&{quote(secret)}&password={percent(secret.encode())!r}"
            api.client.get(f"/accounts/{secret}?{query}", headers={**fields, **headers})
            body = {"password": secret, "nested": {"token": secret}, secret: 1}
            path = f"/accounts/{ACCOUNT}/line_items/debit_offsets"
            for content in (json.dumps(body).encode(), escaped(secret.encode())):
                given = {"Content-Type": "application/json", **headers}
                api.client.post(path, content=content, headers=given)
            api.client.post(f"/auth/token?client_secret={secret}", json={"client_secret": secret})
    basic = b64encode(b"demo:hunter22").decode()
    api.client.get(f"/accounts?auth={basic}", headers={"Authorization": f"Basic {basic}"})
    api.token = own
    kept = everything_kept(api)

    assert kept.count('"number":') > 40
    for secret in [*secrets, basic]:
        if secret in ("hunter22", MINTED):
            continue  # nobody's secret, unless it is named so, or shown in credentials
        assert secret not in kept, secret
        assert percent(secret.encode()).decode() not in kept
        assert escaped(secret.encode()).decode() not in kept
    assert MINTED not in kept


def test_a_fault_does_not_show_what_its_answer_hides(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.token}_fault"}
    answer = {
        "status": 302,
        "headers": {"Set-Cookie": "a=b", "X-Api-Token": "t", "Location": "/?token=abc"},
        "body": {"access_token": "abc"},
    }
    url = "http://localhost/_mock"
    api.client.post(f"{url}/faults", json={"answer": answer}, headers=headers).raise_for_status()
    api.client.get("/accounts", headers=headers, follow_redirects=False)
    (kept,) = api.client.get(f"{url}/exchanges", headers=headers).json()["results"]

    assert kept["answer"]["body"] == '{"access_token":"***"}'
    shown = dict(kept["answer"]["headers"])
    assert (shown["set-cookie"], shown["x-api-token"]) == ("***", "***")
    assert shown["location"] == "/?token=***"
