"""Histories: followed over HTTP to the cent, and what is said where a figure differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.histories import HistoryError, load, names
from mockserver.resources import find
from tests.running import run, serving

FEE = find("fixtures/scenarios/histories/revolving_debit_offset_fee.yaml")


def test_all_histories_come_out() -> None:
    code, text, _ = run("scenario", "run")

    assert code == 0, text
    assert text.endswith(f"{len(names())} histories, 0 figures not as expected\n")
    assert len(names()) >= 10
    assert text.count("✓") > 150


def test_each_history_says_what_it_is_for() -> None:
    for name in names():
        history = load(name)
        assert history["name"] == name
        assert history["purpose"].endswith(".")


def test_a_figure_that_differs_is_told_and_the_exit_code_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = FEE.read_text(encoding="utf-8").replace("18450", "18451")
    text += (
        "  - expect_latest: {type: REFUND}\n  - expect_statement: {number: 7, min_pay_cents: 0}\n"
    )
    text += "  - refund: {cents: 50}\n  - manual_fee: {cents: 50, day: 1}\n  - fee_waiver: {}\n"
    path.write_text(text, encoding="utf-8")
    with serving("--compat", "observed", "--processing", "controlled") as server:
        code, told, _ = run("scenario", "run", str(path), "--url", server.url)

    assert code == 1
    assert "✗ summary fees_balance_cents: expected 18451, got 18450\n" in told
    assert "✗ latest REFUND: there is none\n" in told
    assert "✗ statement 7: there is none\n" in told
    assert "✓ refund cents 50\n" in told
    assert "✓ fee_waiver of can_" in told
    assert "1 histories, 4 figures not as expected" in told


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("cents: 50000", "cents: many", r"\$\.steps\[0\]\.charge\.cents: 'many' is not of type"),
        ("  - roll: {day: 6}", "  - rol: {day: 6}", "'rol' was unexpected"),
        ("steps:", "step:", "Additional properties are not allowed"),
        ("name: rev", "name: [rev", r"line \d+: "),
    ],
)
def test_a_broken_history_is_told(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(FEE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(HistoryError, match=why):
        load(str(path))


def test_what_cannot_be_followed_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    head, _, _ = FEE.read_text(encoding="utf-8").partition("steps:")
    path.write_text(head + "steps:\n  - payment_reversal: {}\n", encoding="utf-8")
    for arguments, why in (
        ([str(path)], "payment_reversal: there is no payment before it"),
        (["none.yaml"], "none.yaml: No such file or directory"),
        ([str(FEE), "--url", "http://127.0.0.1:1"], "cannot reach http://127.0.0.1:1"),
    ):
        code, _, complaint = run("scenario", "run", *arguments)
        assert code == 2
        assert why in complaint
        assert complaint.count("\n") == 1
    with serving() as server:
        wrong = ["--url", server.url, "--token", "wrong"]
        code, _, complaint = run("scenario", "run", str(FEE), *wrong)
    assert code == 2
    assert "POST /products was answered 403" in complaint
