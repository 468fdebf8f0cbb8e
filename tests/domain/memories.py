"""Memories: made-up series of each pattern of death, with noise, collectors, gaps and restarts."""

import math
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.domain.diagnosis.series import Sample, Series, SeriesSource

END = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIMIT_MIB = 1000.0
Curve = Callable[[float], float]  # hours before the end (0 at the death) → MiB


def flat(mib: float) -> Curve:
    return lambda _before: mib


def line(start: float, hours: float, end: float = LIMIT_MIB) -> Curve:
    """Level until `hours` before the end, then straight to `end`."""
    return lambda before: start if before > hours else end - (end - start) * before / hours


def day(low: float, high: float) -> Curve:
    """A wave of 24 hours that is highest at the end."""
    return lambda before: (high + low) / 2 + (high - low) / 2 * math.cos(before / 24 * 2 * math.pi)


def jump(low: float, high: float, hours: float) -> Curve:
    return lambda before: low if before > hours else high


def lives(curve: Curve, hours: float) -> Curve:
    """The curve again and again: it is restarted each `hours`."""
    return lambda before: curve(before % hours)


def collected(curve: Curve, teeth: float, minutes: float) -> Curve:
    """On top of it garbage that is collected each `minutes`; it never passes the limit before the end."""
    return lambda before: min(LIMIT_MIB, curve(before) + teeth * (1 - before * 60 / minutes % 1))


def recorded(
    curve: Curve,
    *,
    hours: float = 12.0,
    step_s: float = 60.0,
    noise: float = 8.0,
    gaps: Iterable[tuple[float, float]] = (),
) -> tuple[Sample, ...]:
    """Samples of the curve up to its end; `gaps` are spans of hours before the end in which none came."""
    chance, holes = random.Random(5), list(gaps)
    steps = (index * step_s / 3600 for index in count(int(hours * 3600 / step_s), -1))
    samples = []
    for before in steps:
        if before < 0:
            break
        if not any(last <= before <= first for first, last in holes):
            mib = min(LIMIT_MIB, max(0.0, curve(before) + chance.gauss(0, noise)))
            samples.append(Sample(END - timedelta(hours=before), mib))
    return tuple(samples)


def series(
    samples: tuple[Sample, ...],
    *,
    was_killed: bool = True,
    started_h: float | None = None,
    step_s: float = 60.0,
) -> Series:
    """A series that ends at the death; `started_h` hours before it the life began."""
    return Series(
        samples=samples,
        step_s=step_s,
        source=SeriesSource.CONTAINER_INSIGHTS,
        of="container app",
        started_at=None if started_h is None else END - timedelta(hours=started_h),
        ended_at=END if was_killed else None,
        was_killed=was_killed,
    )
