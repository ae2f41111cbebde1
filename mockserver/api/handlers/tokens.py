"""Exchanging credentials for tokens."""

from __future__ import annotations

from mockserver.api.auth import LIFETIME_SECONDS, Tokens
from mockserver.api.strict_json import Json


def create_access_token(body: Json, tokens: Tokens) -> Json:
    """Answer ``createAccessToken``. Raises InvalidClient."""
    token = tokens.mint(body["client_id"], body["client_secret"])
    return {"access_token": token, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer"}
