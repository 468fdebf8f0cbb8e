"""Job definitions of Batch: as they are registered, and changed in nothing but the size of their container."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.evidence import job_definition_reading
from bot.aws.evidence.site import Site
from bot.aws.resizing.definitions import accepted
from bot.aws.unknown_fields import UNKNOWN
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.plan.revision import CannotRevise
from bot.domain.telling.language import mark
from bot.domain.telling.listed import commas

Json = dict[str, Any]
Described = Mapping[str, Any]
_TOLD_ONLY = {"jobDefinitionArn", "revision", "status", "containerOrchestrationType"}
_ELSEWHERE = ("nodeProperties", "eksProperties")


async def newest(site: Site, name: str) -> list[Described]:
    """The ACTIVE revisions of that name, newest first. Raises an AwsTrouble."""
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    found = [_told(one, answer) for one in answer.get("jobDefinitions", ())]
    return sorted(found, key=lambda one: int(one.get("revision", 0)), reverse=True)


async def describe(site: Site, arn: str) -> Described | None:
    """One revision, active or not; None where there is none. Raises an AwsTrouble."""
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitions=[arn])
    return next((_told(one, answer) for one in answer.get("jobDefinitions", ())), None)


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
    for container in change.containers:
        for kind, (old, wanted) in _sizes(change, container).items():
            _resize(_properties(new, container.name), kind, old, wanted)
    for name, knob in change.knobs:
        _turn(_properties(new, name), knob.variable, knob.old, knob.new)
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


def _properties(definition: Json, name: str) -> Json:
    """Of the container of that name, among several or the only one. Raises CannotRevise."""
    tasks = (definition.get("ecsProperties") or {}).get("taskProperties") or ()
    named = {one.get("name"): one for task in tasks for one in task.get("containers", ())}
    found = named.get(name) if tasks else definition.get("containerProperties")
    if not found:
        raise CannotRevise(mark("it has no container"))
    return found  # type: ignore[no-any-return]


def _sizes(change: Change, own: ContainerChange) -> dict[str, tuple[int | None, int | None]]:
    memory = change.task_memory_mib
    if memory[1] is None:
        memory = (own.old_memory_mib, own.new_memory_mib)
    return {"MEMORY": memory, "VCPU": change.cpu}


def _resize(properties: Json, kind: str, old: int | None, wanted: int | None) -> None:
    """One of the resource requirements; a size that stays is not written anew: 0.25 and .25 are the same.

    Where an old definition says it in a member of its own, it stays there.
    """
    if wanted is None or wanted == old:
        return
    told = job_definition_reading.size(properties, kind)
    if told is None or _units(kind, told) != old:
        raise CannotRevise(mark("the job's {field} is no longer what the plan saw"), field=kind.lower())
    found = next((one for one in properties.get("resourceRequirements", ()) if one["type"] == kind), None)
    if found is None:
        properties[job_definition_reading.MEMBERS[kind]] = wanted if kind == "MEMORY" else wanted // 1024
    else:
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
