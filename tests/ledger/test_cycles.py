"""When cycles begin and end, in the product's time zone, across daylight saving (ledger.md L13)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mockserver.ledger.calendar import anniversary, midnight
from mockserver.ledger.commands import Roll
from mockserver.ledger.cycle import CycleType, Interval, Unit
from tests.living import MONTH, MONTHLY, NEW_YORK, TWO_DAYS, WEEKLY, Life


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def ends(
    opened: str, cycle_type: CycleType, until: str, zone: str = "America/New_York"
) -> list[str]:
    """Give the cycle ends of an account, and their due dates, local."""
    of_account = ZoneInfo(zone)
    life = Life(opened=local(opened, of_account), cycle_type=cycle_type, zone=zone)
    life.do(Roll("can_1", local(until, of_account)))
    return [
        f"{s.cycle_end.astimezone(of_account).isoformat()} {s.due_at.astimezone(of_account).date()}"
        for s in life.statements
    ]


def test_the_first_cycle_is_a_day_longer_and_later_ones_follow_on() -> None:
    assert ends("2021-11-28T05:18:27", WEEKLY, "2021-12-14") == [
        "2021-12-06T00:00:00-05:00 2021-12-08",
        "2021-12-13T00:00:00-05:00 2021-12-15",
    ]


def test_months_count_from_the_end_before() -> None:
    assert ends("2021-12-15T10:00:00", MONTHLY, "2022-03-17") == [
        "2022-01-16T00:00:00-05:00 2022-01-18",
        "2022-02-16T00:00:00-05:00 2022-02-18",
        "2022-03-16T00:00:00-04:00 2022-03-18",
    ]


def test_months_are_clamped_to_their_end_and_stay_so() -> None:
    assert [end[:10] for end in ends("2023-01-30T10:00:00", MONTHLY, "2023-06-01")] == [
        "2023-03-01",
        "2023-04-01",
        "2023-05-01",
        "2023-06-01",
    ]
    assert [end[:10] for end in ends("2023-12-30T10:00:00", MONTHLY, "2024-05-01")] == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-29",
        "2024-04-29",
    ]


def test_midnights_are_local_across_daylight_saving() -> None:
    daily = CycleType(Interval(1, Unit.DAY), TWO_DAYS)

    assert [end[:25] for end in ends("2024-03-08T10:00:00", daily, "2024-03-12")] == [
        "2024-03-10T00:00:00-05:00",
        "2024-03-11T00:00:00-04:00",
        "2024-03-12T00:00:00-04:00",
    ]
    assert [end[:25] for end in ends("2024-11-01T10:00:00", daily, "2024-11-05")] == [
        "2024-11-03T00:00:00-04:00",
        "2024-11-04T00:00:00-05:00",
        "2024-11-05T00:00:00-05:00",
    ]


def test_the_opening_is_a_local_date() -> None:
    # late in the evening in Los Angeles it is the next day in UTC
    assert ends("2024-01-01T23:30:00", WEEKLY, "2024-01-10", "America/Los_Angeles") == [
        "2024-01-09T00:00:00-08:00 2024-01-11"
    ]


def test_the_first_cycle_may_have_an_interval_of_its_own() -> None:
    cycle_type = CycleType(MONTH, TWO_DAYS, first_cycle_interval=Interval(3, Unit.DAY))

    assert [end[:10] for end in ends("2024-01-01T10:00:00", cycle_type, "2024-02-06")] == [
        "2024-01-05",
        "2024-02-05",
    ]


@pytest.mark.parametrize(
    ("end", "cycles"), [("2021-12-05", 0), ("2021-12-06", 1), ("2021-12-07", 1)]
)
def test_a_cycle_is_closed_by_a_roll_to_its_end(end: str, cycles: int) -> None:
    assert len(ends("2021-11-28T05:18:27", WEEKLY, end)) == cycles


def test_without_cycles_nothing_is_cut() -> None:
    life = Life(cycle_type=None, initial=1_000_000, rate="5")
    life.roll(400)

    assert life.statements == []
    assert life.owed.total_cents == 1_000_000


def test_anniversaries_keep_the_local_time() -> None:
    opened = local("2024-01-31T02:30:00")

    assert anniversary(opened, 1, NEW_YORK) == local("2024-02-29T02:30:00")
    assert anniversary(opened, 12, NEW_YORK) == local("2025-01-31T02:30:00")
    assert midnight(datetime(2024, 7, 1).date(), NEW_YORK).isoformat() == (  # noqa: DTZ001
        "2024-07-01T04:00:00+00:00"
    )
