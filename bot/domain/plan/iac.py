"""Infrastructure as code: the exact lines to change where a service is kept, or its next deployment undoes a resize."""

import json
import re
from collections.abc import Callable, Iterator

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.telling.language import say
from bot.domain.telling.masking import masked

_TOOL = re.compile(r"cloudformation|cdk|copilot|terraform|opentofu|pulumi", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


def lines(change: Change, owner: str) -> str:
    """Lines to paste for the tool that the owner's words name; JSON of the task definition where they name none.

    Only what changes, with the old value beside it. Values that hold secrets are left out.
    """
    found = _TOOL.search(owner)
    write = _WRITERS.get(found[0].lower(), _json) if found else _json
    return "\n".join(write(change))


def _cloudformation(change: Change) -> Iterator[str]:
    """YAML, and the same for CDK, which leaves a stack of CloudFormation like any other."""
    yield f"# {say('CloudFormation: Properties of the AWS::ECS::TaskDefinition')}"
    for name, old, new in _of_task(change, "Cpu", "Memory"):
        yield f'{name}: "{new}"  # {_was(old)}'
    for number, (one, knobs) in enumerate(_changed(change)):
        if not number:
            yield "ContainerDefinitions:"
        yield f"  - Name: {_quoted(one.name)}"
        for name, old, new in _of_container(one, "Memory", "MemoryReservation"):
            yield f"    {name}: {new}  # {_was(old)}"
        if one.image:
            yield f"    Image: {_quoted(one.image)}"
        if knobs:
            yield f"    Environment:  # {say('and the others')}"
        for knob in knobs:
            yield f"      - {{Name: {_quoted(knob.variable)}, Value: {_value(knob)}}}"
    yield ""
    yield from _cdk(change)


def _cdk(change: Change) -> Iterator[str]:
    yield f"// {say('CDK: the task definition, then its addContainer')}"
    for name, old, new in _of_task(change, "cpu", "memoryLimitMiB"):
        yield f"{name}: {new},  // {_was(old)}"
    for one, knobs in _changed(change):
        yield f"// {say('container {name}', name=_plain(one.name))}"
        for name, old, new in _of_container(one, "memoryLimitMiB", "memoryReservationMiB"):
            yield f"{name}: {new},  // {_was(old)}"
        if one.image:
            yield f"image: ecs.ContainerImage.fromRegistry({_quoted(one.image)}),"
        if knobs:
            told = ", ".join(f"{_quoted(knob.variable)}: {_value(knob)}" for knob in knobs)
            yield f"environment: {{ {told} }},  // {say('and the others')}"


def _terraform(change: Change) -> Iterator[str]:
    yield '# Terraform: resource "aws_ecs_task_definition"'
    for name, old, new in _of_task(change, "cpu", "memory"):
        yield f'{name} = "{new}"  # {_was(old)}'
    changed = list(_changed(change))
    if not changed:
        return
    yield "container_definitions = jsonencode(["
    for one, knobs in changed:
        yield "  {"
        yield f"    name = {_hcl(one.name)}"
        for name, old, new in _of_container(one, "memory", "memoryReservation"):
            yield f"    {name} = {new}  # {_was(old)}"
        if one.image:
            yield f"    image = {_hcl(one.image)}"
        if knobs:
            told = ", ".join(
                f"{{ name = {_hcl(knob.variable)}, value = {_value(knob, _hcl)} }}" for knob in knobs
            )
            yield f"    environment = [{told}]  # {say('and the others')}"
        yield "  },"
    yield "])"


def _copilot(change: Change) -> Iterator[str]:
    """Of Copilot's manifest, which sets the task's size; a container's limit is an override of its template."""
    if change.cpu[0] == change.cpu[1] and change.task_memory_mib[0] == change.task_memory_mib[1]:
        yield from _cloudformation(change)
        return
    yield "# copilot/<service>/manifest.yml"
    for name, old, new in _of_task(change, "cpu", "memory"):
        yield f"{name}: {new}  # {_was(old)}"
    if change.knobs:
        yield "variables:"
    for _, knob in change.knobs:
        yield f"  {_quoted(knob.variable)}: {_value(knob)}"


def _json(change: Change) -> Iterator[str]:
    """The task definition as ECS itself has it: what Pulumi, ecspresso and deployment actions keep."""
    told: dict[str, object] = {name: str(new) for name, _, new in _of_task(change, "cpu", "memory")}
    containers = [_container(one, knobs) for one, knobs in _changed(change)]
    if containers:
        told["containerDefinitions"] = containers
    yield _dumped(told, indent=2)


def _container(one: ContainerChange, knobs: list[KnobChange]) -> dict[str, object]:
    told: dict[str, object] = {"name": one.name}
    told |= {name: new for name, _, new in _of_container(one, "memory", "memoryReservation")}
    if one.image:
        told["image"] = one.image
    if knobs:
        told["environment"] = [{"name": knob.variable, "value": _plain_value(knob)} for knob in knobs]
    return told


_WRITERS: dict[str, Callable[[Change], Iterator[str]]] = {
    "cloudformation": _cloudformation,
    "cdk": _cdk,
    "copilot": _copilot,
    "terraform": _terraform,
    "opentofu": _terraform,
}


def _changed(change: Change) -> Iterator[tuple[ContainerChange, list[KnobChange]]]:
    """The containers of which anything changes, each with its variables."""
    for one in change.containers:
        knobs = [knob for name, knob in change.knobs if name == one.name]
        if knobs or one.image or any(_of_container(one, "hard", "soft")):
            yield one, knobs


def _of_task(change: Change, cpu: str, memory: str) -> Iterator[tuple[str, int | None, int]]:
    for name, (old, new) in ((cpu, change.cpu), (memory, change.task_memory_mib)):
        if new is not None and new != old:
            yield name, old, new


def _of_container(one: ContainerChange, hard: str, soft: str) -> Iterator[tuple[str, int | None, int]]:
    pairs = (
        (hard, one.old_memory_mib, one.new_memory_mib),
        (soft, one.old_reservation_mib, one.new_reservation_mib),
    )
    for name, old, new in pairs:
        if new is not None and new != old:
            yield name, old, new


def _was(old: int | None) -> str:
    return say("not set before") if old is None else say("was {old}", old=old)


def _plain(name: str) -> str:
    """A container's name for a comment: ECS allows no other characters."""
    return name if _NAME.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """A string of JSON, which is one of YAML and of TypeScript too."""
    return _dumped(text)


def _dumped(value: object, indent: int | None = None) -> str:
    """JSON with the letters of all languages as they are; escaped where it holds any that nobody would see."""
    readable = json.dumps(value, indent=indent, ensure_ascii=False)
    return readable if readable.replace("\n", "").isprintable() else json.dumps(value, indent=indent)


def _hcl(text: str) -> str:
    """A string of HCL, in which `${` and `%{` begin templates."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _value(knob: KnobChange, quote: Callable[[str], str] = _quoted) -> str:
    return quote(_plain_value(knob))


def _plain_value(knob: KnobChange) -> str:
    """The variable's whole new value; what to change in it where it may hold a secret, which nobody pastes around."""
    return knob.new if masked(knob.new) == knob.new else say("<as before, but {why}>", why=knob.why)
