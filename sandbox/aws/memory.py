"""Memory as it was: what each container used at any moment of its life, for metrics and performance logs."""

from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Life:
    """One container's minutes within a span, and the MiB that it used in each."""

    task: Task
    container: str
    reserved_mib: int
    minutes: range
    used_mib: list[float]


def samples(
    ecs: Ecs, cluster: str, span: tuple[float, float], wanted: Callable[[Task], bool] = lambda _: True
) -> list[Sample]:
    """The minutes of the wanted tasks' containers within a span (seconds since 1970), oldest first."""
    found = [
        Sample(at, life.task, life.container, used, life.reserved_mib)
        for life in lives(ecs, cluster, span, wanted)
        for at, used in zip(life.minutes, life.used_mib, strict=True)
    ]
    return sorted(found, key=lambda sample: sample.at)


def lives(
    ecs: Ecs, cluster: str, span: tuple[float, float], wanted: Callable[[Task], bool]
) -> Iterator[Life]:
    """Likewise, container by container: two weeks are 20,160 minutes, and the page waits while they are computed.

    Tasks that ECS has forgotten are among them. A spike between two minutes is not seen, as with Container Insights.
    """
    for task in chain(ecs.lives.recall(), ecs.tasks.values()):
        if task.cluster == cluster and wanted(task):
            yield from _of_task(ecs, task, span)


def _of_task(ecs: Ecs, task: Task, span: tuple[float, float]) -> Iterator[Life]:
    """A task's age at a moment is its share of the life that it had by its end, or has by now."""
    started, stopped = task.times.get("startedAt"), task.times.get("executionStoppedAt")
    if started is None:
        return
    began, ended = started.timestamp(), stopped.timestamp() if stopped else ecs.clock.time()
    pace = task.age_s / max(ended - began, 1.0)
    first = int(-(-max(span[0], began) // SAMPLE_S) * SAMPLE_S)
    minutes = range(first, int(min(span[1], ended)) + 1, SAMPLE_S)
    ages = [pace * (at - began) for at in minutes]
    for container in task.containers:
        reserved = container.reservation_mib or container.limit_mib or 0
        yield Life(task, container.name, reserved, minutes, _used(ecs, task, container, ages))


def _used(ecs: Ecs, task: Task, container: Container, ages: Iterable[float]) -> list[float]:
    """MiB at each age: never more than the limit, for then it is dead."""
    limit = container.limit_mib or task.limit_mib or float("inf")
    curve, phase = ecs.curve(task, container), ecs.phase(task)
    return [min(curve.mib(age, phase), limit) for age in ages]
