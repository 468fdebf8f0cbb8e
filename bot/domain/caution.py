"""Cautions: what else the evidence shows that bites whoever acts on it, a sentence each."""

from collections.abc import Iterator

from bot.domain.ceiling import NO_HARD_LIMIT, is_on_shared_host
from bot.domain.changes import since_deployment
from bot.domain.evidence import Evidence, Gap
from bot.domain.language import say
from bot.domain.limit import container_of, limit_of


def cautions(evidence: Evidence) -> tuple[str, ...]:
    """The most dangerous first."""
    return (*_of_limits(evidence), *_of_container(evidence), *_of_service(evidence))


def said(gap: Gap) -> str:
    """A gap as a sentence with the permission that is missing: `Container log: access denied (logs:GetLogEvents).`"""
    needs = f" (needs {gap.permission})" if gap.permission else ""
    name = gap.source.value
    return f"{name[:1].upper()}{name[1:]}: {gap.why.rstrip('.')}{needs}."


def _of_limits(evidence: Evidence) -> Iterator[str]:
    definition, container = evidence.definition, container_of(evidence)
    if definition is None:
        return
    if limit_of(evidence).mib is None and is_on_shared_host(evidence.death.launch_type):
        yield say(NO_HARD_LIMIT)
    told = evidence.death.limits
    if container and told.container_mib and told.container_mib != container.memory_mib:
        yield _overridden("the limit", told.container_mib, container.memory_mib)
    elif definition.memory_mib and told.task_mib and told.task_mib != definition.memory_mib:
        yield _overridden("the task's memory", told.task_mib, definition.memory_mib)


def _overridden(what: str, in_force_mib: int, said_mib: int | None) -> str:
    said = f"{said_mib:,} MiB" if said_mib else "no limit"
    return (
        f"This run overrode {what}: {in_force_mib:,} MiB, where the revision says {said}. "
        "Change whoever starts it, too."
    )


def _of_container(evidence: Evidence) -> Iterator[str]:
    container = container_of(evidence)
    if container and container.restarts:
        yield "It has a restart policy: kills after which ECS restarts it make no event and are not counted."
    image = evidence.image
    if image and image.has_moved:
        yield "Its image tag means other code now: a new deployment ships that code as well."


def _of_service(evidence: Evidence) -> Iterator[str]:
    service = evidence.service
    if service is None:
        return
    if told := since_deployment(evidence):
        yield told
    if service.is_deploying:
        yield "A deployment is under way."
    if service.scales_on_memory:
        yield "Autoscaling follows memory: more memory per task lowers its figure, and tasks are scaled in."
