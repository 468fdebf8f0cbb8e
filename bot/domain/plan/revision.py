"""Revisions: a task definition with other memory and everything else as it was: describe, change, register.

The round trip is an allow-list: what RegisterTaskDefinition accepts goes back as it came, what only
DescribeTaskDefinition tells is left out by name, and a field that neither list knows stops it. Deny-lists broke when
AWS added fields (2021, `registeredAt`), hand-written copies lost some.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import commas

TOLD_ONLY = frozenset(
    {
        "compatibilities",
        "deleteRequestedAt",
        "deregisteredAt",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "revision",
        "status",
        "taskDefinitionArn",
    }
)
"""What DescribeTaskDefinition tells and RegisterTaskDefinition does not take; the service model of botocore."""
MOST_TAGS = 50

Json = dict[str, Any]
Tags = Sequence[tuple[str, str]]


class CannotRevise(Exception):
    """The revision cannot be made from the described one; the text, told where it is read, says why."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        """A marked template with its values."""
        super().__init__(sentence)
        self._sentence = sentence
        self._values = values

    def __str__(self) -> str:
        """Why, as a phrase that is safe to show."""
        return say(self._sentence, **self._values)


def request(described: Mapping[str, Any], change: Change, *, accepted: frozenset[str], tags: Tags) -> Json:
    """The arguments for RegisterTaskDefinition.

    `described` is the answer of DescribeTaskDefinition with include=["TAGS"], `accepted` the names of the members of
    RegisterTaskDefinition's request. `tags` are added where 50 are not passed. Raises CannotRevise.
    """
    definition = described["taskDefinition"]
    if unknown := sorted(set(definition) - accepted - TOLD_ONLY):
        raise CannotRevise(
            mark(
                "this version does not know the field {fields} of the task definition and might lose it: "
                "upgrade OOM Guard, or change the memory where the task definition is kept"
            ),
            fields=commas(unknown),
        )
    new = {key: copy.deepcopy(value) for key, value in definition.items() if key in accepted}
    _resize_task(new, change)
    for one in change.containers:
        _resize_container(_container(new, one.name), one)
    for name, knob in change.knobs:
        _turn(_container(new, name), knob)
    kept = [dict(tag) for tag in described.get("tags", ()) if not str(tag["key"]).lower().startswith("aws:")]
    if all_tags := _tagged(kept, tags):
        new["tags"] = all_tags
    return new


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], change: Change, *, accepted: frozenset[str]
) -> tuple[str, ...]:
    """Where a registered revision differs from the old one with the change made: paths, never values.

    Both are answers of DescribeTaskDefinition. Empty: it is exactly what was planned. Raises CannotRevise.
    """
    compared = accepted - {"tags"}
    asked = request(old, change, accepted=accepted, tags=())
    expected = {key: value for key, value in asked.items() if key in compared}
    found = {key: value for key, value in new["taskDefinition"].items() if key in compared}
    return tuple(_paths(expected, found, ""))


def _resize_task(new: Json, change: Change) -> None:
    for field, (old, wanted) in (("memory", change.task_memory_mib), ("cpu", change.cpu)):
        if wanted is None:
            continue
        if str(new.get(field) or "") != ("" if old is None else str(old)):
            raise CannotRevise(mark("the task's {field} is no longer what the plan saw"), field=field)
        new[field] = str(wanted)


def _resize_container(container: Json, change: ContainerChange) -> None:
    fields = (
        ("memory", change.old_memory_mib, change.new_memory_mib),
        ("memoryReservation", change.old_reservation_mib, change.new_reservation_mib),
    )
    for field, old, wanted in fields:
        if wanted is None:
            continue
        if container.get(field) != old:
            raise CannotRevise(
                mark("the {field} of container {name} is no longer what the plan saw"),
                field=field,
                name=change.name,
            )
        container[field] = wanted
    if change.image:
        container["image"] = change.image


def _turn(container: Json, knob: KnobChange) -> None:
    variables = container.setdefault("environment", [])
    found = next((one for one in variables if one["name"] == knob.variable), None)
    if ("" if found is None else found["value"]) != knob.old:
        raise CannotRevise(
            mark("{variable} of container {name} is no longer what the plan saw"),
            variable=knob.variable,
            name=container["name"],
        )
    if found is None:
        variables.append({"name": knob.variable, "value": knob.new})
    else:
        found["value"] = knob.new


def _container(new: Json, name: str) -> Json:
    for one in new.get("containerDefinitions", ()):
        if one["name"] == name:
            found: Json = one
            return found
    raise CannotRevise(mark("there is no container {name} in the task definition"), name=name)


def _tagged(kept: list[Json], tags: Tags) -> list[Json]:
    """Ours replace their namesakes, and yield where there would be more than 50."""
    ours = dict(tags)
    others = [tag for tag in kept if tag["key"] not in ours]
    room = MOST_TAGS - len(others)
    return [*others, *({"key": key, "value": value} for key, value in list(ours.items())[:room])]


def _paths(expected: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in sorted({*expected, *found}):
            yield from _paths(expected.get(key), found.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _paths(one, other, f"{path}[{index}]")
    elif expected != found:
        yield path
