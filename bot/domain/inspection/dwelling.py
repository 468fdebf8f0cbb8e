"""Dwellings: what each container of a living task used at least over the last minutes, and which sit at their limit.

A service's own figure is one for all its tasks and containers: in it a container that is stuck does not show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.shape import STUCK_S, STUCK_SHARE
from bot.domain.telling.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Dwelling:
    """A container of one task: its least and its most use in MiB over its last `minutes`, one sample each."""

    task_id: str
    container: str
    low_mib: float
    peak_mib: float
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLimit:
    """A container (or a whole task) that has not left its limit for all the minutes that were looked at, in words."""

    limit_mib: int
    peak_mib: float
    why: str


def at_limit(definition: TaskDefinition, dwellings: Sequence[Dwelling]) -> AtLimit | None:
    """The fullest one of this revision that sits at its limit; None where none does."""
    by_task = attrgetter("task_id")
    found = [
        stuck
        for task_id, its in groupby(sorted(dwellings, key=by_task), by_task)
        for stuck in _in_task(definition, task_id, list(its))
    ]
    return max(found, key=lambda one: one.peak_mib / one.limit_mib, default=None)


def _in_task(definition: TaskDefinition, task_id: str, its: Sequence[Dwelling]) -> Iterator[AtLimit]:
    for one in its:
        container = definition.container(one.container)
        if container and container.memory_mib and _sits(one.low_mib, container.memory_mib, one.minutes):
            name = say("{container} in task {task}", container=one.container, task=task_id[:8])
            yield _told(name, container.memory_mib, one.peak_mib, one.minutes)
    # The least of a sum is no less than the sum of the least: what holds of this holds of the task.
    low_mib, minutes = sum(one.low_mib for one in its), min(one.minutes for one in its)
    if definition.memory_mib and _sits(low_mib, definition.memory_mib, minutes):
        yield _told(say("task {task}", task=task_id[:8]), definition.memory_mib, low_mib, minutes)


def _sits(low_mib: float, limit_mib: int, minutes: int) -> bool:
    return 60 * minutes >= STUCK_S and low_mib >= STUCK_SHARE * limit_mib


def _told(name: str, limit_mib: int, peak_mib: float, minutes: int) -> AtLimit:
    why = say(
        "{name} is at {share:.0%} or more of its {limit:,} MiB for {span}, and alive",
        name=name,
        share=STUCK_SHARE,
        limit=limit_mib,
        span=rough(60.0 * minutes),
    )
    return AtLimit(limit_mib=limit_mib, peak_mib=peak_mib, why=why)
