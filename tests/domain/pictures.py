"""Pictures to draw: a task that died at 03:12, of each kind."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.chart.chart import Chart, chart
from bot.domain.chart.picture import Line, Picture
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.diagnosis.series import SeriesSource

DIED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def line(minutes: int, mib: Callable[[int], int | None], *, ended_before: float = 0, **more: Any) -> Line:
    """A life of so many minutes, a sample each, that ended so many minutes before the death."""
    ended_at = DIED - timedelta(minutes=ended_before)
    usual: dict[str, Any] = {"step_s": 60.0, "was_killed": True, "ended_at": ended_at}
    samples = tuple(mib(minute) for minute in range(minutes))
    return Line(began_at=ended_at - timedelta(minutes=minutes), mib=samples, **usual | more)


def picture(life: Line | None, *earlier: Line, **more: Any) -> Picture:
    """The picture of that life under a limit of 512 MiB."""
    usual: dict[str, Any] = {
        "died_at": DIED,
        "of": "container app",
        "source": SeriesSource.CONTAINER_INSIGHTS,
        "limit_mib": 512,
    }
    return Picture(life=life, earlier=earlier, **usual | more)


def diagnosis(pattern: Pattern = Pattern.UNKNOWN, **more: Any) -> Diagnosis:
    """A diagnosis of that pattern."""
    return Diagnosis(
        made_at=DIED, pattern=pattern, pattern_why="", culprit=Culprit.CONTAINER, culprit_why="", **more
    )


def drawn(life: Line | None, *earlier: Line, pattern: Pattern = Pattern.UNKNOWN, **more: Any) -> Chart:
    """The chart of it, which there must be."""
    slope = more.pop("slope_mib_per_h", None)
    found = chart(picture(life, *earlier, **more), diagnosis(pattern, slope_mib_per_h=slope))
    assert found is not None
    return found


def climbing(minute: int) -> int:
    """120 MiB, and 4 MiB more each minute."""
    return 120 + 4 * minute


def level(minute: int) -> int:
    """Close to the limit, never still."""
    return 480 + minute % 5


CHARTS: Mapping[str, Chart] = {
    "leak": drawn(
        line(95, climbing),
        line(95, climbing, ended_before=96),
        line(95, climbing, ended_before=192),
        pattern=Pattern.LEAK,
        slope_mib_per_h=240.0,
        reservation_mib=256,
        deployed_at=(DIED - timedelta(minutes=200),),
    ),
    "spike": drawn(line(60, lambda minute: 180 if minute < 56 else 180 + 70 * (minute - 55))),
    "stuck": drawn(
        line(60, lambda minute: min(510, 210 + 10 * minute), was_killed=False), pattern=Pattern.STUCK
    ),
    "chronic": drawn(line(40, level), line(40, level, ended_before=41), pattern=Pattern.CHRONIC),
    "lives of other days": drawn(
        line(40, climbing), line(50, climbing, ended_before=1500), line(35, climbing, ended_before=3000)
    ),
    "a gap": drawn(line(60, lambda minute: None if 20 <= minute < 30 else 250 + 4 * minute)),
    "one sample": drawn(line(1, lambda _: 410)),
    "no limit": drawn(line(60, climbing), limit_mib=None, reservation_mib=128),
    "a strange name": drawn(line(5, climbing), of="container $x^2$ <!channel> " + "é" * 60),
}
