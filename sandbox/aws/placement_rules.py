"""Placement rules: what ECS refuses of a task definition for where it is to run, besides sizes."""

from collections.abc import Iterator
from typing import Any

_NOT_ON_FARGATE = ("maxSwap", "swappiness", "sharedMemorySize", "devices")
_LOG_OPTIONS = ("awslogs-region", "awslogs-group")
_LEAST_WINDOWS_CPU = 1024
_EC2_CPU = range(128, 196609)


def refusals(fields: dict[str, Any], *, fargate: bool) -> Iterator[str]:
    """What is wrong, in sentences; `fields` are those of RegisterTaskDefinition, with sizes that are known to be right."""
    if fargate:
        yield from _fargate(fields)
    elif "cpu" in fields and fields["cpu"].isdigit() and int(fields["cpu"]) not in _EC2_CPU:
        yield "Invalid 'cpu' setting for task."
    for container in fields["containerDefinitions"]:
        logs = container.get("logConfiguration", {})
        if logs.get("logDriver") == "awslogs" and not set(_LOG_OPTIONS) <= set(logs.get("options", {})):
            yield f"Log driver awslogs requires options: {', '.join(_LOG_OPTIONS)}"


def _fargate(fields: dict[str, Any]) -> Iterator[str]:
    system = fields.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    if system.startswith("WINDOWS") and int(fields["cpu"]) < _LEAST_WINDOWS_CPU:
        yield "No Fargate configuration exists for given values."
    for container in fields["containerDefinitions"]:
        strange = [name for name in _NOT_ON_FARGATE if name in container.get("linuxParameters", {})]
        if strange:
            yield f"Fargate compatible task definitions do not support {strange[0]}"
        if container.get("privileged"):
            yield "Fargate compatible task definitions do not support privileged"
        driver = container.get("logConfiguration", {}).get("logDriver")
        if driver == "awslogs" and "executionRoleArn" not in fields:
            needs = "Fargate requires task definition to have execution role ARN to support log driver"
            yield f"{needs} awslogs."
