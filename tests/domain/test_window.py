"""Change windows: what they say, when they are open, and when the next one opens."""

from datetime import UTC, datetime

import pytest

from bot.domain.calendar.window import is_open, next_opening, parse

OFFICE = "Mon-Fri 08:00-17:00"
WEEKEND_NIGHTS = "Fri-Sun 22:00-04:00"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """November 2026: the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("windows", "now", "expected"),
    [
        pytest.param((), at(21, 3), True, id="none: always"),
        pytest.param((OFFICE,), at(16, 8), True, id="the first minute"),
        pytest.param((OFFICE,), at(16, 7, 59, 59), False, id="a second too early"),
        pytest.param((OFFICE,), at(20, 16, 59, 59), True, id="the last minute"),
        pytest.param((OFFICE,), at(20, 17), False, id="its end is outside"),
        pytest.param((OFFICE,), at(21, 12), False, id="a Saturday"),
        pytest.param((WEEKEND_NIGHTS,), at(20, 23), True, id="Friday night"),
        pytest.param((WEEKEND_NIGHTS,), at(23, 3, 59), True, id="Sunday's night lasts into Monday"),
        pytest.param((WEEKEND_NIGHTS,), at(20, 3), False, id="Thursday's night is no part of it"),
        pytest.param(("Sat-Mon 10:00-11:00",), at(22, 10, 30), True, id="days over the week's end"),
        pytest.param(("Sat,Wed 10:00-11:00",), at(18, 10, 30), True, id="single days"),
        pytest.param(("08:00-09:00",), at(21, 8, 30), True, id="every day"),
        pytest.param(("sun 00:00-24:00",), at(22, 23, 59), True, id="a whole day"),
        pytest.param(("sun 00:00-24:00",), at(23, 0), False, id="and no longer"),
        pytest.param((OFFICE, WEEKEND_NIGHTS), at(21, 23), True, id="one of two"),
    ],
)
def test_open(windows: tuple[str, ...], now: datetime, expected: bool) -> None:
    assert is_open(windows, now) is expected


@pytest.mark.parametrize(
    ("windows", "now", "expected"),
    [
        pytest.param((OFFICE,), at(16, 9, 5, 30), at(16, 9, 5, 30), id="now"),
        pytest.param((OFFICE,), at(21, 3, 0, 30), at(23, 8), id="over the weekend"),
        pytest.param((OFFICE, WEEKEND_NIGHTS), at(21, 12), at(21, 22), id="the first of two"),
        pytest.param(("Mon 10:00-11:00",), at(16, 11), at(23, 10), id="a week from now"),
    ],
)
def test_next_opening(windows: tuple[str, ...], now: datetime, expected: datetime) -> None:
    assert next_opening(windows, now) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("weekdays", id="a word"),
        pytest.param("Mon-Fri 8-17", id="hours alone"),
        pytest.param("Mon-Fry 08:00-17:00", id="no such day"),
        pytest.param("Mon-Fri 08:00-24:30", id="after midnight"),
        pytest.param("Mon-Fri 08:61-09:00", id="no such minute"),
        pytest.param("Mon 08:00-08:00", id="empty"),
        pytest.param("Mon-Fri 08:00-17:00 CET", id="a time zone"),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|day|time|empty"):
        parse(text)
