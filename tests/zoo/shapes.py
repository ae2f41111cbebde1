"""How things look in answers."""

from __future__ import annotations

from datetime import datetime

from tests.zoo.instants import shown_instant
from tests.zoo.ledger import Account, Bucket, Item
from tests.zoo.messages import Json, Refused


class Shapes:
    """What accounts, items and errors look like."""

    item_status = "VALID"
    """Of every item."""

    def instant(self, instant: datetime) -> str:
        return shown_instant(instant)

    def item_content(self, item: Item) -> Json:
        """Show an item as it is now."""
        order = item.order
        return {
            "account_id": item.account_id,
            "line_item_id": item.line_item_id,
            "product_id": "can_51001",
            "effective_at": self.instant(item.effective_at),
            "created_at": self.instant(item.created_at),
            "line_item_overview": {
                "line_item_status": self.item_status,
                "line_item_type": item.kind,
                "description": item.description,
                "allocation": None if order is None else order.allocation,
            },
            "line_item_summary": self.item_summary(item),
            "merchant_data": None,
            "issuer_processor_details": None,
            "external_fields": None if order is None else order.external_fields,
        }

    def item_summary(self, item: Item) -> dict[str, int]:
        is_new = item.order is not None and item.first_answer is None
        is_principal = is_new or item.kind == "CHARGE"
        return {
            "original_amount_cents": item.amount_cents,
            "balance_cents": item.left_cents,
            "principal_cents": item.left_cents if is_principal else 0,
            "interest_balance_cents": 0,
            "am_interest_balance_cents": 0,
            "deferred_interest_balance_cents": 0,
            "am_deferred_interest_balance_cents": 0,
            "total_interest_paid_to_date_cents": 0,
        }

    def account_content(self, account: Account) -> Json:
        """Show an account as it is now."""
        return {
            "account_id": account.account_id,
            "effective_at": self.instant(account.opened_at),
            "created_at": self.instant(account.opened_at),
            "account_overview": {"account_status": "ACTIVE"},
            "account_product": {
                "product_id": account.product_id,
                "product_name": "Everyday Credit Line",
                "product_type": "REVOLVING",
                "product_time_zone": "America/New_York",
                "product_lifecycle": {"origination_fee_impl_cents": 0},
            },
            "summary": self.account_summary(account),
            "customers": [],
            "cycle_type": None,
            "external_fields": None,
        }

    def account_summary(self, account: Account) -> dict[str, Json]:
        owed = account.owed_cents
        principal = owed[Bucket.PRINCIPAL] - account.unpoured_cents
        total = principal + owed[Bucket.INTEREST] + owed[Bucket.DEFERRED_INTEREST]
        total += owed[Bucket.FEE]
        available = min(max(1_000_000 - owed[Bucket.PRINCIPAL], 0), 1_000_000)
        return {
            "total_balance_cents": total,
            "principal_cents": principal,
            "interest_balance_cents": owed[Bucket.INTEREST],
            "am_interest_balance_cents": 0,
            "deferred_interest_balance_cents": owed[Bucket.DEFERRED_INTEREST],
            "am_deferred_interest_balance_cents": 0,
            "fees_balance_cents": owed[Bucket.FEE],
            "credit_limit_cents": 1_000_000,
            "available_credit_cents": available,
            "open_to_buy_cents": available,
            "total_payoff_cents": max(total, 0),
            "total_paid_to_date_cents": 0,
            "total_interest_paid_to_date_cents": 0,
            "initial_principal_cents": self.initial_principal_cents(account),
            "interest_rate_percent": 0,
        }

    def initial_principal_cents(self, account: Account) -> int:
        charges = [item.amount_cents for item in account.items[:1] if item.kind == "CHARGE"]
        return sum(charges)

    def error_content(self, refused: Refused) -> Json:
        """Show a refusal."""
        error: dict[str, Json] = {"code": refused.code, "message": refused.message}
        if refused.details is not None:
            error["details"] = refused.details
        return {"error": error}
