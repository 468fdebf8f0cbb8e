"""Trends: lines, jumps and days in readings, also in those that hold none."""

import math

import pytest

from bot.domain.diagnosis.trend import jump, line_error, repeats_daily, rise

TIMES = [float(hour) for hour in range(24)]


@pytest.mark.parametrize(
    ("values", "slope", "is_sure"),
    [
        pytest.param([5.0 + 2 * hour for hour in range(24)], 2.0, True, id="a straight rise"),
        pytest.param(
            [5.0 + 2 * hour + 900 * (hour == 7) for hour in range(24)], 2.0, True, id="with one outlier"
        ),
        pytest.param([50.0 - 2 * hour for hour in range(24)], -2.0, False, id="a fall"),
        pytest.param([7.0] * 24, 0.0, False, id="level"),
        pytest.param([5.0 + hour % 2 for hour in range(24)], 0.0, False, id="up and down"),
    ],
)
def test_a_line_through_readings(values: list[float], slope: float, is_sure: bool) -> None:
    found = rise(TIMES, values)
    assert found is not None
    assert found.slope == pytest.approx(slope, abs=0.05)
    assert (found.z > 3) == is_sure


def test_three_readings_make_no_line_and_no_two_levels() -> None:
    assert rise([0, 1, 2], [1, 2, 3]) is None
    assert jump([1, 2, 3]) is None


def test_the_best_split_is_where_it_jumped() -> None:
    found = jump([1.0, 1, 1, 1, 9, 9, 9, 9, 9])
    assert found is not None
    assert (found.at, found.before, found.after) == (4, 1.0, 9.0)
    assert found.error == pytest.approx(0)


def test_errors_of_a_line_are_those_around_it() -> None:
    assert line_error(TIMES, [3 * time for time in TIMES]) == pytest.approx(0)
    assert line_error([4.0, 4.0], [1.0, 3.0]) == pytest.approx(2)


@pytest.mark.parametrize(
    ("hours", "daily"),
    [
        pytest.param([math.cos(hour / 24 * 2 * math.pi) for hour in range(72)], True, id="three days"),
        pytest.param(
            [None if 30 < hour < 36 else math.cos(hour / 24 * 2 * math.pi) for hour in range(72)],
            True,
            id="with a gap",
        ),
        pytest.param([math.cos(hour / 24 * 2 * math.pi) for hour in range(36)], False, id="a day and a half"),
        pytest.param([math.cos(hour / 12 * 2 * math.pi) for hour in range(72)], False, id="twice a day"),
        pytest.param([float(hour) for hour in range(72)], False, id="a slow rise"),
        pytest.param([1.0] * 72, False, id="level"),
        pytest.param(
            [1.0 * (hour < 45) if hour < 45 else None for hour in range(200)], False, id="few pairs"
        ),
    ],
)
def test_a_rhythm_of_a_day(hours: list[float | None], daily: bool) -> None:
    assert repeats_daily(hours) == daily
