"""Batch jobs: the attempts of an AWS Batch job on ECS, read as the tasks that they were.

Every attempt that ended is a task of its own, so a kill in one that was retried counts too. What a job's event and
its task's own "ECS Task State Change" tell of the same death has the same task ARN and container name; only here is
the owner known: kind JOB, name = job definition, cluster = job queue (people know the queue; the cluster behind it
has a made-up name, and one queue may feed several).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.domain.aws.arn import LONGEST, Arn
from bot.domain.aws.event import Event
from bot.domain.aws.field import NOTHING, Fields, each, fields, mib, moment, number, text, texts
from bot.domain.kills.death import Assessment, Death, Limits
from bot.domain.kills.stop import Cause, Stop
from bot.domain.kills.task_state import UNNAMED, ContainerState, TaskState
from bot.domain.kills.task_verdict import assess_task, told_worst_first
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import say

# The name that Batch gives to a job's container, unless ecsProperties names several.
SOLE_CONTAINER = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJob:
    """One job at one moment; `attempts` are the ended ones, oldest first, each as a stopped task."""

    arn: str
    owner: GroupKey
    status: str
    reason: str
    definition_arn: str
    was_ended_by_user: bool
    started_at: datetime | None = None
    ended_at: datetime | None = None
    attempts: tuple[TaskState, ...] = ()

    @classmethod
    def read(cls, event: Event) -> Self:
        """The job in an event's detail (or in an answer of DescribeJobs, which has the same fields)."""
        detail = event.detail
        arn = text(detail, "jobArn", LONGEST) or event.resource[:LONGEST]
        job = cls(
            arn=arn,
            owner=_owner(event, arn),
            status=text(detail, "status", 32).upper(),
            reason=text(detail, "statusReason", 200),
            definition_arn=text(detail, "jobDefinition", LONGEST),
            was_ended_by_user=any(detail.get(key) is True for key in ("isTerminated", "isCancelled")),
            started_at=moment(detail, "startedAt"),
            ended_at=moment(detail, "stoppedAt") or event.at,
        )
        return replace(job, attempts=tuple(_attempts(job, detail)))

    @property
    def stop(self) -> Stop:
        """Why the job as a whole ended."""
        told = Stop.of_attempt(self.reason, was_ended_by_user=self.was_ended_by_user)
        if told.cause is Cause.ASKED:
            return told
        return Stop(
            Cause.FAILED, say("the job failed: {why}", why=self.reason or say("Batch gave no reason"))
        )


def assess_job(job: BatchJob, now: datetime) -> Assessment:
    """The verdict on a job.

    Kills count in every attempt but the one that succeeded (Batch gives it a statusReason all the same); a plain
    failure counts only if the job failed, because a retry may still succeed.
    """
    attempts = job.attempts[:-1] if job.status == "SUCCEEDED" else job.attempts
    deaths = [death for attempt in attempts for death in assess_task(attempt, now).deaths]
    if job.status != "FAILED":
        kills = [death for death in deaths if death.verdict.is_kill]
        if kills:
            return told_worst_first(kills)
        status = job.status or say("in no status")
        return Assessment(
            verdict=Verdict.NONE, why=say("The job has not failed: it is {status}", status=status)
        )
    if all(death.verdict is Verdict.NONE for death in deaths):
        deaths += assess_task(_whole(job), now).deaths
    if deaths:
        return told_worst_first(deaths)
    return Assessment(verdict=Verdict.NONE, why=say("The job was ended by a user: {why}", why=job.stop.told))


def job_arn(death: Death) -> str:
    """Of the job whose attempt died; "" where it was none, or only the ECS event of its task told of it."""
    arn = Arn.parse(death.started_by)
    return death.started_by if (arn.service, arn.kind) == ("batch", "job") else ""


def is_told_by_batch(death: Death) -> bool:
    """Whether the job's own event told of it: only that one knows the job definition and the queue."""
    return Arn.parse(death.task_definition_arn).kind == "job-definition"


def _whole(job: BatchJob) -> TaskState:
    """A job that ended without a container at fault, as a task that was stopped; the job's ARN names the death."""
    return TaskState(
        arn=job.arn,
        owner=job.owner,
        stop=job.stop,
        definition_arn=job.definition_arn,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _owner(event: Event, job_arn: str) -> GroupKey:
    detail = event.detail
    job = Arn.parse(job_arn)
    definition, queue = (text(detail, key, LONGEST) for key in ("jobDefinition", "jobQueue"))
    return GroupKey(
        account=job.account or event.account,
        region=job.region or event.region,
        cluster=Arn.parse(queue).name or queue[:128],
        kind=OwnerKind.JOB,
        name=Arn.parse(definition).name or text(detail, "jobName") or text(detail, "jobId"),
        container="",
    )


def _attempts(job: BatchJob, detail: Fields) -> Iterable[TaskState]:
    told = _told_attempts(detail)
    for ordinal, (attempt, task) in enumerate(told, start=1):
        was_ended_by_user = job.was_ended_by_user and ordinal == len(told)
        stop = Stop.of_attempt(text(attempt, "statusReason", 200), was_ended_by_user=was_ended_by_user)
        state = TaskState(
            arn=text(task, "taskArn", LONGEST) or (f"{job.arn}#{ordinal}" if job.arn else ""),
            owner=job.owner,
            stop=stop,
            containers=_containers(task, detail),
            status="STOPPED",
            definition_arn=job.definition_arn,
            started_at=moment(attempt, "startedAt"),
            ended_at=moment(attempt, "stoppedAt") or job.ended_at,
            launch_type=next(
                (name for name in ("FARGATE", "EC2") if name in texts(detail, "platformCapabilities")), ""
            ),
            started_by=job.arn or "AWS Batch",
            container_instance_arn=text(task, "containerInstanceArn", LONGEST),
        )
        tells = any(part.exit_code is not None or part.reason for part in state.containers)
        if tells or attempt is not detail or job.status == "SUCCEEDED":
            yield state  # else it is the job's present task, which has not ended


def _told_attempts(detail: Fields) -> list[tuple[Fields, Fields]]:
    """Every (attempt, its task); what the job says of its present task completes the last, or is one more."""
    told = [(attempt, task) for attempt in each(detail, "attempts") for task in _tasks_of(attempt)]
    known = {text(task, "taskArn") for _, task in told}
    for task in _tasks_of(detail):
        arn = text(task, "taskArn")
        if not told or (arn and arn not in known):
            told.append((detail, task))
        elif arn in {"", text(told[-1][1], "taskArn")}:
            attempt, last = told[-1]
            told[-1] = (attempt, {**task, **{key: value for key, value in last.items() if value is not None}})
    return told


def _tasks_of(source: Fields) -> tuple[Fields, ...]:
    """An attempt's (or a job's) tasks: the one of its container, or those of a job with several containers."""
    several = each(source, "taskProperties") or each(fields(source, "ecsProperties"), "taskProperties")
    if several:
        return several
    return (fields(source, "container"),) if "container" in source else ()


def _containers(task: Fields, detail: Fields) -> tuple[ContainerState, ...]:
    is_fargate = "FARGATE" in texts(detail, "platformCapabilities")
    return tuple(
        _container(part, _definition_of(part, detail), is_fargate=is_fargate)
        for part in each(task, "containers") or (task,)
    )


def _definition_of(container: Fields, detail: Fields) -> Fields:
    """What the job says of a container: its image and resources."""
    name = text(container, "name")
    for task in each(fields(detail, "ecsProperties"), "taskProperties"):
        for part in each(task, "containers"):
            if text(part, "name") == name:
                return part
    return fields(detail, "container")


def _container(source: Fields, definition: Fields, *, is_fargate: bool) -> ContainerState:
    several = "name" in source
    required = next(
        (part for part in each(definition, "resourceRequirements") if text(part, "type") == "MEMORY"), NOTHING
    )
    return ContainerState(
        name=(text(source, "name") or UNNAMED) if several else SOLE_CONTAINER,
        status="STOPPED",
        exit_code=number(source, "exitCode"),
        reason=text(source, "reason", 1024),
        image=text(definition, "image", 512),
        limits=_limits(
            mib(required, "value") or mib(definition, "memory"), is_whole_task=is_fargate and not several
        ),
    )


def _limits(memory_mib: int | None, *, is_whole_task: bool) -> Limits:
    """On Fargate a job's only container has all that its task is sold; anywhere else a hard limit of its own."""
    return Limits(task_mib=memory_mib) if is_whole_task else Limits(container_mib=memory_mib)
