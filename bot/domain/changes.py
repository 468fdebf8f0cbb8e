"""Changes: what the dead revision changed against the one before it, and when it was deployed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.duration import rough
from bot.domain.evidence import Evidence
from bot.domain.task_definition import Container, TaskDefinition

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
        told = [f"Nothing that decides about memory changed since revision {previous.revision}."]
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
    more = " More under Diagnosis." if len(told) > 1 else ""
    return " ".join([_deployed(evidence), *told[:1]]) + more


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
    name = f"Revision {evidence.definition.revision}" if evidence.definition else "Its revision"
    ahead_s = (first_kill_at(evidence) - at).total_seconds()
    if ahead_s < 0:
        return f"{name} was deployed {rough(-ahead_s)} after the first kill."
    return f"{name} was deployed {rough(ahead_s)} before the first kill."


def _of_task(old: TaskDefinition, new: TaskDefinition) -> Iterator[str]:
    if old.memory_mib != new.memory_mib:
        yield f"Task memory: {_size(old.memory_mib)} → {_size(new.memory_mib)}."
    if old.cpu != new.cpu:
        yield f"Task CPU: {old.cpu or 'none'} → {new.cpu or 'none'} units."


def _of_containers(old: TaskDefinition, new: TaskDefinition) -> Iterator[str]:
    for container in new.containers:
        before = old.container(container.name)
        if before is None:
            yield f"Container {container.name} is new."
        else:
            yield from _of_container(before, container)
    gone = [one.name for one in old.containers if new.container(one.name) is None]
    yield from (f"Container {name} is gone." for name in gone)


def _of_container(old: Container, new: Container) -> Iterator[str]:
    name = new.name
    if old.image != new.image:
        yield f"Image of {name}: {_image(old.image)} → {_image(new.image)}."
    if old.memory_mib != new.memory_mib:
        yield f"Memory of {name}: {_size(old.memory_mib)} → {_size(new.memory_mib)}."
    if old.reservation_mib != new.reservation_mib:
        yield f"Reservation of {name}: {_size(old.reservation_mib)} → {_size(new.reservation_mib)}."
    if (old.command, old.entry_point) != (new.command, new.entry_point):
        yield f"Command of {name} changed."
    yield from _of_environment(old, new)


def _of_environment(old: Container, new: Container) -> Iterator[str]:
    changed = {key for key in old.knobs.keys() & new.knobs.keys() if old.knobs[key] != new.knobs[key]}
    for word, names in (
        ("added", new.variables - old.variables),
        ("removed", old.variables - new.variables),
        ("changed", changed),
    ):
        if names:
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            yield f"Environment of {new.name}, {word}: {', '.join(sorted(names)[:MOST_NAMES])}{more}."


def _size(mib: int | None) -> str:
    return "none" if mib is None else f"{mib:,} MiB"


def _image(image: str) -> str:
    """The last part of an image's name, where what changes stands: `checkout:2026-11-20`."""
    name, at, digest = image.rpartition("/")[2].partition("@")
    return f"{name}@{digest.removeprefix('sha256:')[:12]}" if at else name or "none"
