"""Report periods: when a weekly report is due by the clocks of a place, and which days it is about."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calendar.report_period import Timetable, so_far

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MONDAY, SUNDAY = 0, 6
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """Aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def timetable(weekday: int = MONDAY, clock: str = "09:00", zone: ZoneInfo = BERLIN) -> Timetable:
    """When reports are due."""
    return Timetable(weekday=weekday, at=time.fromisoformat(clock), zone=zone)


@pytest.mark.parametrize(
    ("table", "now", "due"),
    [
        pytest.param(timetable(), "2026-11-23 08:00", "2026-11-23 08:00", id="at that very moment"),
        pytest.param(timetable(), "2026-11-23 07:59", "2026-11-16 08:00", id="a minute early: last week's"),
        pytest.param(timetable(), "2026-11-29 12:00", "2026-11-23 08:00", id="six days later"),
        pytest.param(
            timetable(), "2026-07-06 07:00", "2026-07-06 07:00", id="in summer an hour earlier, UTC"
        ),
        pytest.param(
            timetable(SUNDAY, "02:30"), "2026-03-29 01:30", "2026-03-29 01:30", id="an hour that is skipped"
        ),
        pytest.param(
            timetable(SUNDAY, "02:30"), "2026-10-25 03:00", "2026-10-25 00:30", id="an hour that comes twice"
        ),
        pytest.param(
            timetable(SUNDAY, "23:00", NEW_YORK), "2026-11-23 04:30", "2026-11-23 04:00", id="far west of UTC"
        ),
    ],
)
def test_due(table: Timetable, now: str, due: str) -> None:
    assert table.last_due(at(now)) == at(due)


@pytest.mark.parametrize(
    ("due_at", "hours"),
    [
        pytest.param("2026-11-23 08:00", 168, id="a usual week"),
        pytest.param("2026-03-30 07:00", 167, id="clocks went forward on its Sunday"),
        pytest.param("2026-10-26 08:00", 169, id="clocks went back on its Sunday"),
    ],
)
def test_a_weekly_report_is_about_the_seven_whole_days_before(due_at: str, hours: int) -> None:
    period = timetable().period(at(due_at))
    assert [day.weekday() for day in period.days] == [0, 1, 2, 3, 4, 5, 6]
    assert period.until.astimezone(BERLIN).time() == time()
    assert period.until - period.since == timedelta(hours=hours)
    assert len(period.edges) == 8
    assert period.before[1] == period.since
    assert period.before[0].astimezone(BERLIN).time() == time()


def test_weeks_neither_overlap_nor_leave_a_gap() -> None:
    due = [at("2026-10-19 07:00"), at("2026-10-26 08:00"), at("2026-11-02 08:00")]
    periods = [timetable().period(one) for one in due]
    assert [one.since for one in periods[1:]] == [one.until for one in periods[:-1]]


def test_so_far_is_compared_up_to_the_same_time_of_day() -> None:
    period = so_far(at("2026-11-21 12:30"), 7, BERLIN)
    assert period.days[0] == date(2026, 11, 15)
    assert period.days[-1] == date(2026, 11, 21)
    assert (period.since, period.until) == (at("2026-11-14 23:00"), at("2026-11-21 12:30"))
    assert period.before == (at("2026-11-07 23:00"), at("2026-11-14 12:30"))


def test_so_far_at_midnight_has_no_empty_day() -> None:
    period = so_far(at("2026-11-20 23:00"), 7, BERLIN)
    assert period.days[-1] == date(2026, 11, 20)
    assert period.edges[-1] - period.edges[-2] == DAY
