"""Cautions: what else the evidence shows that bites whoever acts on it, a sentence each."""

from collections.abc import Iterator

from bot.domain.diagnosis.ceiling import NO_HARD_LIMIT, is_on_shared_host
from bot.domain.diagnosis.changes import since_deployment
from bot.domain.diagnosis.evidence import Evidence, Gap, Source
from bot.domain.diagnosis.limit import container_of, limit_of
from bot.domain.telling.language import mark, say

SOURCES = {
    Source.DEFINITION: mark("Task definition"),
    Source.JOB_DEFINITION: mark("Job definition"),
    Source.JOB: mark("Batch job"),
    Source.PREVIOUS: mark("Previous revision"),
    Source.SERIES: mark("Memory history"),
    Source.LOGS: mark("Container log"),
    Source.IMAGES: mark("Image tag"),
    Source.SERVICE: mark("Service"),
    Source.HOST: mark("Container instance"),
    Source.SCALING: mark("Autoscaling"),
    Source.OWNER: mark("Infrastructure as code"),
}


def cautions(evidence: Evidence) -> tuple[str, ...]:
    """The most dangerous first."""
    return (*_of_job(evidence), *_of_limits(evidence), *_of_container(evidence), *_of_service(evidence))


def said(gap: Gap) -> str:
    """A gap as a sentence with the permission that is missing: `Container log: access denied (logs:GetLogEvents).`"""
    what, why = say(SOURCES[gap.source]), gap.why.rstrip(".。")
    if gap.permission:
        return say("{what}: {words} (needs {permission}).", what=what, words=why, permission=gap.permission)
    return say("{what}: {words}.", what=what, words=why)


def _of_job(evidence: Evidence) -> Iterator[str]:
    """Whether Batch tries it again: with the same memory, whatever is registered meanwhile."""
    job = evidence.job
    if job is None or not job.attempt:
        return
    number, most = job.attempt, max(job.most_attempts, job.attempt)
    if job.status == "SUCCEEDED":
        yield say("Attempt {number} of {most} was killed; a later one had enough.", number=number, most=most)
    elif job.is_over and most == 1:
        yield say("Batch does not try it again: submit the job anew once it has more memory.")
    elif job.is_over:
        yield say(
            "It was attempt {number} of {most}, and Batch tries no further one: submit the job anew once it has "
            "more memory.",
            number=number,
            most=most,
        )
    else:
        yield say(
            "It was attempt {number} of {most}: Batch tries it again with the same memory.",
            number=number,
            most=most,
        )


def _of_limits(evidence: Evidence) -> Iterator[str]:
    definition, container = evidence.definition, container_of(evidence)
    if definition is None:
        return
    if limit_of(evidence).mib is None and is_on_shared_host(evidence.death.launch_type):
        yield say(NO_HARD_LIMIT)
    told = evidence.death.limits
    if container and told.container_mib and told.container_mib != container.memory_mib:
        yield _overrode_limit(told.container_mib, container.memory_mib)
    elif definition.memory_mib and told.task_mib and told.task_mib != definition.memory_mib:
        yield say(
            "This run overrode the task's memory: {mib:,} MiB, where the revision says {told:,} MiB. "
            "Change whoever starts it, too.",
            mib=told.task_mib,
            told=definition.memory_mib,
        )


def _overrode_limit(in_force_mib: int, told_mib: int | None) -> str:
    if told_mib:
        return say(
            "This run overrode the limit: {mib:,} MiB, where the revision says {told:,} MiB. "
            "Change whoever starts it, too.",
            mib=in_force_mib,
            told=told_mib,
        )
    return say(
        "This run overrode the limit: {mib:,} MiB, where the revision says no limit. "
        "Change whoever starts it, too.",
        mib=in_force_mib,
    )


def _of_container(evidence: Evidence) -> Iterator[str]:
    container = container_of(evidence)
    if container and container.restarts:
        yield say(
            "It has a restart policy: kills after which ECS restarts it make no event and are not counted."
        )
    image = evidence.image
    if image and image.has_moved:
        yield say("Its image tag means other code now: a new deployment ships that code as well.")


def _of_service(evidence: Evidence) -> Iterator[str]:
    service = evidence.service
    if service is None:
        return
    if told := since_deployment(evidence):
        yield told
    if service.is_deploying:
        yield say("A deployment is under way.")
    if service.scales_on_memory:
        yield say(
            "Autoscaling follows memory: more memory per task lowers its figure, and tasks are scaled in."
        )
