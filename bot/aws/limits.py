"""Limits now: the memory limits of a service's or family's containers in the task definition in force."""

from collections.abc import Mapping
from typing import Any

from bot.aws.calls import AwsTrouble, Calls, Rejected
from bot.domain.kills.death import Limits
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say


async def current(calls: Calls, subject: Subject) -> Mapping[str, Limits] | str:
    """Limits by container name, or the reason in words why they can't be known."""
    try:
        return await _look_up(calls, subject)
    except AwsTrouble as trouble:
        return str(trouble)


async def _look_up(calls: Calls, subject: Subject) -> Mapping[str, Limits] | str:
    """Of the service's task definition, or of the family's newest active revision."""
    if subject.kind is OwnerKind.SERVICE:
        reference = await _definition_of_service(calls, subject)
    elif subject.kind is OwnerKind.FAMILY:
        reference = subject.name
    elif subject.kind is OwnerKind.JOB:
        return say("limits of a job are known from its last kill only")
    else:
        return say("limits of a task are known from its last kill only")
    answer = await _ask(calls, subject, "describe_task_definition", taskDefinition=reference)
    return _limits(answer["taskDefinition"])


async def _definition_of_service(calls: Calls, subject: Subject) -> str:
    cluster, name = subject.cluster, subject.name
    answer = await _ask(calls, subject, "describe_services", cluster=cluster, services=[name])
    for service in answer.get("services", ()):
        if service.get("taskDefinition") and service.get("status") != "INACTIVE":
            return str(service["taskDefinition"])
    raise Rejected(
        "ServiceNotFound",
        mark("there is no active service {name} in cluster {cluster}"),
        name=name,
        cluster=cluster,
    )


async def _ask(calls: Calls, subject: Subject, operation: str, **arguments: object) -> Mapping[str, Any]:
    return await calls.ask("ecs", subject.region, operation, account=subject.account, **arguments)


def _limits(definition: Mapping[str, Any]) -> Mapping[str, Limits]:
    task_mib = int(definition["memory"]) if definition.get("memory") else None
    return {
        container["name"]: Limits(
            container_mib=container.get("memory"),
            reservation_mib=container.get("memoryReservation"),
            task_mib=task_mib,
        )
        for container in definition.get("containerDefinitions", ())
    }
