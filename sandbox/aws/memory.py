"""Memory as it was: what each container used at any moment of its life, for metrics and performance logs."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.aws.ecs import Ecs
from sandbox.aws.tasks import Task

SAMPLE_S = 60


@dataclass(frozen=True)
class Sample:
    """One container in one minute; `reserved_mib` is 0 where it has neither limit nor reservation."""

    at: int
    task: Task
    container: str
    used_mib: float
    reserved_mib: int


def samples(ecs: Ecs, cluster: str, start: float, end: float) -> Iterator[Sample]:
    """Every container's minutes between two moments (seconds since 1970), whole minutes, oldest first.

    A spike between two minutes is not seen, as with Container Insights.
    """
    first = int(-(-start // SAMPLE_S) * SAMPLE_S)
    for at in range(first, int(min(end, ecs.clock.time())) + 1, SAMPLE_S):
        for task in ecs.tasks.values():
            if task.cluster == cluster and (age := _age(ecs, task, at)) is not None:
                for container in task.containers:
                    reserved = container.reservation_mib or container.limit_mib or 0
                    used = ecs.curve(task, container).mib(age, ecs.phase(task))
                    yield Sample(at, task, container.name, used, reserved)


def _age(ecs: Ecs, task: Task, at: float) -> float | None:
    """The task's age in seconds of life at a moment of the clock; None when it was not running."""
    started, stopped = task.times.get("startedAt"), task.times.get("executionStoppedAt")
    if started is None:
        return None
    began, ended = started.timestamp(), stopped.timestamp() if stopped else ecs.clock.time()
    if not began <= at <= ended:
        return None
    return task.age_s * (at - began) / max(ended - began, 1.0)
