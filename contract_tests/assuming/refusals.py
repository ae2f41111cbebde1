"""The assumption about which refusal wins, where several apply."""

from __future__ import annotations

from itertools import pairwise

from contract_tests.assuming.asking import all_of, post
from contract_tests.assuming.register import Seen, assumption
from contract_tests.bench import JSON, Bench, UntestedError, encoded
from contract_tests.exchange import Exchange

_KINDS = ("the media type", "the JSON", "the schema", "the account")
_TEXT = ("Content-Type", "text/plain")


@assumption("refusal-order", otherwise="It looks at the account, say, before it looks at the body.")
def order(bench: Bench) -> Seen:
    """Posts what is wrong in one way and what is wrong in two, and compares the statuses."""
    alone = {kind: _wrong(bench, kind).status for kind in _KINDS}
    looks = []
    for first, second in pairwise(_KINDS):
        if alone[first] == alone[second] or min(alone[first], alone[second]) < 400:
            continue
        both = _wrong(bench, first, second).status
        told = f"{first} and {second} wrong is {both}, and not {alone[first]}, as {first} alone"
        looks.append(Seen(both == alone[first], told))
    if not looks:
        raise UntestedError(f"all refusals are alike: {sorted(set(alone.values()))}")
    return all_of(*looks)


def _wrong(bench: Bench, *kinds: str) -> Exchange:
    """Post what is wrong in ``kinds``. Raises UntestedError, OutOfTimeError."""
    account = f"no-such-{bench.run}" if "the account" in kinds else bench.account
    body = bench.offset()
    if "the schema" in kinds:
        del body["original_amount_cents"]
    content = encoded(body)[: -1 if "the JSON" in kinds else None]
    headers = bench.headers(_TEXT if "the media type" in kinds else JSON)
    return post(bench, content, account, headers=headers)
