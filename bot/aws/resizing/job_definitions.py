"""Job definitions of Batch: read as the size of one container, and changed in nothing but that."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.evidence.definition_reading import read as read_task
from bot.aws.evidence.site import Site
from bot.aws.resizing.definitions import accepted
from bot.aws.unknown_fields import UNKNOWN
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.kills.batch_job import SOLE_CONTAINER
from bot.domain.plan.plan import Change
from bot.domain.plan.revision import CannotRevise
from bot.domain.telling.language import mark
from bot.domain.telling.listed import commas

Json = dict[str, Any]
Described = Mapping[str, Any]
_TOLD_ONLY = {"jobDefinitionArn", "revision", "status", "containerOrchestrationType"}
_ELSEWHERE = ("ecsProperties", "nodeProperties", "eksProperties")


async def newest(site: Site, name: str) -> list[Described]:
    """The ACTIVE revisions of that name, newest first. Raises an AwsTrouble."""
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    found = [_told(one, answer) for one in answer.get("jobDefinitions", ())]
    return sorted(found, key=lambda one: int(one.get("revision", 0)), reverse=True)


async def describe(site: Site, arn: str) -> Described | None:
    """One revision, active or not; None where there is none. Raises an AwsTrouble."""
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitions=[arn])
    return next((_told(one, answer) for one in answer.get("jobDefinitions", ())), None)


def read(described: Described) -> TaskDefinition:
    """Its sizes: the task's on Fargate, the container's on EC2."""
    properties = described.get("containerProperties") or {}
    memory, vcpu = (_size(properties, kind) for kind in ("MEMORY", "VCPU"))
    is_fargate = "FARGATE" in (described.get("platformCapabilities") or ())
    container = {**properties, "name": SOLE_CONTAINER, "memory": None if is_fargate else memory}
    cpu = None if vcpu is None else int(float(vcpu) * 1024)
    return read_task(
        {
            "taskDefinitionArn": described.get("jobDefinitionArn", ""),
            "family": described.get("jobDefinitionName", ""),
            "revision": described.get("revision", 0),
            "containerDefinitions": [container],
            "requiresCompatibilities": ["FARGATE"] if is_fargate else [],
            "runtimePlatform": properties.get("runtimePlatform"),
        }
        | ({"memory": memory, "cpu": str(cpu)} if is_fargate else {})
    )


def request(described: Described, change: Change, tags: Sequence[tuple[str, str]]) -> Json:
    """The arguments for RegisterJobDefinition. Raises CannotRevise."""
    known = accepted("batch", "RegisterJobDefinition")
    if unknown := sorted(set(described) - known - _TOLD_ONLY):
        raise CannotRevise(
            mark("this version does not know the field {fields} of the job definition and might lose it"),
            fields=commas(unknown),
        )
    if strange := [name for name in _ELSEWHERE if described.get(name)]:
        raise CannotRevise(
            mark("its sizes are in {field}: change them where the job definition is kept"), field=strange[0]
        )
    new = {key: copy.deepcopy(value) for key, value in described.items() if key in known}
    properties = new.get("containerProperties")
    if not properties:
        raise CannotRevise(mark("it has no container"))
    for kind, (old, wanted) in _sizes(change).items():
        _resize(properties, kind, old, wanted)
    for _, knob in change.knobs:
        _turn(properties, knob.variable, knob.old, knob.new)
    kept = {key: value for key, value in new.get("tags", {}).items() if not key.lower().startswith("aws:")}
    new["tags"] = {**kept, **dict(list(tags)[: max(0, 50 - len(kept))])}
    return new


def differences(old: Described, new: Described, change: Change) -> tuple[str, ...]:
    """Which members of a registered one are not as planned; empty: it is exactly that. Raises CannotRevise."""
    expected = request(old, change, ())
    compared = accepted("batch", "RegisterJobDefinition") - {"tags"}
    return tuple(key for key in sorted(compared) if expected.get(key) != new.get(key))


def _told(one: Described, answer: Mapping[str, Any]) -> Described:
    return {**one, **{path.removeprefix("jobDefinitions."): None for path in answer.get(UNKNOWN, ())}}


def _sizes(change: Change) -> dict[str, tuple[int | None, int | None]]:
    own = change.containers[0]
    memory = change.task_memory_mib
    if memory[1] is None:
        memory = (own.old_memory_mib, own.new_memory_mib)
    return {"MEMORY": memory, "VCPU": change.cpu}


def _resize(properties: Json, kind: str, old: int | None, wanted: int | None) -> None:
    """One of the resource requirements; a size that stays is not written anew: 0.25 and .25 are the same."""
    if wanted is None or wanted == old:
        return
    found = next((one for one in properties.get("resourceRequirements", ()) if one["type"] == kind), None)
    if found is None or _units(kind, found["value"]) != old:
        raise CannotRevise(mark("the job's {field} is no longer what the plan saw"), field=kind.lower())
    found["value"] = str(wanted) if kind == "MEMORY" else f"{wanted / 1024:g}"


def _turn(properties: Json, variable: str, old: str, new: str) -> None:
    variables = properties.setdefault("environment", [])
    found = next((one for one in variables if one["name"] == variable), None)
    if ("" if found is None else found["value"]) != old:
        raise CannotRevise(mark("{field} is no longer what the plan saw"), field=variable)
    if found is None:
        variables.append({"name": variable, "value": new})
    else:
        found["value"] = new


def _units(kind: str, value: str) -> int:
    return int(value) if kind == "MEMORY" else int(float(value) * 1024)


def _size(properties: Mapping[str, Any], kind: str) -> str | None:
    requirements = properties.get("resourceRequirements") or ()
    return next((str(one["value"]) for one in requirements if one.get("type") == kind), None)
