"""Placement rules: what ECS refuses of a task definition for where it is to run, besides sizes."""

import re
from collections.abc import Iterator
from typing import Any

_NOT_ON_FARGATE = ("maxSwap", "swappiness", "sharedMemorySize", "devices")
_LOG_OPTIONS = ("awslogs-region", "awslogs-group")
_LEAST_WINDOWS_CPU = 1024
_EC2_CPU = range(128, 196609)
_RESTART_PERIOD_S = range(60, 1801)
_LONGEST_STOP_S = 120


def refusals(fields: dict[str, Any], *, fargate: bool) -> Iterator[str]:
    """What is wrong, in sentences; `fields` are those of RegisterTaskDefinition, with sizes that are known to be right."""
    if fargate:
        yield from _fargate(fields)
    elif "cpu" in fields and fields["cpu"].isdigit() and int(fields["cpu"]) not in _EC2_CPU:
        yield "Invalid 'cpu' setting for task."
    names = {container["name"] for container in fields["containerDefinitions"]}
    for container in fields["containerDefinitions"]:
        yield from _container(container, names)
        logs = container.get("logConfiguration", {})
        if logs.get("logDriver") == "awslogs" and not set(_LOG_OPTIONS) <= set(logs.get("options", {})):
            yield f"Log driver awslogs requires options: {', '.join(_LOG_OPTIONS)}"


def _container(container: dict[str, Any], names: set[str]) -> Iterator[str]:
    """What is wrong with one container wherever it runs; the words are ours."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", container["name"]):
        yield "Container.name contains invalid characters or is too long."
    needed = [one["containerName"] for one in container.get("dependsOn", [])]
    if strange := [one for one in needed if one not in names - {container["name"]}]:
        yield f"Container {container['name']} depends on {strange[0]}, which is no other container of the task."
    period = container.get("restartPolicy", {}).get("restartAttemptPeriod")
    if period is not None and period not in _RESTART_PERIOD_S:
        yield "restartAttemptPeriod must be between 60 and 1800 seconds."


def _fargate(fields: dict[str, Any]) -> Iterator[str]:
    system = fields.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    if system.startswith("WINDOWS") and int(fields["cpu"]) < _LEAST_WINDOWS_CPU:
        yield "No Fargate configuration exists for given values."
    for container in fields["containerDefinitions"]:
        strange = [name for name in _NOT_ON_FARGATE if name in container.get("linuxParameters", {})]
        if strange:
            yield f"Fargate compatible task definitions do not support {strange[0]}"
        if container.get("links"):
            yield "Fargate compatible task definitions do not support links"
        if container.get("stopTimeout", 0) > _LONGEST_STOP_S:
            yield "Fargate stops a container after 120 seconds at the latest: stopTimeout is too long."
        if container.get("privileged"):
            yield "Fargate compatible task definitions do not support privileged"
        driver = container.get("logConfiguration", {}).get("logDriver")
        if driver == "awslogs" and "executionRoleArn" not in fields:
            needs = "Fargate requires task definition to have execution role ARN to support log driver"
            yield f"{needs} awslogs."
