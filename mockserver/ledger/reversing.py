"""Taking back: payments, charges, fees (ledger.md L11, L22)."""

from __future__ import annotations

from mockserver.ledger.commands import Processing, Reversal, ReverseCharge, ReversePayment
from mockserver.ledger.draft import Accepted, Draft
from mockserver.ledger.due import carry_out_to, make_loan, process_item
from mockserver.ledger.events import Cancelled, PaymentReversed
from mockserver.ledger.evolve import poured_by
from mockserver.ledger.line_item import FEES, ItemType, LineItem
from mockserver.ledger.money import in_bucket
from mockserver.ledger.pouring import Poured
from mockserver.ledger.refusals import (
    AccountStateForbids,
    LineItemNotFound,
    LineItemStateForbids,
    Refusal,
)
from mockserver.ledger.terms import AccountStatus


def reverse(draft: Draft, command: Reversal) -> Accepted | Refusal:
    """Take back the item that ``command`` names, or give why that cannot be."""
    if draft.account.standing.schedule.loan_at <= draft.now:
        make_loan(draft)
    account = draft.account
    item = account.items.get(command.line_item_id)
    if item is None:
        return LineItemNotFound(command.account_id, command.line_item_id)
    if account.standing.status is AccountStatus.CLOSED:
        return AccountStateForbids(command.account_id, account.status, item.item_type)
    if isinstance(command, ReversePayment):
        reversible = item.item_type is ItemType.PAYMENT
    elif isinstance(command, ReverseCharge):
        reversible = item.item_type is ItemType.CHARGE
    else:
        reversible = item.item_type in FEES
    if not reversible or account.standing.offspring.get(item.line_item_id) is not None:
        return LineItemStateForbids(command.account_id, item.line_item_id)
    if account.waiting.find(item[:2]) is not None:
        _process_early(draft, item)
    if isinstance(command, ReversePayment):
        return reverse_payment(draft, item)
    reversal = ItemType.CHARGE_REVERSAL
    if not isinstance(command, ReverseCharge):
        reversal = ItemType.FEE_REVERSAL
    return cancel(draft, item, reversal)


def _process_early(draft: Draft, item: LineItem) -> None:
    """Process an item that waits: what pours, after all that is due before it (ledger.md L11)."""
    if item.item_type.rule.bucket is None:
        carry_out_to(draft, min(item.effective_at, draft.now))
    if draft.account.waiting.find(item[:2]) is not None:
        process_item(draft, item)


def reverse_payment(draft: Draft, payment: LineItem) -> Accepted:
    """Give back, bucket by bucket, what a payment had poured (ledger.md L11)."""
    account = draft.account
    poured = poured_by(account, payment)
    assert poured is not None, "it has poured by now"
    taken = poured.taken
    now = draft.now
    parts = (
        (ItemType.PAYMENT_REVERSAL, taken.principal_cents + poured.left_cents),
        (ItemType.PAYMENT_REVERSAL_FEE, taken.fee_cents),
        (ItemType.PAYMENT_REVERSAL_INTEREST, taken.interest_cents),
        (ItemType.PAYMENT_REVERSAL_DEFERRED_INTEREST, taken.deferred_interest_cents),
    )
    items = [draft.item(item_type, cents, now) for item_type, cents in parts if cents]
    if not items:  # a payment of nothing is still to be answered
        items = [draft.item(ItemType.PAYMENT_REVERSAL, 0, now)]
    fee_cents = account.terms.fees.payment_reversal_cents
    if fee_cents:
        items.append(draft.item(ItemType.RETURN_CHECK_FEE, fee_cents, now))
    is_automatic = draft.stamp.processing is Processing.AUTOMATIC
    waits = not is_automatic and now > account.standing.processed_to
    account_id = account.terms.account_id
    draft.add(PaymentReversed(account_id, payment.line_item_id, tuple(items), waits))
    return draft.accepted(items[0])


def cancel(draft: Draft, item: LineItem, reversal: ItemType) -> Accepted | Refusal:
    """Take back what is left of a charge or a fee."""
    account = draft.account
    bucket = item.item_type.rule.bucket
    assert bucket is not None, "charges and fees add to a bucket"
    lot = account.lots[bucket].find(item[:2])
    if lot is None:
        return LineItemStateForbids(account.terms.account_id, item.line_item_id)
    left_cents = lot.left_cents
    poured = Poured(in_bucket(bucket, left_cents))
    cancelling = draft.item(reversal, -left_cents, draft.now, poured=poured)
    draft.add(Cancelled(account.terms.account_id, item.line_item_id, cancelling))
    return draft.accepted(cancelling)
