"""Memory as it was: what each container used at any moment of its life, for metrics and performance logs."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from sandbox.aws.ecs import Ecs
from sandbox.aws.tasks import Task

SAMPLE_S = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """One container in one minute; `reserved_mib` is 0 where it has neither limit nor reservation."""

    at: int
    task: Task
    container: str
    used_mib: float
    reserved_mib: int


def samples(
    ecs: Ecs, cluster: str, span: tuple[float, float], wanted: Callable[[Task], bool] = lambda _: True
) -> list[Sample]:
    """The minutes of the wanted tasks' containers within a span (seconds since 1970), oldest first.

    Tasks that ECS has forgotten are among them. A spike between two minutes is not seen, as with Container Insights.
    """
    there = (task for task in chain(ecs.lives.recall(), ecs.tasks.values()) if task.cluster == cluster)
    found = [one for task in there if wanted(task) for one in _of_task(ecs, task, span)]
    return sorted(found, key=lambda sample: sample.at)


def _of_task(ecs: Ecs, task: Task, span: tuple[float, float]) -> list[Sample]:
    """A task's age at a moment is its share of the life that it had by its end, or has by now."""
    started, stopped = task.times.get("startedAt"), task.times.get("executionStoppedAt")
    if started is None:
        return []
    began, ended = started.timestamp(), stopped.timestamp() if stopped else ecs.clock.time()
    pace = task.age_s / max(ended - began, 1.0)
    first = int(-(-max(span[0], began) // SAMPLE_S) * SAMPLE_S)
    return [
        _sample(ecs, task, number, (at, pace * (at - began)))
        for at in range(first, int(min(span[1], ended)) + 1, SAMPLE_S)
        for number in range(len(task.containers))
    ]


def _sample(ecs: Ecs, task: Task, number: int, moment: tuple[int, float]) -> Sample:
    """One container at a moment and an age; it never has more than its limit, for then it is dead."""
    container = task.containers[number]
    limit = container.limit_mib or task.limit_mib or float("inf")
    used = min(ecs.curve(task, container).mib(moment[1], ecs.phase(task)), limit)
    return Sample(
        moment[0], task, container.name, used, container.reservation_mib or container.limit_mib or 0
    )
