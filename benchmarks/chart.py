"""Chart: how long a drawing takes, what it costs in memory, and how long the event loop stands still for it."""

import asyncio
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.plan import Plan
from benchmarks.process import SERVER_CORE, on_cores
from benchmarks.quantile import quantile
from benchmarks.table import Table
from bot.chart.artist import Artist
from bot.domain.chart.chart import Chart, chart
from bot.domain.chart.picture import MOST_POINTS, Line, Picture
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.diagnosis.series import SeriesSource

_DIED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
_TICK_S = 0.001


def charts(plan: Plan) -> Table:
    """Draws in a process of its own, on one core, as the bot does."""
    count = str(plan.drawings)
    with on_cores(frozenset({SERVER_CORE})):
        command = [sys.executable, "-m", "benchmarks.chart", count]
        told = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    found: dict[str, float] = json.loads(told.stdout)
    table = Table("Chart", ["what", "figure", "aim"])
    table.add("first chart, the library's loading included, ms", f"{found['first_ms']:.0f}", "–")
    table.add("each chart after it, ms (median)", f"{found['median_ms']:.0f}", "< 300")
    table.add("each chart after it, ms (99 %)", f"{found['p99_ms']:.0f}", "< 300")
    table.add("memory for the library and the first chart, MiB", f"{found['first_mib']:.0f}", "–")
    table.add(f"more after {count} charts, MiB", f"{found['more_mib']:.1f}", "bounded")
    table.add("loop stands still while charts are drawn, ms (99 %)", f"{found['lag_ms']:.1f}", "–")
    table.add("size of the PNG, kB", f"{found['kb']:.0f}", "–")
    table.notes.append(
        f"A leak and three lives before it, {MOST_POINTS} points each, the most that there is; {count} times, one core."
    )
    return table


def _fullest() -> Chart:
    """The chart that is most work."""

    def life(number: int) -> Line:
        began_at = _DIED - timedelta(hours=9 * (number + 1))
        mib = tuple(120 + 2 * n + (n * (7 + number)) % 11 for n in range(MOST_POINTS))
        return Line(began_at=began_at, step_s=9 * 3600 / MOST_POINTS, mib=mib, was_killed=True)

    diagnosis = Diagnosis(
        made_at=_DIED,
        pattern=Pattern.LEAK,
        pattern_why="",
        culprit=Culprit.CONTAINER,
        culprit_why="",
        slope_mib_per_h=44.0,
    )
    picture = Picture(
        died_at=_DIED,
        of="container app",
        source=SeriesSource.CONTAINER_INSIGHTS,
        life=life(0),
        earlier=(life(1), life(2), life(3)),
        limit_mib=512,
        reservation_mib=256,
        deployed_at=(_DIED - timedelta(hours=30),),
    )
    drawn = chart(picture, diagnosis)
    if drawn is None:
        raise ValueError("a picture with samples has a chart")
    return drawn


def _resident_mib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def _lags(into: list[float]) -> None:
    """How much later than it should each tick comes."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(_TICK_S)
        into.append(time.perf_counter() - began - _TICK_S)


async def _measured(count: int) -> dict[str, Any]:
    artist, drawn = Artist(), _fullest()
    before, began = _resident_mib(), time.perf_counter()
    png = await artist.draw(drawn)
    first_s, loaded = time.perf_counter() - began, _resident_mib()
    lags: list[float] = []
    ticking = asyncio.create_task(_lags(lags))
    times: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        await artist.draw(drawn)
        times.append(time.perf_counter() - began)
    ticking.cancel()
    return {
        "first_ms": 1000 * first_s,
        "median_ms": 1000 * median(times),
        "p99_ms": 1000 * quantile(times, 0.99),
        "first_mib": loaded - before,
        "more_mib": _resident_mib() - loaded,
        "lag_ms": 1000 * quantile(lags, 0.99),
        "kb": len(png) / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measured(int(sys.argv[1])))))
