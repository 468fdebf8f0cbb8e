"""Pressure: which limit filled up, the container's own or its task's, and the memory that is measured against it."""

from collections import defaultdict
from dataclasses import dataclass, replace

from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.limit import limit_of
from bot.domain.diagnosis.series import Sample, Series
from bot.domain.telling.language import say

FULL = 0.9  # of a limit: from here on it may have been reached between two samples


@dataclass(frozen=True, slots=True)
class Pressure:
    """`series` is None where nothing was measured, `limit_mib` where no limit was in force or nobody knows it."""

    series: Series | None
    limit_mib: float | None
    is_of_task: bool = False  # all containers together, against the task's limit


def pressure_of(evidence: Evidence) -> Pressure:
    """What the newest death is judged by. All containers are added up where it was their task that was full."""
    series, limit = evidence.series, limit_of(evidence)
    if _is_of_task(evidence):
        return Pressure(together(evidence), limit.task_mib, is_of_task=True)
    if limit.mib is not None or evidence.definition is not None or series is None:
        return Pressure(series, limit.mib)
    return Pressure(series, series.limit_mib)  # a reservation, maybe: better than nothing


def together(evidence: Evidence) -> Series | None:
    """The whole task's memory: its containers' samples of the same moment, added up; None without its own."""
    own = evidence.series
    if own is None:
        return None
    others: dict[object, float] = defaultdict(float)
    for series in evidence.others:
        for sample in series.samples:
            others[sample.at] += sample.mib
    samples = tuple(Sample(one.at, one.mib + others[one.at]) for one in own.samples)
    return replace(own, samples=samples, of=say("the whole task"), container="", limit_mib=None)


def _is_of_task(evidence: Evidence) -> bool:
    """The container has no limit of its own; or it was well below it while the task was full."""
    limit, peak = limit_of(evidence), evidence.series.peak_mib if evidence.series else None
    if limit.task_mib is None or peak is None or not evidence.others:
        return False
    if limit.own_mib is None:
        return True
    whole = together(evidence)
    used = whole.peak_mib if whole else None
    return peak < FULL * limit.own_mib and used is not None and used >= FULL * limit.task_mib
