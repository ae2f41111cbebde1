"""Intervals are read and written in words."""

from __future__ import annotations

import pytest

from mockserver.ledger.cycle import Interval, Unit


@pytest.mark.parametrize(
    ("text", "interval", "written"),
    [
        ("7 days", Interval(7, Unit.DAY), "7 days"),
        ("1 day", Interval(1, Unit.DAY), "1 day"),
        ("1 days", Interval(1, Unit.DAY), "1 day"),
        ("2 weeks", Interval(2, Unit.WEEK), "2 weeks"),
        ("1 month", Interval(1, Unit.MONTH), "1 month"),
        ("0 months", Interval(0, Unit.MONTH), "0 months"),
    ],
)
def test_intervals_are_read_and_written(text: str, interval: Interval, written: str) -> None:
    assert Interval.parse(text) == interval
    assert str(interval) == written


@pytest.mark.parametrize("text", ["", "month", "7", "-1 days", "7  days", "1 year", "7 days "])
def test_what_is_no_interval_is_none(text: str) -> None:
    assert Interval.parse(text) is None
