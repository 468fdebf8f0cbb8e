"""Limits in force: the memory limit that a dead container could reach, its own or its task's."""

from dataclasses import dataclass

from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.ceiling import task_limit_mib
from bot.domain.diagnosis.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """MiB; None where none was in force or nobody knows. `own_mib` is the container's hard limit."""

    own_mib: int | None
    task_mib: int | None

    @property
    def mib(self) -> int | None:
        """The one that is reached first by a container alone: its own, else its task's."""
        return self.own_mib if self.own_mib is not None else self.task_mib


def limit_of(evidence: Evidence) -> Limit:
    """The limits at the newest death. The event's come first: only they know what a run overrode."""
    death, definition = evidence.death, evidence.definition
    told = death.limits
    task_mib = task_limit_mib(told, death.launch_type)
    if definition is None:
        return Limit(own_mib=told.container_mib, task_mib=task_mib)
    container = definition.container(death.container)
    own_mib = told.container_mib or (container.memory_mib if container else None)
    return Limit(own_mib=own_mib, task_mib=_task_mib(definition, task_mib))


def container_of(evidence: Evidence) -> Container | None:
    """The dead container in its revision; None where the revision is not known or AWS injected the container."""
    return evidence.definition.container(evidence.death.container) if evidence.definition else None


def _task_mib(definition: TaskDefinition, told_mib: int | None) -> int | None:
    if definition.is_windows:
        return None  # ECS ignores task sizes for Windows containers (facts/ecs.md §4.2)
    if definition.memory_mib is not None:
        return told_mib or definition.memory_mib
    # Without a size of its own ECS shows the sum of the reservations as the task's memory, which limits nothing.
    reserved = sum(one.reservation_mib or one.memory_mib or 0 for one in definition.containers)
    return told_mib if told_mib is not None and told_mib > reserved else None
