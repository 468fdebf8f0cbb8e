"""Changes: what the dead revision changed against the one before it, and when it was deployed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import commas, sentences

MOST_NAMES = 6  # of environment variables: more hide what matters
FRESH = timedelta(hours=1)  # from a deployment to the first kill, for the one to be told beside the other


def changes(evidence: Evidence) -> tuple[str, ...]:
    """A sentence a change, what was deployed and when first. Of the environment only names are told."""
    definition, previous = evidence.definition, evidence.previous
    deployed = _deployed(evidence)
    if definition is None or previous is None:
        return (deployed,) if deployed else ()
    told = [*_of_task(previous, definition), *_of_containers(previous, definition)]
    if not told:
        told = [
            say(
                "Nothing that decides about memory changed since revision {revision}.",
                revision=previous.revision,
            )
        ]
    return (*([deployed] if deployed else []), *told)


def since_deployment(evidence: Evidence) -> str:
    """That the kills began within an hour of the deployment, with the first thing it changed; "" where they did not.

    Nor where a revision before it was killed as well: then it changed nothing about that.
    """
    at, arn = deployed_at(evidence), evidence.death.task_definition_arn
    is_fresh = at is not None and at <= first_kill_at(evidence) <= at + FRESH
    if not is_fresh or any(death.task_definition_arn != arn for death in evidence.deaths):
        return ""
    definition, previous = evidence.definition, evidence.previous
    if definition is None or previous is None:
        return _deployed(evidence)
    told = [*_of_task(previous, definition), *_of_containers(previous, definition)]
    more = [say("More under Diagnosis.")] if len(told) > 1 else []
    return sentences([_deployed(evidence), *told[:1], *more])


def deployed_at(evidence: Evidence) -> datetime | None:
    """When the dead revision was deployed; None where nobody knows. Registered is not deployed."""
    return evidence.service.deployed_at if evidence.service else None


def first_kill_at(evidence: Evidence) -> datetime:
    """The first known death of the revision that died last."""
    arn = evidence.death.task_definition_arn
    return min(death.died_at for death in evidence.deaths if death.task_definition_arn == arn)


def _deployed(evidence: Evidence) -> str:
    at = deployed_at(evidence)
    if at is None:
        return ""
    ahead_s = (first_kill_at(evidence) - at).total_seconds()
    span = rough(abs(ahead_s))
    if evidence.definition is None:
        if ahead_s < 0:
            return say("Its revision was deployed {span} after the first kill.", span=span)
        return say("Its revision was deployed {span} before the first kill.", span=span)
    number = evidence.definition.revision
    if ahead_s < 0:
        return say(
            "Revision {revision} was deployed {span} after the first kill.", revision=number, span=span
        )
    return say("Revision {revision} was deployed {span} before the first kill.", revision=number, span=span)


def _of_task(old: TaskDefinition, new: TaskDefinition) -> Iterator[str]:
    if old.memory_mib != new.memory_mib:
        yield say("Task memory: {old} → {new}.", old=_size(old.memory_mib), new=_size(new.memory_mib))
    if old.cpu != new.cpu:
        yield say("Task CPU: {old} → {new} units.", old=old.cpu or say("none"), new=new.cpu or say("none"))


def _of_containers(old: TaskDefinition, new: TaskDefinition) -> Iterator[str]:
    for container in new.containers:
        before = old.container(container.name)
        if before is None:
            yield say("Container {name} is new.", name=container.name)
        else:
            yield from _of_container(before, container)
    gone = [one.name for one in old.containers if new.container(one.name) is None]
    yield from (say("Container {name} is gone.", name=name) for name in gone)


def _of_container(old: Container, new: Container) -> Iterator[str]:
    name = new.name
    if old.image != new.image:
        yield say("Image of {name}: {old} → {new}.", name=name, old=_image(old.image), new=_image(new.image))
    if old.memory_mib != new.memory_mib:
        before, after = _size(old.memory_mib), _size(new.memory_mib)
        yield say("Memory of {name}: {old} → {new}.", name=name, old=before, new=after)
    if old.reservation_mib != new.reservation_mib:
        before, after = _size(old.reservation_mib), _size(new.reservation_mib)
        yield say("Reservation of {name}: {old} → {new}.", name=name, old=before, new=after)
    if (old.command, old.entry_point) != (new.command, new.entry_point):
        yield say("Command of {name} changed.", name=name)
    yield from _of_environment(old, new)


def _of_environment(old: Container, new: Container) -> Iterator[str]:
    changed = {key for key in old.knobs.keys() & new.knobs.keys() if old.knobs[key] != new.knobs[key]}
    for words, names in (
        (mark("Environment of {name}, added: {names}."), new.variables - old.variables),
        (mark("Environment of {name}, removed: {names}."), old.variables - new.variables),
        (mark("Environment of {name}, changed: {names}."), changed),
    ):
        if names:
            yield say(words, name=new.name, names=_named(sorted(names)))


def _named(names: list[str]) -> str:
    """Environment variables in one line; as to their values see `changes`."""
    told, left = commas(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return count(left, "{names} and {n} more", "{names} and {n} more", names=told) if left > 0 else told


def _size(mib: int | None) -> str:
    return say("none") if mib is None else f"{mib:,} MiB"


def _image(image: str) -> str:
    """The last part of an image's name, where what changes stands: `checkout:2026-11-20`."""
    name, at, digest = image.rpartition("/")[2].partition("@")
    return f"{name}@{digest.removeprefix('sha256:')[:12]}" if at else name or say("none")
