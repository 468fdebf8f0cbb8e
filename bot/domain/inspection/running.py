"""What runs: services and standalone tasks with the revision that each of them uses, and where we could not look."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.subject.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service, or a family of tasks without one, and the revision that it uses now.

    `on_fargate`: where it runs, whatever else its revision could run on. `desired_count` of a family: its tasks now.
    """

    subject: Subject
    definition: TaskDefinition
    on_fargate: bool
    desired_count: int = 1
    deployed_at: datetime | None = None

    @property
    def reserved_mib(self) -> int | None:
        """What CloudWatch's per cent of one task are of: the task's memory, else all reservations (or limits).

        As ECS's agent adds them up; None where a container sets neither.
        """
        if self.definition.memory_mib is not None:
            return self.definition.memory_mib
        parts = [one.reservation_mib or one.memory_mib for one in self.definition.containers]
        known = [part for part in parts if part is not None]
        return sum(known) if known and len(known) == len(parts) else None

    @property
    def limit_mib(self) -> int | None:
        """The most that one task may use; None where nothing stops it but its host."""
        containers = self.definition.containers
        hard = [one.memory_mib for one in containers if one.memory_mib is not None]
        whole = sum(hard) if hard and len(hard) == len(containers) else None
        limits = [limit for limit in (self.definition.memory_mib, whole) if limit is not None]
        return min(limits, default=None)

    @property
    def measured_container(self) -> str:
        """The container that the task's figures speak of: its only one, or the only one without a limit; "" for none."""
        containers = self.definition.containers
        if len(containers) == 1:
            return containers[0].name
        open_ended = [one.name for one in containers if one.memory_mib is None]
        return open_ended[0] if len(open_ended) == 1 and self.definition.memory_mib is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """All that runs where we looked; `gaps` are plain sentences on what could not be looked at, and why."""

    running: tuple[Running, ...] = ()
    clusters: int = 0
    gaps: tuple[str, ...] = ()
