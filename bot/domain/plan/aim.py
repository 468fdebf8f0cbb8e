"""Aims: which of a container's sizes counts, and so is what a resize changes first."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.diagnosis import Diagnosis


class AimKind(StrEnum):
    """What is resized, in the words that a person reads."""

    CONTAINER = "the container's limit"
    TASK = "the task's memory"  # no limit of the container's own, or the task's was reached
    RESERVATION = "the container's reservation"  # on EC2, where it has nothing else


@dataclass(frozen=True, slots=True)
class Aim:
    """What is resized, and how large it is now, MiB."""

    kind: AimKind
    mib: int


def aim_of(definition: TaskDefinition, container: Container, diagnosis: Diagnosis | None) -> Aim | None:
    """What to resize of this container; None where the revision sets no memory that could be resized."""
    task_mib = None if definition.is_windows and not definition.is_fargate else definition.memory_mib
    if task_mib is not None and (container.memory_mib is None or _is_tasks(definition, container, diagnosis)):
        return Aim(AimKind.TASK, task_mib)
    if container.memory_mib is not None:
        return Aim(AimKind.CONTAINER, container.memory_mib)
    if container.reservation_mib is not None:
        return Aim(AimKind.RESERVATION, container.reservation_mib)
    return None


def _is_tasks(definition: TaskDefinition, container: Container, diagnosis: Diagnosis | None) -> bool:
    """Whether it was the task's limit that was reached, though the container has one of its own."""
    if diagnosis is None or container.memory_mib == definition.memory_mib:
        return False
    return diagnosis.limit_mib == definition.memory_mib
