"""Task definitions: registered by ECS's own rules, and given back as ECS gives them back."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.errors import AwsError
from sandbox.aws.placement_rules import refusals

Definition = dict[str, Any]

# cpu units → MiB that Fargate sells with them (the ECS API text; the last row from the Batch API text)
FARGATE_MIB: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
    32768: (61440, 122880, 249856),
}
_LEAST_MIB = 6
_LARGEST_BYTES = 64 * 1024  # recalled, unverified
_UNITS = {"cpu": "vcpu", "memory": "gb"}  # one is 1,024 of what is stored (the ECS API text)
_ATTRIBUTES = [{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"}]


class Definitions:
    """Every revision of every family."""

    def __init__(self) -> None:
        self._revisions: dict[str, list[Definition]] = {}
        self._tags: dict[str, list[dict[str, str]]] = {}

    def register(self, asked: dict[str, Any], now: datetime, by: str) -> Definition:
        """A new revision; AwsError (ClientException) when a rule of ECS forbids it."""
        fields = _in_numbers({key: value for key, value in asked.items() if key != "tags"})
        _check_family(fields)
        _check_containers(fields["containerDefinitions"])
        _check_memory(fields)
        for sentence in refusals(fields, fargate=_wants_fargate(fields)):
            raise AwsError("ClientException", sentence)
        tags = asked.get("tags", [])
        _check_tags(tags)
        revisions = self._revisions.setdefault(fields["family"], [])
        number = len(revisions) + 1
        made = _defaults(fields) | {
            "taskDefinitionArn": arn("ecs", f"task-definition/{fields['family']}:{number}"),
            "revision": number,
            "status": "ACTIVE",
            "requiresAttributes": _ATTRIBUTES,
            "compatibilities": ["EC2", *(["FARGATE"] if _wants_fargate(fields) else [])],
            "registeredAt": now,
            "registeredBy": by,
        }
        revisions.append(made)
        self._tags[made["taskDefinitionArn"]] = tags
        return made

    def find(self, name: str) -> Definition:
        """By ARN, family:revision, or family (its newest active revision); AwsError when there is none."""
        family, _, number = last_part(name).partition(":")
        revisions = self._revisions.get(family, [])
        if not number:
            active = [one for one in revisions if one["status"] == "ACTIVE"]
            if active:
                return active[-1]
        elif number.isdigit() and 0 < int(number) <= len(revisions):
            return revisions[int(number) - 1]
        raise AwsError("ClientException", "Unable to describe task definition.")

    def active(self, name: str) -> Definition:
        """As find(), but AwsError unless what is found is ACTIVE."""
        found = self.find(name)
        if found["status"] != "ACTIVE":
            raise AwsError("ClientException", "TaskDefinition is inactive")
        return found

    def tags(self, definition_arn: str) -> list[dict[str, str]]:
        """The tags of one revision."""
        return self._tags.get(definition_arn, [])

    def arns(self, family_prefix: str = "", status: str = "ACTIVE") -> list[str]:
        """ARNs of the revisions in a status, oldest first; of one family when it is named."""
        families = [family_prefix] if family_prefix else sorted(self._revisions)
        revisions = [one for family in families for one in self._revisions.get(family, [])]
        return [one["taskDefinitionArn"] for one in revisions if one["status"] == status]

    def families(self) -> list[str]:
        """The names of all families."""
        return sorted(self._revisions)


def _wants_fargate(fields: dict[str, Any]) -> bool:
    return "FARGATE" in fields.get("requiresCompatibilities", [])


def _defaults(fields: dict[str, Any]) -> dict[str, Any]:
    """What ECS fills in: the empty lists of a container, essential, the network mode."""
    containers = [
        {
            "cpu": 0,
            "portMappings": [],
            "essential": True,
            "environment": [],
            "mountPoints": [],
            "volumesFrom": [],
        }
        | {"systemControls": []}
        | container
        for container in fields["containerDefinitions"]
    ]
    mode = {"networkMode": "awsvpc"} if _wants_fargate(fields) else {}
    return {"volumes": [], "placementConstraints": []} | mode | fields | {"containerDefinitions": containers}


def _check_family(fields: dict[str, Any]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", fields["family"]):
        raise AwsError("ClientException", "Family contains invalid characters or is too long.")
    if len(json.dumps(fields, default=str)) > _LARGEST_BYTES:
        raise AwsError("ClientException", "Task definition is too large: 64 KiB is the most.")


def _check_containers(containers: list[dict[str, Any]]) -> None:
    names = [container.get("name") for container in containers]
    if not containers or None in names or any("image" not in container for container in containers):
        raise AwsError("ClientException", "Container.image and Container.name should not be null or empty.")
    if len(set(names)) < len(names):
        raise AwsError("ClientException", "Container names must be unique.")
    if not any(container.get("essential", True) for container in containers):
        raise AwsError("ClientException", "A task definition must have at least one essential container.")
    for container in containers:
        hard, soft = container.get("memory"), container.get("memoryReservation")
        if hard is not None and soft is not None and hard < soft:
            raise AwsError(
                "ClientException", "Invalid setting for container. 'memory' must be >= 'memoryReservation'."
            )
        if min(hard or _LEAST_MIB, soft or _LEAST_MIB) < _LEAST_MIB:
            raise AwsError("ClientException", f"Container memory must be at least {_LEAST_MIB} MiB.")


def _check_memory(fields: dict[str, Any]) -> None:
    """Sizes and sums: Fargate's table, the task's total, or a figure on each container."""
    containers = fields["containerDefinitions"]
    total = _whole(fields, "memory")
    if _wants_fargate(fields):
        _check_fargate(fields, total)
    if total is None:
        if any("memory" not in one and "memoryReservation" not in one for one in containers):
            raise AwsError(
                "ClientException",
                "Invalid setting for container. At least one of 'memory' or 'memoryReservation' must be specified.",
            )
        return
    if any(one.get("memory", 0) > total for one in containers):
        raise AwsError("ClientException", "Container 'memory' must not exceed the task's 'memory'.")
    if sum(one.get("memoryReservation") or one.get("memory", 0) for one in containers) > total:
        raise AwsError("ClientException", "The containers reserve more memory than the task has.")


def _check_fargate(fields: dict[str, Any], total: int | None) -> None:
    cpu = _whole(fields, "cpu")
    if cpu is None or total is None:
        raise AwsError("ClientException", "Fargate requires that 'cpu' be defined at the task level.")
    if total not in FARGATE_MIB.get(cpu, ()):
        raise AwsError("ClientException", "No Fargate configuration exists for given values.")
    if fields.get("networkMode", "awsvpc") != "awsvpc":
        raise AwsError("ClientException", "Fargate only supports network mode 'awsvpc'.")


def _whole(fields: dict[str, Any], name: str) -> int | None:
    """Task sizes come as text; AwsError when it is no whole number."""
    text = fields.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise AwsError("ClientException", f"Invalid '{name}' setting for task.")
    return int(text)


def _in_numbers(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with sizes such as "1 GB" and ".5 vCPU" as ECS keeps them: 1024 MiB, 512 CPU units."""
    found = {
        name: re.fullmatch(rf"\s*(\d*\.?\d+)\s*{unit}\s*", str(fields.get(name, "")), re.IGNORECASE)
        for name, unit in _UNITS.items()
    }
    return fields | {name: f"{float(one[1]) * 1024:.0f}" for name, one in found.items() if one}


def _check_tags(tags: list[dict[str, str]]) -> None:
    if any(tag.get("key", "").lower().startswith("aws:") for tag in tags):
        raise AwsError("InvalidParameterException", "Tag keys must not begin with aws:, which is reserved.")
    if len({tag.get("key") for tag in tags}) < len(tags):
        raise AwsError("InvalidParameterException", "Duplicate tag keys were found.")
    if len(tags) > 50:
        raise AwsError("InvalidParameterException", "There may be at most 50 tags.")
