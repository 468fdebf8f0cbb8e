"""Working hours: by the wall clock, past midnight, and across changes of clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Call, Mentioning, call

BERLIN = WorkingHours(("Mon-Fri 09:00-18:00",), "Europe/Berlin")
NIGHTS = WorkingHours(("Fri 22:00-06:00",), "Europe/Berlin")
TWO_SPANS = WorkingHours(("Mon-Thu 08:00-17:00", "Fri 08:00-12:00"), "Asia/Shanghai")
WEEKENDS_WHOLE = WorkingHours(("Sat,Sun 00:00-24:00",), "UTC")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "is_within", "next_beginning"),
    [
        pytest.param(BERLIN, "2026-11-20 08:00", True, "2026-11-23 08:00", id="the first minute"),
        pytest.param(BERLIN, "2026-11-20 07:59:59", False, "2026-11-20 08:00", id="a second too early"),
        pytest.param(BERLIN, "2026-11-20 17:00", False, "2026-11-23 08:00", id="the last minute is over"),
        pytest.param(BERLIN, "2026-11-21 10:00", False, "2026-11-23 08:00", id="a Saturday"),
        pytest.param(BERLIN, "2026-07-20 07:00", True, "2026-07-21 07:00", id="an hour earlier in summer"),
        pytest.param(
            BERLIN, "2026-03-28 12:00", False, "2026-03-30 07:00", id="clocks go forward this night"
        ),
        pytest.param(BERLIN, "2026-10-24 12:00", False, "2026-10-26 08:00", id="clocks go back this night"),
        pytest.param(NIGHTS, "2026-11-21 04:59", True, "2026-11-27 21:00", id="past midnight of Friday"),
        pytest.param(NIGHTS, "2026-11-21 05:00", False, "2026-11-27 21:00", id="Saturday's six o'clock"),
        pytest.param(NIGHTS, "2026-11-20 21:00", True, "2026-11-27 21:00", id="the night begins"),
        pytest.param(
            TWO_SPANS, "2026-11-20 05:00", False, "2026-11-23 00:00", id="a short Friday in Shanghai"
        ),
        pytest.param(TWO_SPANS, "2026-11-19 05:00", True, "2026-11-20 00:00", id="a long Thursday"),
        pytest.param(WEEKENDS_WHOLE, "2026-11-21 23:59:59", True, "2026-11-22 00:00", id="a whole day"),
        pytest.param(WEEKENDS_WHOLE, "2026-11-23 00:00", False, "2026-11-28 00:00", id="it ends at midnight"),
    ],
)
def test_hours(hours: WorkingHours, now: str, is_within: bool, next_beginning: str) -> None:
    assert hours.include(utc(now)) is is_within
    assert hours.next_beginning(utc(now)) == utc(next_beginning)


def test_a_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    night = WorkingHours(("Sat 22:00-06:00",), "Europe/Berlin")
    begins = utc("2026-10-24 20:00")
    assert night.include(begins + timedelta(hours=8, minutes=59))
    assert not night.include(begins + timedelta(hours=9))


@pytest.mark.parametrize(
    ("owner", "mentioning", "hours", "called"),
    [
        pytest.param("", Mentioning.ALWAYS, BERLIN, Call(), id="nobody is named"),
        pytest.param("U1", Mentioning.ALWAYS, BERLIN, Call(owner="U1"), id="always means at night, too"),
        pytest.param("U1", Mentioning.NEVER, None, Call(owner="U1", is_mentioned=False), id="never"),
        pytest.param(
            "U1",
            Mentioning.WORKING_HOURS,
            BERLIN,
            Call(owner="U1", is_mentioned=False, hours_begin=utc("2026-11-23 08:00")),
            id="at night, with the moment at which hours begin",
        ),
        pytest.param("U1", Mentioning.WORKING_HOURS, WEEKENDS_WHOLE, Call(owner="U1"), id="in working hours"),
    ],
)
def test_call(owner: str, mentioning: Mentioning, hours: WorkingHours | None, called: Call) -> None:
    assert call(owner, mentioning, hours, utc("2026-11-21 03:00")) == called
