"""Shrinking: a smaller size for what never comes near its limit, with the probability of a kill."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.aws.layout import Layout, Plot, layouts
from bot.domain.aws.price import Prices
from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.diagnosis import Option
from bot.domain.sizing import tail, target
from bot.domain.sizing.bill import more_a_month
from bot.domain.sizing.sizing import Abstains
from bot.domain.sizing.tail import Peak
from bot.domain.telling.language import say

FEWEST_HOURS = 7 * 24  # of history: a week has a weekend
_YEAR_H, _MONTH_H = 365 * 24, 30 * 24
_LEAST_HEADROOM = 1.15
_LEAST_GAIN = 0.1  # of today's size


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A container that runs well. `peaks`: the largest use of each stretch of `stretch_h` hours (or of each run).

    `limit_mib` is the container's hard limit, the task's where it has none; MiB.
    """

    definition: TaskDefinition
    container: str
    limit_mib: int
    peaks: Sequence[Peak]
    stretch_h: float
    desired_count: int = 1
    prices: Prices | None = None
    others_mib: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The smaller size; `monthly_usd` of the option is negative where it saves. `frees_mib` of each task."""

    option: Option
    kill_within_30_days: float
    frees_mib: int
    reason: str


@dataclass(frozen=True, slots=True)
class KnowsTooLittle(Abstains):
    """No smaller size is told, because there is too little history."""


def shrink(steady: Steady) -> Shrunk | Abstains:
    """The least size that a stretch's peak should pass once in a year; Abstains where that is none, and why."""
    container = steady.definition.container(steady.container)
    peaks = tail.fit(steady.peaks)
    hours = len(steady.peaks) * steady.stretch_h
    if container is None or peaks is None or hours < FEWEST_HOURS:
        return KnowsTooLittle(say("{hours:.0f} hours of history, a week is the least", hours=hours))
    if any(peak.is_censored for peak in steady.peaks):
        return Abstains(say("it was killed in this time"))
    wanted = max(target.keep(peaks, steady.stretch_h / _YEAR_H), _LEAST_HEADROOM * peaks.record_mib)
    found = _smaller(steady, container, wanted)
    if found is None:
        return Abstains(
            say("it peaked at {mib:,.0f} MiB: no smaller size leaves it enough", mib=peaks.record_mib)
        )
    return _shrunk(steady, found, peaks)


def kill_within_30_days(peaks: tail.Tail, stretch_h: float, limit_mib: float) -> float:
    """Probability that one of the month's stretches (or runs), each of `stretch_h` hours, peaks above `limit_mib`."""
    return 1.0 - math.pow(1 - peaks.exceeds(limit_mib), _MONTH_H / stretch_h)


def _smaller(steady: Steady, container: Container, wanted_mib: float) -> Layout | None:
    """The least layout that holds it; None where it frees too little."""
    plot = Plot(
        definition=_emptied(steady.definition),
        container=container,
        is_task_limit=container.memory_mib is None,
        others_mib=steady.others_mib,
    )
    found = next((one for one in layouts(plot, wanted_mib) if one.limit_mib >= wanted_mib), None)
    if found is None or _freed_mib(steady, found) < _LEAST_GAIN * (
        steady.definition.memory_mib or steady.limit_mib
    ):
        return None
    if (
        found.container_mib is None
        or container.memory_mib is None
        or found.container_mib <= container.memory_mib
    ):
        return found
    kept = container.memory_mib  # the smaller task still has room for all of it
    return replace(found, limit_mib=kept, container_mib=kept, reservation_mib=container.reservation_mib)


def _emptied(definition: TaskDefinition) -> TaskDefinition:
    """The revision with next to no memory, to grow from."""
    return definition if definition.memory_mib is None else replace(definition, memory_mib=1)


def _freed_mib(steady: Steady, layout: Layout) -> int:
    """Of each task: of its size where it has one, else of the container's limit."""
    old, new = steady.definition.memory_mib, layout.task_mib
    return steady.limit_mib - layout.limit_mib if old is None or new is None else old - new


def _shrunk(steady: Steady, layout: Layout, peaks: tail.Tail) -> Shrunk:
    per_stretch = peaks.exceeds(layout.limit_mib)
    kill = kill_within_30_days(peaks, steady.stretch_h, layout.limit_mib)
    option = Option(
        memory_mib=layout.container_mib or layout.limit_mib,
        task_mib=layout.task_mib,
        cpu=layout.cpu,
        reservation_mib=layout.reservation_mib,
        enough=1 - kill,
        next_oom_s=steady.stretch_h * 3600 / per_stretch,
        monthly_usd=more_a_month(steady.definition, layout, steady.prices, steady.desired_count),
    )
    days = len(steady.peaks) * steady.stretch_h / 24
    reason = say(
        "at most {peak:,.0f} of {limit:,} MiB in {days:.0f} days",
        peak=peaks.record_mib,
        limit=steady.limit_mib,
        days=days,
    )
    freed_mib = _freed_mib(steady, layout)
    return Shrunk(option=option, kill_within_30_days=kill, frees_mib=freed_mib, reason=reason)
