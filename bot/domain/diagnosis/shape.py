"""Shapes: how memory grew before a death; it decides how much more is enough."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from bot.domain.calendar.duration import rough
from bot.domain.diagnosis import trend
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.series import LEAST_USE_MIB, MOST_USE_MIB, Series
from bot.domain.telling.language import say

FEWEST_SAMPLES = 3
CLIMB_RHO = 1.05  # limit over the median of the last hour: above it, memory climbed into its limit
_HOUR_S = 3600.0
_STARTUP_S = 15 * 60.0
_SPIKE_S = 30 * 60.0
STUCK_S, STUCK_SHARE = 4 * 60.0, 0.97  # so long at so much of the limit
_NEAR_SHARE = 0.9  # of the limit: below it, the living are in no trouble
_BLOCKS = 48
_WARM_UP = 0.1  # of a life, left out of the trend
_LEAK_TAU, _LEAK_Z, _LEAK_RISE = 0.6, 3.0, 0.15
_STEP_RISE, _STEP_GAIN = 0.1, 0.6
_RESTART_FROM, _RESTART_TO = 0.85, 0.6  # from so much of the limit to so much of that within one step
_RESTART_S = 2 * _HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How memory grew, and why we say so (a plain sentence with numbers).

    `rho`: limit over the median of the last hour. `slope_mib_per_h` and `floor_mib` are of a leak: how fast the
    floor rises, and where it stood at the end. `lifetime_s`: how long such a life lasts, where that is known.
    """

    pattern: Pattern
    why: str
    rho: float | None = None
    slope_mib_per_h: float | None = None
    floor_mib: float | None = None
    lifetime_s: float | None = None

    @property
    def climbs(self) -> bool:
        """It was well below its limit in the last hour: then 1.25 times the limit is seldom enough."""
        if self.pattern in (Pattern.SPIKE, Pattern.RAMP):
            return True
        return self.rho is not None and self.rho > CLIMB_RHO


@dataclass(frozen=True, slots=True)
class _Life:
    """Readings of the last life: seconds since the first of them, MiB."""

    times: list[float]
    values: list[float]
    limit_mib: float

    @property
    def length_s(self) -> float:
        return self.times[-1] - self.times[0]

    def since(self, seconds: float) -> list[float]:
        """The readings of the last seconds."""
        return self.values[bisect_left(self.times, self.times[-1] - seconds) :]


def classify(series: Series, limit_mib: float, *, now: datetime) -> Shape:
    """The shape of the series' last life; UNKNOWN below three samples, or of the living where nothing is wrong.

    Thresholds: facts of 1,308 replayed kills on recorded production memory; see docs/sizing.md.
    """
    life = _last_life(series, limit_mib)
    if life is None or limit_mib <= 0:
        return Shape(pattern=Pattern.UNKNOWN, why=say("fewer than three memory samples of this life"))
    last_hour = median(life.since(_HOUR_S))
    rho = limit_mib / last_hour if last_hour >= LEAST_USE_MIB else None
    uptime_s = _uptime_s(series, now)
    if not series.was_killed and (stuck_s := _at_limit_s(life)) >= STUCK_S:
        return Shape(pattern=Pattern.STUCK, why=_stuck(limit_mib, stuck_s), rho=rho)
    if uptime_s is not None and uptime_s < _STARTUP_S:
        died = say("it died {span} after its start", span=rough(uptime_s))
        why = died if series.was_killed else say("it has just started")
        return Shape(pattern=Pattern.STARTUP, why=why, rho=rho, lifetime_s=uptime_s)
    if leak := _leak(life, rho, uptime_s):
        return leak
    climbs = rho is None or rho > CLIMB_RHO
    if not series.was_killed and (climbs or max(life.values) < _NEAR_SHARE * limit_mib):
        return Shape(pattern=Pattern.UNKNOWN, why=_no_trouble(life, lives=series.ended_at is None), rho=rho)
    return _climb(life, last_hour, rho) if climbs else _creep(life, last_hour, rho or 1.0)


def _stuck(limit_mib: float, stuck_s: float) -> str:
    return say(
        "at {share:.0%} or more of {limit} for {span}, and alive",
        share=STUCK_SHARE,
        limit=_mib(limit_mib),
        span=rough(stuck_s),
    )


def _no_trouble(life: _Life, *, lives: bool) -> str:
    peak, limit = _mib(max(life.values)), _mib(life.limit_mib)
    if lives:
        return say(
            "it lives, and did not stay near the limit: peak {peak} of {limit}", peak=peak, limit=limit
        )
    return say("it did not stay near the limit: peak {peak} of {limit}", peak=peak, limit=limit)


def _last_life(series: Series, limit_mib: float) -> _Life | None:
    """Sane readings since the last start, oldest first; None where they are too few."""
    begin, end = series.started_at, series.ended_at
    kept = [
        one
        for one in series.samples
        if 0 <= one.mib <= MOST_USE_MIB
        and (begin is None or one.at >= begin)
        and (end is None or one.at <= end)
    ]
    kept.sort(key=lambda one: one.at)
    if len(kept) < FEWEST_SAMPLES:
        return None
    times = [(one.at - kept[0].at).total_seconds() for one in kept]
    values = [one.mib for one in kept]
    start = _restart(times, values, limit_mib)
    return _Life(times[start:], values[start:], limit_mib)


def _restart(times: Sequence[float], values: Sequence[float], limit_mib: float) -> int:
    """Index of the first reading after the last restart: a fall from near the limit to little, within one step.

    0 where that was less than two hours ago: such teeth may be a garbage collector's.
    """
    falls = (
        later
        for later in range(len(values) - 1, 0, -1)
        if values[later - 1] >= _RESTART_FROM * limit_mib and values[later] <= _RESTART_TO * values[later - 1]
    )
    last = next(falls, 0)
    return last if times[-1] - times[last] >= _RESTART_S else 0


def _uptime_s(series: Series, now: datetime) -> float | None:
    if series.started_at is None:
        return None
    return max(0.0, ((series.ended_at or now) - series.started_at).total_seconds())


def _at_limit_s(life: _Life) -> float:
    """For how long it has been at its limit, up to the last reading."""
    begin = life.times[-1]
    for time, value in zip(reversed(life.times), reversed(life.values), strict=True):
        if value < STUCK_SHARE * life.limit_mib:
            break
        begin = time
    return life.times[-1] - begin


def _floors(life: _Life) -> tuple[list[float], list[float]]:
    """Smallest reading of each of up to 48 spans of time, warm-up left out: what a collector cannot free."""
    begin = life.times[0] + _WARM_UP * life.length_s
    width = (life.times[-1] - begin) / _BLOCKS
    edges = [bisect_left(life.times, begin + block * width) for block in range(_BLOCKS)]
    times, floors = [], []
    for first, end in pairwise([*edges, len(life.times)]):
        if first < end:
            floor = min(life.values[first:end])
            times.append(life.times[life.values.index(floor, first, end)])
            floors.append(floor)
    return times, floors


def _leak(life: _Life, rho: float | None, uptime_s: float | None) -> Shape | None:
    times, floors = _floors(life)
    if max(floors) - min(floors) <= _LEAK_RISE * life.limit_mib:
        return None  # the line below takes most of the time
    rise = trend.rise(times, floors)
    if rise is None or rise.tau <= _LEAK_TAU or rise.z <= _LEAK_Z:
        return None
    risen = rise.slope * (times[-1] - times[0])
    jump = trend.jump(floors)
    if risen <= _LEAK_RISE * life.limit_mib or (jump and jump.error < trend.line_error(times, floors)):
        return None
    slope = rise.slope * _HOUR_S
    why = say(
        "its floor rose steadily by {risen} in {span}: {slope} an hour",
        risen=_mib(risen),
        span=rough(times[-1] - times[0]),
        slope=_mib(slope),
    )
    floor = min(max(rise.end, 0.0), life.limit_mib)
    return Shape(
        pattern=Pattern.LEAK, why=why, rho=rho, slope_mib_per_h=slope, floor_mib=floor, lifetime_s=uptime_s
    )


def _climb(life: _Life, last_hour: float, rho: float | None) -> Shape:
    """A spike or a ramp, by how long the final climb from the usual level took."""
    usual = min(median(life.values), last_hour)
    mark = usual + 0.2 * (life.limit_mib - usual)
    readings = zip(reversed(life.times), reversed(life.values), strict=True)
    climb_s = life.times[-1] - next((time for time, value in readings if value <= mark), life.times[0])
    pattern = Pattern.SPIKE if climb_s <= _SPIKE_S else Pattern.RAMP
    low, high = _mib(usual), _mib(life.limit_mib)
    if climb_s:
        why = say("from {low} to {high} within {span}", low=low, high=high, span=rough(climb_s))
    else:
        why = say("from {low} to {high} between two samples", low=low, high=high)
    return Shape(pattern=pattern, why=why, rho=rho)


def _creep(life: _Life, last_hour: float, rho: float) -> Shape:
    """Close to the limit for an hour: by the day, since a jump, or always."""
    used, limit = _mib(last_hour), _mib(life.limit_mib)
    if trend.repeats_daily(_hourly(life)):
        why = say("it follows the day: {used} of {limit} in the last hour", used=used, limit=limit)
        return Shape(pattern=Pattern.DIURNAL, why=why, rho=rho)
    times, floors = _floors(life)
    jump = trend.jump(floors)
    if (
        jump
        and jump.after - jump.before >= _STEP_RISE * life.limit_mib
        and jump.error < _STEP_GAIN * trend.line_error(times, floors)
    ):
        why = say(
            "it jumped from {low} to {high} {span} before",
            low=_mib(jump.before),
            high=_mib(jump.after),
            span=rough(life.times[-1] - times[jump.at]),
        )
        return Shape(pattern=Pattern.STEP, why=why, rho=rho)
    why = say("it lives close to its limit: {used} of {limit} in the last hour", used=used, limit=limit)
    return Shape(pattern=Pattern.CHRONIC, why=why, rho=rho)


def _hourly(life: _Life) -> list[float | None]:
    """The largest reading of each hour; None where there was none."""
    hours: list[float | None] = [None] * (int(life.length_s // _HOUR_S) + 1)
    for time, value in zip(life.times, life.values, strict=True):
        hour = int((time - life.times[0]) // _HOUR_S)
        hours[hour] = max(value, hours[hour] or 0.0)
    return hours


def _mib(value: float) -> str:
    return f"{value:,.0f} MiB" if value >= 10 else f"{value:.1f} MiB"
