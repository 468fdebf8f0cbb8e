"""Group keys: what kills share to be one incident."""

from dataclasses import dataclass
from enum import StrEnum


class OwnerKind(StrEnum):
    """What ran the task."""

    SERVICE = "service"  # an ECS service
    FAMILY = "family"  # a standalone or scheduled task, by its task definition family
    JOB = "job"  # an AWS Batch job, by its job definition
    TASK = "task"  # known by its ARN alone (the event told no more and ECS has forgotten it)


@dataclass(frozen=True, order=True, slots=True)
class GroupKey:
    """Account, region, cluster, service or family, container: kills that share it are one incident.

    `container` is empty where a failure belongs to no single container (a placement failure, say).
    """

    account: str
    region: str
    cluster: str
    kind: OwnerKind
    name: str
    container: str

    def __str__(self) -> str:
        """One line that is unique per key: `123456789012/eu-west-1/prod/service:checkout/app`."""
        return f"{self.account}/{self.region}/{self.cluster}/{self.kind.value}:{self.name}/{self.container}"
