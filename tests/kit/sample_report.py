"""A run with everything a report has to tell, and a clean one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from urllib.parse import quote

from contract_tests.exchange import Answer, Exchange, Request
from contract_tests.findings import (
    AssumptionResult,
    AssumptionState,
    Finding,
    LayerResult,
    Report,
    RuleResult,
    RuleState,
)
from contract_tests.rules import LAYERS, Assumption, Rule

TOKEN = "tok/3n &\"ü'+äVery-Secret_0123456789"
CLIENT_SECRET = "cl13nt-s3cr3t?of=the&client"
ISSUED = "issued.by-the-server.abcdef"
SECRETS = (TOKEN, CLIENT_SECRET)
MARKUP = "<script>alert('x')</script> | `a` **b** ]]> &amp;"
CONTROLS = "\x1b[31m\x00\u202e\ud800"
BINARY = b"\xff\xfe\x00binary"
CREATE = "/accounts/can_1/debit_offsets"


def rule(rule_id: str, line: int, evidence: str = "seed") -> Rule:
    """Give a rule with a sentence of its own."""
    return Rule(rule_id, f"The sentence of {rule_id}.", evidence, "#/x", ("createAccount",), line)


EXACT = rule("money.exact-amount", 311)
ONCE = rule("money.once", 312, "owed")
RACE = rule("concurrency.no-lost-update", 402, "owed")
ALLOW = rule("http.allow", 420, "documented")
LISTED = rule("records.listed-once", 350, "observed")
HOLDING = [rule(f"{layer}.holds-{number}", 500) for layer in LAYERS for number in range(8)]

REPEAT = Assumption("repeat-answers-again", "A repeat answers as the first time.", 152)
LEAP = Assumption("leap-second", "A second of 60 stands for the second after it.", 157)
FUTURE = Assumption("future-counts-later", "An offset in the future counts later.", 162)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _leaks() -> bytes:
    """Give an answer that holds the token in every spelling that a server may give it."""
    basic = f"client:{TOKEN}".encode()
    forms = (
        TOKEN,
        quote(TOKEN, safe=""),
        quote(TOKEN).lower(),
        "".join(f"%{octet:02x}" for octet in TOKEN.encode()),
        TOKEN.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;"),
        base64.b64encode(TOKEN.encode()).decode(),
        base64.urlsafe_b64encode(basic).decode(),
        TOKEN[:-1],
        TOKEN[1:],
        TOKEN + "x",
    )
    return "\n".join((json.dumps(TOKEN), *forms, CLIENT_SECRET, ISSUED, MARKUP)).encode()


def exchanges() -> list[Exchange]:
    """Give one exchange of each kind."""
    bearer = ("Authorization", f"Bearer {TOKEN}")
    as_json = ("Content-Type", "application/json")
    form = f"client_secret={quote(CLIENT_SECRET, safe='')}".encode()
    basic = base64.b64encode(f"demo:{CLIENT_SECRET}".encode()).decode()
    issued = _json({"access_token": ISSUED, "token_type": "Bearer"})
    body = _json({"original_amount_cents": 200, "external_fields": [{"value": MARKUP}]})
    sent = Request("POST", CREATE, (bearer, as_json), body, "createAccountDebitOffset")
    asked = Request("GET", f"/accounts/can_1?token={quote(TOKEN, safe='')}&q=a%20b", (bearer,))
    minted = Request("POST", "/auth/token", (("Authorization", f"Basic {basic}"),), form)
    with_issued = Request("GET", "/accounts", (("authorization", f"Bearer {ISSUED}"),))
    binary = Request("POST", CREATE, (("Authorization", "made-up-by-nobody"),), BINARY)
    cookie = ("Set-Cookie", "session=0123456789abcdef; HttpOnly")
    long_one = _json({"text": "é" * 3_000})
    return [
        Exchange(sent, Answer(200, (as_json,), _leaks()), began=1_767_609_000.25, seconds=0.0125),
        Exchange(asked, None, f"the connection broke: {TOKEN}", 1_767_609_001.0, 5.0),
        Exchange(minted, Answer(200, (as_json, cookie), issued), None, 1_767_609_002.0, 0.002),
        Exchange(with_issued, Answer(200, (as_json,), long_one), None, 1_767_609_003.0, 0.003),
        Exchange(binary, Answer(400, (), BINARY, "HTTP/1.0"), None, 1_767_609_004.0, 0.001),
    ]


def findings() -> list[Finding]:
    """Give one finding of each kind, the worst first."""
    told = exchanges()
    curl = f"curl -X POST 'http://x{CREATE}' -H \"Authorization: Bearer {TOKEN}\" -d '{MARKUP}'"
    script = "for n in 1 2; do\n  curl -s http://x/accounts &\ndone\nwait"
    return [
        Finding(EXACT, "money", f"154620 {MARKUP}", f"154720 {CONTROLS}", curl, 3, 3, told),
        Finding(RACE, "concurrency", "two items", f"one item, {TOKEN}", script, 2, 5, told[:1]),
        Finding(
            ALLOW, "shape", "Allow", "no Allow", "curl -i http://x", 3, 3, [], is_accepted=True
        ),
    ]


def everything() -> Report:
    """Give a report of a run that found something of every kind."""
    states = {EXACT: RuleState.BROKEN, RACE: RuleState.BROKEN, ALLOW: RuleState.BROKEN}
    states |= {LISTED: RuleState.UNTESTED}
    results = [RuleResult(of, state, 3) for of, state in states.items()]
    results += [RuleResult(of, RuleState.HOLDS, 12) for of in (ONCE, *HOLDING)]
    no_list = f"the server has no listAccountLineItems {MARKUP}"
    return clean()._replace(
        rules=results,
        layers=[
            LayerResult(name, 0.5, 40, no_list if name == "records" else "") for name in LAYERS
        ],
        findings=findings(),
        assumptions=[
            AssumptionResult(REPEAT, AssumptionState.REFUTED, f"409 {MARKUP} {TOKEN}"),
            AssumptionResult(LEAP, AssumptionState.UNTESTED, "there was no time"),
            AssumptionResult(FUTURE, AssumptionState.CONFIRMED, ""),
        ],
        coverage={("createAccountDebitOffset", 200): 45, ("createAccountDebitOffset", 0): 1},
        exchanges=exchanges(),
        left_behind=[f"can_1: 3 items {MARKUP} {TOKEN}"],
        notes=[f"429 was obeyed {MARKUP}"],
    )


def clean() -> Report:
    """Give a report of a run that found nothing, on a server with every operation."""
    operations = [f"operationOfTheContract{number}" for number in range(24)]
    layers = [LayerResult(name, 0.9, 123, "") for name in LAYERS]
    untested = [rule(f"auth.untested-{number}", 600) for number in range(3)]
    names = [f"assumption-{number}" for number in range(25)]
    no_client = "the run has no --client-id"
    return Report(
        url="http://127.0.0.1:8080",
        version="0.2.0",
        seed=42,
        is_quick=False,
        is_strict=False,
        began=datetime(2026, 1, 5, 10, 30, tzinfo=UTC),
        seconds=9.8,
        layers=[of._replace(untested=no_client * (of.name == "auth")) for of in layers],
        rules=[
            *(RuleResult(of, RuleState.HOLDS, 12) for of in HOLDING),
            *(RuleResult(of, RuleState.UNTESTED, 0) for of in untested),
        ],
        findings=[],
        assumptions=[
            AssumptionResult(Assumption(name, "A sentence.", 150), AssumptionState.CONFIRMED, "")
            for name in names
        ],
        coverage={(of, status): 31 for of in operations for status in (200, 400, 401, 404, 422)},
        exchanges=[],
        left_behind=["can_52322: 45 debit offsets, undone by 45 credit offsets"],
        notes=[],
    )
