"""Lifetimes: what starts and deaths tell where no memory was measured."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.lifetimes import classify
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
KEY = GroupKey(
    account="123456789012",
    region="eu-west-1",
    cluster="prod",
    kind=OwnerKind.SERVICE,
    name="checkout",
    container="app",
)


def death(died_h: float, lived_h: float | None, task: str = "") -> Death:
    died = BEGIN + timedelta(hours=died_h)
    return Death(
        group_key=KEY,
        task_arn=task or f"task/{died_h}",
        container="app",
        verdict=Verdict.OOM,
        confidence=Confidence.CERTAIN,
        reason="killed",
        died_at=died,
        started_at=None if lived_h is None else died - timedelta(hours=lived_h),
    )


@pytest.mark.parametrize(
    ("deaths", "pattern", "why"),
    [
        pytest.param(
            [(6, 6), (12.1, 6), (18, 5.8)], Pattern.LEAK, "3 lives of equal length, 6 h each", id="leak"
        ),
        pytest.param(
            [(9, 9), (33, 24), (57, 24), (81, 24.2)], Pattern.UNKNOWN, "no memory", id="one life differs"
        ),
        pytest.param(
            [(24, 24), (48, 24), (72, 24.1)], Pattern.DIURNAL, "same time of the day", id="every morning"
        ),
        pytest.param([(1, 0.05)], Pattern.STARTUP, "it died within 3 min of the start", id="died at once"),
        pytest.param(
            [(1, 0.05), (2, 0.1), (3, 0.15), (50, 40)],
            Pattern.STARTUP,
            "3 of 4 lives ended within 9 min",
            id="crash loop",
        ),
        pytest.param(
            [(1, 1), (3, 0.1), (9, 5)],
            Pattern.UNKNOWN,
            "between 6 min and 5 h",
            id="one early death of three",
        ),
        pytest.param(
            [(5, 5), (5.001, 9), (5.002, 30)], Pattern.SPIKE, "3 tasks died within a minute", id="all at once"
        ),
        pytest.param(
            [(5, 5), (5.001, 5), (5.002, 5)],
            Pattern.SPIKE,
            "3 tasks died within a minute",
            id="one round together",
        ),
        pytest.param(
            [(at + task / 1000, 5) for at in (5, 10, 15) for task in range(3)],
            Pattern.LEAK,
            "9 lives of equal length",
            id="three rounds together, each of one length",
        ),
        pytest.param([(1, None), (2, None)], Pattern.UNKNOWN, "no start time is known", id="starts unknown"),
        pytest.param([(5, 5), (9, 4)], Pattern.UNKNOWN, "2 known lifetimes", id="two lives"),
        pytest.param([(5, 5)], Pattern.UNKNOWN, "1 known lifetime tells", id="one life"),
        pytest.param([], Pattern.UNKNOWN, "no start time", id="nothing"),
    ],
)
def test_times_alone(deaths: list[tuple[float, float | None]], pattern: Pattern, why: str) -> None:
    found = classify([death(died, lived) for died, lived in deaths])
    assert found.pattern is pattern, found.why
    assert why in found.why
    assert found.slope_mib_per_h is None


def test_a_container_that_ecs_restarts_in_its_task_counts_once() -> None:
    again = [death(hour, hour, task="task/same") for hour in (3, 3.1, 3.2, 3.3)]
    assert classify(again).pattern is Pattern.UNKNOWN


def test_a_leak_by_times_tells_how_long_a_life_is() -> None:
    found = classify([death(18, 5.8), death(6, 6), death(12.1, 6)])
    assert found.lifetime_s == 6 * 3600
