"""Limits now: the memory limits of a service's or family's containers in the task definition in force."""

from collections.abc import Mapping
from typing import Any

from bot.aws.calls import Calls, Rejected
from bot.domain.death import Limits
from bot.domain.group_key import OwnerKind


async def current(
    calls: Calls, *, region: str, cluster: str, kind: OwnerKind, name: str
) -> Mapping[str, Limits]:
    """Limits by container name: of the service's task definition, or of the family's newest active revision.

    Raises:
        AwsTrouble: AWS could not be asked, forbids it, or knows no such service or family.
    """
    reference = name
    if kind is OwnerKind.SERVICE:
        reference = await _definition_of_service(calls, region, cluster, name)
    elif kind is not OwnerKind.FAMILY:
        raise Rejected("NotLookedUp", f"limits of a {kind.value} are known from its last kill only")
    answer = await calls.ask("ecs", region, "describe_task_definition", taskDefinition=reference)
    return _limits(answer["taskDefinition"])


async def _definition_of_service(calls: Calls, region: str, cluster: str, name: str) -> str:
    answer = await calls.ask("ecs", region, "describe_services", cluster=cluster, services=[name])
    for service in answer.get("services", ()):
        if service.get("taskDefinition") and service.get("status") != "INACTIVE":
            return str(service["taskDefinition"])
    raise Rejected("ServiceNotFound", f"no active service {name} in cluster {cluster}")


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
