"""What a server says when it is ready: what it holds, and a request that works when pasted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

from mockserver import __version__
from mockserver.api.auth import Client
from mockserver.dollars import dollars
from mockserver.ledger.account import Account
from mockserver.ledger.line_item import RULES, ItemType
from mockserver.ledger.views import balances
from mockserver.sandbox.seed import Seed
from mockserver.settings import Settings

_SAMPLE_ACCOUNTS = 3

_EFFECTIVE_AT = datetime(2020, 7, 20, 9, 11, 28, tzinfo=UTC)

_BODY = (
    '{"line_item_id":"li_0x1234","original_amount_cents":200,'
    '"effective_at":"2020-07-20T09:11:28+00:00","allocation":"INTEREST",'
    '"external_fields":[{"key":"Globex Card Processing Account ID",'
    '"value":"22445702-a389-431f-927d-07b8d0750787"}]}'
)


def ready_text(url: str, settings: Settings, seed: Seed) -> str:
    """Give what is printed once the server at ``url`` takes requests."""
    rows: list[tuple[str, ...]] = [
        ("account", "product", "owes", "principal", "interest", "deferred", "fees")
    ]
    for account in seed.accounts[:_SAMPLE_ACCOUNTS]:
        owed = balances(account, seed.state.last_created_at)
        figures = (owed.total_cents, *owed)
        rows.append(
            (
                account.terms.account_id,
                account.terms.product.product_type,
                *(dollars(cents) for cents in figures),
            )
        )
    origin = f"scenario {settings.scenario}" if settings.scenario else f"seed {settings.seed}"
    console = f"  The ledger: {url}/_mock/" if settings.has_console else ""
    return "\n".join(
        [
            f"canopy-mock {__version__} is ready at {url}",
            f"{len(seed.accounts)} accounts from {origin}; for example",
            "",
            *_table(rows),
            "",
            *(_mint(url, settings.clients[0]) if settings.is_shared else ()),
            *_try_it(url, "$TOKEN" if settings.is_shared else settings.tokens[0], seed),
            "",
            f"The contract: {url}/docs/{console}  Stop with Ctrl-C.",
        ]
    )


def _mint(url: str, client: Client) -> list[str]:
    """Give the request that a token of a shared server comes from."""
    body = json.dumps({"client_id": client.client_id, "client_secret": "…"}, ensure_ascii=False)
    return [
        f"Get a token as {client.client_id}, whose secret you know, and keep it in TOKEN:",
        "",
        f"  curl -X POST {url}/auth/token \\",
        '    -H "Content-Type: application/json" \\',
        f"    -d '{body}'",
        "",
    ]


def _try_it(url: str, token: str, seed: Seed) -> list[str]:
    """Give a request that succeeds: the published one, where an account takes it."""
    taking = (a.terms.account_id for a in seed.accounts if _takes_the_offset(a))
    account_id = next(taking, None)
    if account_id is None:
        return [
            "None of them takes an offset; list them:",
            "",
            f'  curl {url}/accounts -H "Authorization: Bearer {token}"',
        ]
    return [
        f"Take $2.00 off what {account_id} owes:",
        "",
        f"  curl -X POST {url}/accounts/{quote(account_id, safe='')}/line_items/debit_offsets \\",
        f'    -H "Authorization: Bearer {token}" \\',
        '    -H "Content-Type: application/json" \\',
        f"    -d '{_BODY}'",
    ]


def _takes_the_offset(account: Account) -> bool:
    refused_by = RULES[ItemType.DEBIT_OFFSET].refused_by
    return account.terms.effective_at <= _EFFECTIVE_AT and account.status not in refused_by


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Align columns: names to the left, money to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    names = 2
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if at < names else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
