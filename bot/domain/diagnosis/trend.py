"""Trends: does a run of readings rise steadily, jump to another level, or repeat by the day?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

_DAY_H = 24
_FEWEST_HOURS = 40  # that autocorrelation by the day is asked of: a day and two thirds of the next


@dataclass(frozen=True, slots=True)
class Rise:
    """A straight line through readings, robust against outliers (Theil-Sen), and how sure it rises (Mann-Kendall).

    `slope` is per unit of time, `end` the line's value at the last reading, `tau` -1…1, `z` the test statistic.
    """

    slope: float
    end: float
    tau: float
    z: float


def rise(times: Sequence[float], values: Sequence[float]) -> Rise | None:
    """The line through the readings; None below four of them. Quadratic: give it some dozens."""
    count = len(values)
    if count < 4:
        return None
    slopes = [
        (values[later] - values[earlier]) / (times[later] - times[earlier])
        for earlier in range(count)
        for later in range(earlier + 1, count)
    ]
    slopes.sort()
    score = sum(1 for slope in slopes if slope > 0) - sum(1 for slope in slopes if slope < 0)
    slope = slopes[len(slopes) // 2]
    start = median(value - slope * time for time, value in zip(times, values, strict=True))
    spread = math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return Rise(slope, start + slope * times[-1], score / len(slopes), score / spread)


def line_error(times: Sequence[float], values: Sequence[float]) -> float:
    """Sum of squared errors of the least-squares line."""
    at, mean = fmean(times), fmean(values)
    width = math.fsum((time - at) ** 2 for time in times)
    if not width:
        return math.fsum((value - mean) ** 2 for value in values)
    slope = math.fsum((time - at) * (value - mean) for time, value in zip(times, values, strict=True)) / width
    return math.fsum(
        (value - mean - slope * (time - at)) ** 2 for time, value in zip(times, values, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Jump:
    """The best split of readings into two levels: index of the first of the second, levels, squared errors."""

    at: int
    before: float
    after: float
    error: float


def jump(values: Sequence[float], fewest: int = 2) -> Jump | None:
    """The two levels that fit best, each of `fewest` readings at least; None where there are too few."""
    best: Jump | None = None
    whole, squares = math.fsum(values), math.fsum(value * value for value in values)
    left, count = 0.0, len(values)
    for index, value in enumerate(values):
        if fewest <= index <= count - fewest:
            before, after = left / index, (whole - left) / (count - index)
            error = max(0.0, squares - index * before**2 - (count - index) * after**2)
            if best is None or error < best.error:
                best = Jump(index, before, after, error)
        left += value
    return best


def repeats_daily(hours: Sequence[float | None]) -> bool:
    """Whether hourly readings follow the day: like those 24 hours earlier, and unlike those 12 hours earlier.

    The second condition tells a day's rhythm from any slow wandering. False where there is too little history.
    """
    if sum(value is not None for value in hours) < _FEWEST_HOURS:
        return False
    daily, half = _likeness(hours, _DAY_H), _likeness(hours, _DAY_H // 2)
    return daily > 0.5 and daily > half + 0.3


def _likeness(hours: Sequence[float | None], lag: int) -> float:
    """Pearson's correlation of the readings with those `lag` earlier, where both are there."""
    pairs = [(old, new) for old, new in zip(hours, hours[lag:], strict=False) if None not in (old, new)]
    if len(pairs) < _DAY_H // 2:
        return 0.0
    old = [pair[0] or 0.0 for pair in pairs]
    new = [pair[1] or 0.0 for pair in pairs]
    mean_old, mean_new = fmean(old), fmean(new)
    both = math.fsum((a - mean_old) * (b - mean_new) for a, b in zip(old, new, strict=True))
    size = math.sqrt(
        math.fsum((a - mean_old) ** 2 for a in old) * math.fsum((b - mean_new) ** 2 for b in new)
    )
    return both / size if size else 0.0
