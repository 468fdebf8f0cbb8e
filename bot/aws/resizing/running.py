"""Running tasks: the digests that run, and the containers that AWS added to the task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.aws.evidence.site import Site
from bot.domain.aws.injection import injected_by
from bot.domain.aws.task_definition import TaskDefinition

_MOST = 10
_GUARD_DUTY_MIB = 128  # facts/ecs.md §4.3
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """By container: the digest that runs, and MiB of what AWS added."""

    digests: Mapping[str, str] = field(default_factory=dict)
    injected_mib: Mapping[str, int] = field(default_factory=dict)


async def of(site: Site, cluster: str, definition: TaskDefinition, service: str = "") -> Running:
    """Of tasks of this revision, running ones first, stopped ones of the last hour next. Raises an AwsTrouble."""
    whose = {"serviceName": service} if service else {"family": definition.family}
    for state in ("RUNNING", "STOPPED"):
        listed = await site.ask(
            "ecs", "list_tasks", cluster=cluster, desiredStatus=state, maxResults=_MOST, **whose
        )
        arns = list(listed.get("taskArns", ()))
        if not arns:
            continue
        answer = await site.ask("ecs", "describe_tasks", cluster=cluster, tasks=arns)
        mine = [one for one in answer.get("tasks", ()) if one.get("taskDefinitionArn") == definition.arn]
        if found := _read(mine, definition):
            return found
    return Running()


def _read(tasks: Sequence[Json], definition: TaskDefinition) -> Running | None:
    named = {one.name for one in definition.containers}
    digests: dict[str, str] = {}
    injected: dict[str, int] = {}
    for container in (one for task in tasks for one in task.get("containers", ())):
        name = str(container.get("name", ""))
        if name in named and container.get("imageDigest"):
            digests.setdefault(name, str(container["imageDigest"]))
        if name not in named and injected_by(name):
            injected.setdefault(name, _mib(container) or _GUARD_DUTY_MIB)
    return Running(digests=digests, injected_mib=injected) if digests or injected else None


def _mib(container: Json) -> int | None:
    text = str(container.get("memory", ""))
    return int(text) if text.isascii() and text.isdigit() else None
