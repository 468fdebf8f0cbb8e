"""Durations, typed and read."""

from datetime import timedelta

import pytest

from bot.domain.calendar import duration


@pytest.mark.parametrize(
    ("word", "minutes"),
    [
        pytest.param("90m", 90, id="minutes"),
        pytest.param("3h", 180, id="hours"),
        pytest.param("2hours", 120, id="hours in full"),
        pytest.param("1D", 24 * 60, id="a capital"),
        pytest.param("2w", 14 * 24 * 60, id="weeks"),
        pytest.param("3", None, id="a number alone"),
        pytest.param("h", None, id="a unit alone"),
        pytest.param("3 h", None, id="two words"),
        pytest.param("-3h", None, id="back in time"),
        pytest.param("٣h", None, id="digits of another script"),
        pytest.param("9999999h", None, id="longer than history"),
    ],
)
def test_parse(word: str, minutes: int | None) -> None:
    assert duration.parse(word) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("span", "typed", "said"),
    [
        pytest.param(timedelta(minutes=90), "90m", "90 minutes", id="no whole hours"),
        pytest.param(timedelta(hours=1), "1h", "1 hour", id="one hour"),
        pytest.param(timedelta(hours=24), "1d", "1 day", id="a day is a day"),
        pytest.param(timedelta(days=14), "2w", "2 weeks", id="two weeks"),
        pytest.param(timedelta(seconds=1), "1m", "1 minute", id="never nothing"),
    ],
)
def test_typed_and_said(span: timedelta, typed: str, said: str) -> None:
    assert (duration.typed(span), duration.said(span)) == (typed, said)


@pytest.mark.parametrize(
    ("seconds", "read"),
    [
        pytest.param(-1.0, "0 s", id="a clock that went back"),
        pytest.param(45.4, "45 s", id="seconds"),
        pytest.param(99.4, "99 s", id="the last seconds"),
        pytest.param(99.6, "2 min", id="the first minutes"),
        pytest.param(119 * 60, "119 min", id="the last minutes"),
        pytest.param(120 * 60, "2 h", id="whole hours"),
        pytest.param(320 * 60, "5 h 20 min", id="hours and minutes"),
        pytest.param(48 * 3600, "2 d", id="whole days"),
        pytest.param(76 * 3600, "3 d 4 h", id="days and hours"),
    ],
)
def test_rough(seconds: float, read: str) -> None:
    assert duration.rough(seconds) == read
