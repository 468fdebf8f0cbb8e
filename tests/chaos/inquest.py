"""The inquest: one revision for a resize at most, no change that was not agreed and written down first, always an end."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.aws.resizing import tags
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.ending import old_arn
from bot.domain.resize.resize import Resize, ResizePhase
from sandbox import wire
from tests.chaos.patients import Fate, Patients

REGISTERS, MOVES, STOPS = (
    "RegisterTaskDefinition",
    ("UpdateService", "UpdateSchedule"),
    "StopServiceDeployment",
)
CHANGES = (REGISTERS, *MOVES, STOPS)
ENDS = {
    Fate.AGREED: (ResizePhase.PROVEN,),
    Fate.APPROVED: (ResizePhase.PROVEN,),
    Fate.LONELY: (ResizePhase.EXPIRED,),
    Fate.UNDONE: (ResizePhase.ROLLED_BACK, ResizePhase.PROVEN),  # proven before anybody wanted it back
}


def broken_promises(patients: Patients, changes: Sequence[wire.Entry]) -> list[str]:
    """One sentence each; nothing where all is as promised."""
    found = patients.found()
    made = {one.spec.id: _made(patients, one) for one in found}
    sentences = [s for one in found for s in _of_one(patients, one, made[one.spec.id], changes)]
    known = {arn for arns in made.values() for arn in arns} | set(patients.at_first)
    strange = [arn for arn in patients.revisions() if arn not in known]
    last = {one.spec.plan.target.subject.name: one for one in found}
    return [
        *sentences,
        *(f"{arn} was registered for no resize" for arn in strange),
        *_moved_too_often(changes, found, made),
        *(s for name, one in last.items() for s in _runs_something_else(patients, name, one, made)),
    ]


def _made(patients: Patients, one: Resize) -> list[str]:
    """The revisions that bear its mark."""
    definitions = patients.sandbox.world.ecs.definitions
    mark = {"key": tags.RESIZE, "value": tags.mark(one)}
    arns = definitions.arns(one.spec.plan.target.subject.name)
    return [arn for arn in arns if mark in definitions.tags(arn)]


def _of_one(patients: Patients, one: Resize, made: list[str], changes: Sequence[wire.Entry]) -> Iterator[str]:
    who, fate = f"resize {one.spec.id} ({one.spec.plan.target.subject.name})", patients.fates[one.spec.id]
    if len(made) > 1:
        yield f"{who} has {len(made)} revisions"
    if one.status.phase not in ENDS[fate]:
        yield f"{who}, which {fate.value}, is {one.status.phase.value}: {one.status.words}"
    mine = [entry for entry in changes if _is_of(entry, one, made)]
    trail = patients.trail(one.spec.id)
    if mine and not _is_allowed(one, fate, trail, mine):
        yield f"{who} changed AWS before anybody agreed"
    if mine and not _is_before([entry for entry in trail if entry.deed is Deed.CALLED], mine):
        yield f"{who} changed AWS before that was written down"


def _is_of(entry: wire.Entry, one: Resize, made: list[str]) -> bool:
    asked: Mapping[str, Any] = entry.request
    if entry.kind.endswith(REGISTERS):
        return {"key": tags.RESIZE, "value": tags.mark(one)} in asked.get("tags", ())
    return _moved_to(entry) in made


def _moved_to(entry: wire.Entry) -> str:
    """The ARN that a service or schedule was set to; "" for other changes."""
    asked: Mapping[str, Any] = entry.request
    if entry.kind.endswith("UpdateSchedule"):
        return str(asked["Target"]["EcsParameters"]["TaskDefinitionArn"])
    return str(asked.get("taskDefinition", "")) if entry.kind.endswith("UpdateService") else ""


def _is_allowed(one: Resize, fate: Fate, trail: Sequence[Entry], mine: Sequence[wire.Entry]) -> bool:
    if not one.spec.needs_approval:
        return True
    return fate is Fate.APPROVED and _is_before([e for e in trail if e.deed is Deed.APPROVED], mine)


def _is_before(entries: Sequence[Entry], changes: Sequence[wire.Entry]) -> bool:
    """Whether the first of these was before the first of those."""
    return bool(entries) and entries[0].at.timestamp() * 1000 <= changes[0].at + 1


def _moved_too_often(
    changes: Sequence[wire.Entry], found: Sequence[Resize], made: Mapping[int, list[str]]
) -> Iterator[str]:
    """To a new revision once, and once more for each later resize that was taken back to it."""
    times = Counter(_moved_to(entry) for entry in changes)
    undone = Counter(old_arn(one) for one in found if one.status.rollback_by)
    for arn in (arn for arns in made.values() for arn in arns):
        if times[arn] > 1 + undone[arn]:
            yield f"{arn} was deployed {times[arn]} times"


def _runs_something_else(
    patients: Patients, name: str, one: Resize, made: Mapping[int, list[str]]
) -> Iterator[str]:
    wanted = made[one.spec.id] if one.status.phase is ResizePhase.PROVEN else [old_arn(one)]
    if [patients.runs(name)] != wanted:
        yield f"{name} runs {patients.runs(name)} instead of {wanted}"
