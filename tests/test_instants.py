"""The one reader of instants, against the standard library's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.instants import AFTER_ALL, BEFORE_ALL, format_instant, is_instant, parse_instant

NEW_YORK = ZoneInfo("America/New_York")

offsets = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets))  # noqa: DTZ001
def test_every_instant_is_read_back(instant: datetime) -> None:
    text = instant.isoformat()

    assert is_instant(text)
    assert parse_instant(text) == instant
    assert parse_instant(text).tzinfo is UTC


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_written_means_the_same_second(instant: datetime) -> None:
    written = format_instant(instant, NEW_YORK)

    assert is_instant(written)
    assert not written.endswith("Z")
    assert parse_instant(written) == instant.replace(microsecond=0)


@given(st.text(max_size=30))
def test_no_text_makes_the_checker_fail(text: str) -> None:
    assert is_instant(text) in (True, False)


def test_offsets_follow_daylight_saving() -> None:
    def written(utc: str) -> str:
        return format_instant(parse_instant(utc), NEW_YORK)

    assert written("2021-03-14T06:59:59Z") == "2021-03-14T01:59:59-05:00"
    assert written("2021-03-14T07:00:00Z") == "2021-03-14T03:00:00-04:00"
    assert written("2021-11-07T05:30:00Z") == "2021-11-07T01:30:00-04:00"
    assert written("2021-11-07T06:30:00Z") == "2021-11-07T01:30:00-05:00"


def test_local_mean_time_is_written_in_utc() -> None:
    assert format_instant(datetime(1880, 1, 1, tzinfo=UTC), NEW_YORK) == (
        "1880-01-01T00:00:00+00:00"
    )


def test_the_ends_of_time_can_be_written_in_any_zone() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert format_instant(last, ZoneInfo("Asia/Tokyo")) == "9999-12-31T23:59:59+00:00"
    assert format_instant(BEFORE_ALL, NEW_YORK) == "0001-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T18:59:60.5-05:00", datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
        ("9999-12-31T23:59:60Z", AFTER_ALL),
        ("9999-12-31T23:00:00-02:00", AFTER_ALL),
        ("0001-01-01T00:00:00+02:00", BEFORE_ALL),
        ("0000-02-29T00:00:00Z", BEFORE_ALL),
        ("2020-01-01T00:00:00.1234567Z", datetime(2020, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_leap_seconds_fractions_and_the_ends_of_time(text: str, expected: datetime) -> None:
    assert is_instant(text)
    assert parse_instant(text) == expected


def test_an_offset_may_be_left_out_only_where_that_is_allowed() -> None:
    assert not is_instant("2020-07-20T09:11:28")
    assert is_instant("2020-07-20T09:11:28", needs_offset=False)
    assert parse_instant("2020-07-20T09:11:28", NEW_YORK) == datetime(
        2020, 7, 20, 13, 11, 28, tzinfo=UTC
    )
    assert parse_instant("2020-07-20T09:11:28") == datetime(2020, 7, 20, 9, 11, 28, tzinfo=UTC)
