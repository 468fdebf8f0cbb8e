"""Sizes: a revision asked for anew with other memory, as a person at the console does it."""

from typing import Any

from sandbox.aws.definitions import FARGATE_MIB, Definition
from sandbox.aws.errors import AwsError

_KEPT = (
    "family",
    "cpu",
    "memory",
    "requiresCompatibilities",
    "networkMode",
    "executionRoleArn",
    "taskRoleArn",
    "volumes",
    "placementConstraints",
)


def request_of(definition: Definition) -> dict[str, Any]:
    """The RegisterTaskDefinition request that would make this revision again."""
    containers = [dict(one) for one in definition["containerDefinitions"]]
    return {key: definition[key] for key in _KEPT if key in definition} | {"containerDefinitions": containers}


def doubled(definition: Definition) -> dict[str, Any]:
    """The request for twice the memory, limits of containers too; AwsError where Fargate sells no more.

    On Fargate the size is the next one on sale, with more CPU where the present CPU has none that large.
    """
    asked = request_of(definition)
    for container in asked["containerDefinitions"]:
        container |= {key: 2 * container[key] for key in ("memory", "memoryReservation") if key in container}
    if "memory" in asked:
        asked["memory"] = str(2 * int(asked["memory"]))
    if "FARGATE" in asked.get("requiresCompatibilities", []):
        cpu, mib = _on_sale(int(asked["cpu"]), int(asked["memory"]))
        asked |= {"cpu": str(cpu), "memory": str(mib)}
    return asked


def _on_sale(cpu: int, mib: int) -> tuple[int, int]:
    """The smallest Fargate size with at least that much of both."""
    fitting = [
        (units, size)
        for units, sizes in FARGATE_MIB.items()
        for size in sizes
        if units >= cpu and size >= mib
    ]
    if not fitting:
        raise AwsError("ClientException", "No Fargate configuration exists for given values.")
    return min(fitting)
