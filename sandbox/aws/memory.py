"""Memory as it was: what each container used at any moment of its life, for metrics and performance logs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from sandbox.aws.ecs import Ecs
from sandbox.aws.tasks import Container, Task

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
    moments = range(first, int(min(span[1], ended)) + 1, SAMPLE_S)
    return [
        one
        for container in task.containers
        for one in _of_container(ecs, task, container, moments, lambda at: pace * (at - began))
    ]


def _of_container(
    ecs: Ecs, task: Task, container: Container, moments: Iterable[int], aging: Callable[[int], float]
) -> list[Sample]:
    """It never has more than its limit, for then it is dead. Two weeks are 20,160 moments: all else is asked for once."""
    limit = container.limit_mib or task.limit_mib or float("inf")
    reserved = container.reservation_mib or container.limit_mib or 0
    name, curve, phase = container.name, ecs.curve(task, container), ecs.phase(task)
    return [Sample(at, task, name, min(curve.mib(aging(at), phase), limit), reserved) for at in moments]
