"""What a server says when it is ready: what it holds, and a request that works when pasted."""

from __future__ import annotations

from mockserver import __version__
from mockserver.dollars import dollars
from mockserver.ledger.views import balances
from mockserver.sandbox.seed import Seed
from mockserver.settings import Settings

_SAMPLE_ACCOUNTS = 3

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
    for account in list(seed.accounts.values())[:_SAMPLE_ACCOUNTS]:
        owed = balances(account, seed.last_created_at)
        figures = (owed.total_cents, *owed)
        rows.append(
            (
                account.terms.account_id,
                account.terms.product.product_type.value,
                *(dollars(cents) for cents in figures),
            )
        )
    origin = f"scenario {settings.scenario}" if settings.scenario else f"seed {settings.seed}"
    account_id = next(iter(seed.accounts))
    return "\n".join(
        [
            f"canopy-mock {__version__} is ready at {url}",
            f"{len(seed.accounts)} accounts from {origin}; for example",
            "",
            *_table(rows),
            "",
            "Take $2.00 off the interest of the first:",
            "",
            f"  curl -X POST {url}/accounts/{account_id}/line_items/debit_offsets \\",
            f'    -H "Authorization: Bearer {settings.tokens[0]}" \\',
            '    -H "Content-Type: application/json" \\',
            f"    -d '{_BODY}'",
            "",
            f"The contract: {url}/docs/  The ledger: {url}/_mock/  Stop with Ctrl-C.",
        ]
    )


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
