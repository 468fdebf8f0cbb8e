"""Impediments: why a service's new tasks are not placed or do not start, in ECS's own words."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.aws.evidence.site import Site

Json = Mapping[str, Any]
_TELLING = re.compile(
    r"unable to (?:place|start|consistently|pull|assume)|failed (?:to|\w+ health)|is unhealthy|deregistered .* unhealthy",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^\(service [^)]*\)\s*")
_LONGEST = 300
_MOST_TASKS = 20


def of_events(service: Json, since: datetime | None) -> str:
    """The newest event of a described service that tells of one since then; "" for none."""
    for one in service.get("events", ()):
        at, words = one.get("createdAt"), str(one.get("message", ""))
        is_new = isinstance(at, datetime) and (since is None or at.astimezone(UTC) >= since)
        if is_new and _TELLING.search(words):
            return _PREFIX.sub("", words)[:_LONGEST]
    return ""


async def of_tasks(site: Site, cluster: str, name: str, arn: str) -> str:
    """Why a task of this revision did not start; "" where ECS remembers none. Raises an AwsTrouble."""
    listed = await site.ask(
        "ecs",
        "list_tasks",
        cluster=cluster,
        serviceName=name,
        desiredStatus="STOPPED",
        maxResults=_MOST_TASKS,
    )
    arns = list(listed.get("taskArns", ()))
    if not arns:
        return ""
    answer = await site.ask("ecs", "describe_tasks", cluster=cluster, tasks=arns)
    for task in answer.get("tasks", ()):
        if task.get("taskDefinitionArn") == arn and task.get("stopCode") == "TaskFailedToStart":
            return str(task.get("stoppedReason", ""))[:_LONGEST]
    return ""
