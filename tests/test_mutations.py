"""The mutations of the ledger still apply; whether tests notice them, ``make mutations`` tells."""

from __future__ import annotations

import pytest

from tests.mutations import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_a_mutation_applies_in_one_place(mutation: Mutation) -> None:
    module = ROOT / f"mockserver/ledger/{mutation.module}.py"
    text = module.read_text(encoding="utf-8")

    assert text.count(mutation.old) == 1
    compile(text.replace(mutation.old, mutation.new), mutation.module, "exec")
