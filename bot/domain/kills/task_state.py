"""Task states: an ECS task and its containers, as one event or DescribeTasks tells them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.domain.aws.arn import LONGEST, Arn
from bot.domain.aws.event import Event
from bot.domain.aws.field import Fields, each, fields, mib, moment, number, text
from bot.domain.aws.injection import injected_by
from bot.domain.kills.death import Limits
from bot.domain.kills.stop import Stop
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.launcher import is_batch_cluster

SHARED_HOSTS = {"EC2", "EXTERNAL"}
UNNAMED = "unnamed"
NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """One container of a task. `reason` is ECS's own text; `limits` hold with run-time overrides applied."""

    name: str
    status: str = ""
    exit_code: int | None = None
    reason: str = ""
    image: str = ""
    image_digest: str = ""
    limits: Limits = NO_LIMITS

    @classmethod
    def read(cls, source: Fields, override: Fields, task_mib: int | None) -> Self:
        """A container of an event's detail; `override` is its part of overrides.containerOverrides."""
        return cls(
            name=text(source, "name") or UNNAMED,
            status=text(source, "lastStatus", 32).upper(),
            exit_code=number(source, "exitCode"),
            reason=text(source, "reason", 1024),
            image=text(source, "image", 512),
            image_digest=text(source, "imageDigest", 128),
            limits=Limits(
                container_mib=mib(override, "memory") or mib(source, "memory"),
                reservation_mib=mib(override, "memoryReservation") or mib(source, "memoryReservation"),
                task_mib=task_mib,
            ),
        )

    @property
    def is_injected(self) -> bool:
        """Whether AWS put it into the task: it has no line in the task definition, nobody can resize it."""
        return injected_by(self.name) != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """One task at one moment. `owner` is the group key of its kills, still without a container."""

    arn: str
    owner: GroupKey
    stop: Stop
    containers: tuple[ContainerState, ...] = ()
    status: str = ""
    desired: str = ""
    definition_arn: str = ""
    version: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None  # the best that the event tells
    launch_type: str = ""
    started_by: str = ""
    container_instance_arn: str = ""
    availability_zone: str = ""

    @property
    def has_stopped(self) -> bool:
        """Whether the whole task is at its end; a trimmed event that tells no status is taken to be about one."""
        return self.status in {"", "STOPPED", "DELETED"}

    @property
    def is_stopping(self) -> bool:
        """Whether the task has stopped or is on its way there."""
        on_its_way = self.status in {"DEACTIVATING", "STOPPING", "DEPROVISIONING"}
        return self.has_stopped or on_its_way or self.desired == "STOPPED"

    @classmethod
    def read(cls, event: Event) -> Self:
        """The task in an event's detail (or in an answer of DescribeTasks, which has the same fields)."""
        detail = event.detail
        arn = _task_arn(event)
        return cls(
            arn=arn,
            owner=_owner(event, arn),
            stop=Stop.of_task(text(detail, "stopCode", 64), text(detail, "stoppedReason", 200)),
            containers=_containers(detail),
            status=text(detail, "lastStatus", 32).upper(),
            desired=text(detail, "desiredStatus", 32).upper(),
            definition_arn=text(detail, "taskDefinitionArn", LONGEST),
            version=max(0, number(detail, "version") or 0),
            started_at=moment(detail, "startedAt"),
            ended_at=_ended_at(event),
            launch_type=_launch_type(detail),
            started_by=text(detail, "startedBy"),
            container_instance_arn=text(detail, "containerInstanceArn", LONGEST),
            availability_zone=text(detail, "availabilityZone", 64),
        )


def _task_arn(event: Event) -> str:
    """The task's ARN from wherever the event has it; "" where it names no task at all."""
    if told := text(event.detail, "taskArn", LONGEST):
        return told
    if found := next((arn for arn in event.resources if Arn.parse(arn).is_task), ""):
        return found
    arns = (text(container, "taskArn", LONGEST) for container in each(event.detail, "containers"))
    return next((arn for arn in arns if arn), "")


def _owner(event: Event, task_arn: str) -> GroupKey:
    detail = event.detail
    task, cluster = Arn.parse(task_arn), Arn.parse(text(detail, "clusterArn", LONGEST))
    instance = Arn.parse(text(detail, "containerInstanceArn", LONGEST))
    group = text(detail, "group")
    family = Arn.parse(text(detail, "taskDefinitionArn", LONGEST)).name
    if not family and group.startswith("family:"):
        family = group.removeprefix("family:")
    cluster_name = cluster.cluster or task.cluster or instance.cluster
    if group.startswith("service:"):
        kind, name = OwnerKind.SERVICE, group.removeprefix("service:")
    elif is_batch_cluster(cluster_name):
        # The event does not tell the job definition. Its "Batch Job State Change" does, and names the same death.
        kind, name = OwnerKind.JOB, family or task.name
    else:
        kind, name = (OwnerKind.FAMILY, family) if family else (OwnerKind.TASK, task.name)
    return GroupKey(
        account=task.account or cluster.account or event.account,
        region=task.region or cluster.region or event.region,
        cluster=cluster_name,
        kind=kind,
        name=name,
        container="",
    )


def _containers(detail: Fields) -> tuple[ContainerState, ...]:
    overrides = {text(part, "name"): part for part in each(fields(detail, "overrides"), "containerOverrides")}
    task_mib = _task_mib(detail, overrides)
    return tuple(
        ContainerState.read(part, overrides.get(text(part, "name"), {}), task_mib)
        for part in each(detail, "containers")
    )


def _task_mib(detail: Fields, overrides: dict[str, Fields]) -> int | None:
    """The task's own memory limit.

    On EC2 a task without one is told with the sum of what its containers reserve (facts/ecs.md §1.1), which limits
    nothing: that figure is not taken. The task definition tells for sure.
    """
    overridden = mib(fields(detail, "overrides"), "memory")
    told = mib(detail, "memory")
    if overridden is not None or text(detail, "launchType", 32).upper() not in SHARED_HOSTS:
        return overridden or told
    reserved = 0
    for part in each(detail, "containers"):
        override = overrides.get(text(part, "name"), {})
        reserved += next(
            (
                size
                for key in ("memoryReservation", "memory")
                for size in (mib(override, key), mib(part, key))
                if size
            ),
            0,
        )
    return None if told == reserved else told


def _ended_at(event: Event) -> datetime | None:
    times = (moment(event.detail, key) for key in ("executionStoppedAt", "stoppedAt", "stoppingAt"))
    told = next((time for time in times if time), None)
    return told or event.at or moment(event.detail, "updatedAt")


def _launch_type(detail: Fields) -> str:
    told = text(detail, "launchType", 32).upper()
    return told or ("FARGATE" if text(detail, "capacityProviderName").startswith("FARGATE") else "")
