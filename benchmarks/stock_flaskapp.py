"""Connexion's stock ``FlaskApp`` with the same contract and a handler that computes nothing.

What somebody gets who follows Connexion's documentation: its own runner, its own validation, its
own response handling. The yardstick of ``make bench``.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import yaml
from connexion import FlaskApp
from connexion.resolver import Resolver

_CREATED = {
    "account_id": "can_52322",
    "line_item_id": "can_1",
    "product_id": "can_2",
    "line_item_summary": {"original_amount_cents": -200, "principal_cents": -200},
}


def token_info(token: str) -> dict[str, str]:
    """Accept every token."""
    return {"sub": token}


def handler(**_: Any) -> tuple[dict[str, Any], int]:
    """Answer always the same."""
    return _CREATED, 200


def main(port: int) -> None:
    """Serve on ``port``."""
    logging.disable(logging.WARNING)
    app = FlaskApp(__name__, resolver=Resolver(lambda _: handler))
    contract = Path(__file__).parent.parent / "openapi.yaml"
    raw = yaml.safe_load(contract.read_bytes())
    raw["components"]["securitySchemes"]["bearer"]["x-bearerInfoFunc"] = (
        "benchmarks.stock_flaskapp.token_info"
    )
    app.add_api(raw)
    app.run(port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]))
