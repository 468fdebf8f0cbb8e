"""Ticks: few, and at round places."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.chart.ticks import amount_ticks, countdown_label, countdown_ticks, time_ticks

ZERO = datetime(2026, 11, 20, 23, 47, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span_s", "times"),
    [
        pytest.param(150, ["23:48", "23:49"], id="two minutes"),
        pytest.param(40 * 60, ["23:50", "00:00", "00:10", "00:20"], id="forty minutes"),
        pytest.param(9 * 3600, ["00:00", "03:00", "06:00"], id="a night"),
        pytest.param(3 * 86400, ["00:00", "00:00", "00:00"], id="days"),
    ],
)
def test_round_times_of_the_day(span_s: float, times: list[str]) -> None:
    ticks = time_ticks(0, span_s, ZERO)
    assert [f"{ZERO + timedelta(seconds=at):%H:%M}" for at in ticks] == times


@pytest.mark.parametrize(
    ("begin_s", "labels"),
    [
        pytest.param(-240, ["−4 min", "−3 min", "−2 min", "−1 min", "0"], id="minutes"),
        pytest.param(-3 * 3600 - 60, ["−3 h", "−2 h", "−1 h", "0"], id="hours"),
        pytest.param(-5 * 86400, ["−4 d", "−2 d", "0"], id="days"),
    ],
)
def test_round_times_before_the_end(begin_s: float, labels: list[str]) -> None:
    assert [countdown_label(at) for at in countdown_ticks(begin_s)] == labels


@pytest.mark.parametrize(
    ("top", "amounts"),
    [
        pytest.param(624, [0, 256, 512], id="half a GiB"),
        pytest.param(1870, [0, 512, 1024, 1536], id="more than one"),
        pytest.param(7, [0, 2, 4, 6], id="next to nothing"),
        pytest.param(146000, [0, 65536, 131072], id="a large machine"),
    ],
)
def test_halves_and_quarters_of_what_people_give(top: float, amounts: list[float]) -> None:
    assert amount_ticks(top) == amounts
