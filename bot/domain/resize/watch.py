"""Watches: whether the new size holds, for long enough to say so; and whether it is still there later."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.calendar.duration import rough
from bot.domain.plan.plan import ContainerChange, Plan
from bot.domain.policy.policy import Policy
from bot.domain.resize.ending import SOMEBODY, finish, is_pinned, name, not_enough, old_arn, revision
from bot.domain.resize.observation import Observation
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import Finish, Step, Wait
from bot.domain.telling.language import say

LOOK = timedelta(minutes=1)
LATER_LOOK = timedelta(hours=1)
LONGEST_WITHOUT_RUN = timedelta(days=8)  # a weekly job runs once in it
KEPT = timedelta(days=90)  # for so long, a deployment that brings the old memory back is told
LEARNED = timedelta(days=10)  # so long a kill disproves it: as long as the longest recordings of the replay
TIGHT = 0.9  # of the limit: facts/sizing.md §2.2
_DAY_S = 86_400.0


def length_s(policy: Policy, usual_life_s: float | None) -> float:
    """How long to watch: as the policy says, else a day or twice the usual time to death, whichever is longer."""
    if policy.watch_s is not None:
        return policy.watch_s
    return max(_DAY_S, 2 * (usual_life_s or 0.0))


def limit_mib(resize: Resize) -> int | None:
    """The new limit that counts: the container's own, else the task's."""
    plan = resize.spec.plan
    if plan.change is None:
        return None
    own = [one.new_memory_mib for one in plan.change.containers if one.name == plan.container]
    return next((one for one in own if one), None) or plan.change.task_memory_mib[1]


def keeps_size(plan: Plan, definition: TaskDefinition) -> bool | None:
    """Whether a revision has at least what the plan gave it, at most where it shrank; None where it cannot be told.

    Each container that the plan gave another size has to keep it.
    """
    change = plan.change
    if change is None:
        return None
    kept = [
        _keeps(one, change.task_memory_mib if one.name == plan.container else (None, None), definition)
        for one in change.containers
        if one.name == plan.container or _is_resized(one)
    ]
    if False in kept:
        return False
    return True if kept and None not in kept else None


def _is_resized(one: ContainerChange) -> bool:
    return (one.old_memory_mib, one.old_reservation_mib) != (one.new_memory_mib, one.new_reservation_mib)


def _keeps(
    own: ContainerChange, task_mib: tuple[int | None, int | None], definition: TaskDefinition
) -> bool | None:
    container = definition.container(own.name)
    if container is None:
        return None
    sizes = [
        (own.old_memory_mib, own.new_memory_mib, container.memory_mib or definition.memory_mib),
        (*task_mib, definition.memory_mib),
        (own.old_reservation_mib, own.new_reservation_mib, container.reservation_mib),
    ]
    given = [one for one in sizes if one[1] is not None]
    # What was changed tells, the limit before the reservation; a revision with other settings alone keeps its limit.
    old, new, has = next(
        (one for one in given if one[0] != one[1]), given[0] if given else (None, None, None)
    )
    if new is None or has is None:
        return None
    return has <= new if old is not None and new < old else has >= new


def watch(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step while WATCHING."""
    status = _measured(resize.status, seen)
    new, lasted = revision(status.new_revision_arn), _since(status, now)
    if seen.is_gone:
        words = say(
            "{name} was deleted {lasted} into the watch: nothing is proven.",
            name=name(resize),
            lasted=lasted,
        )
        return finish(status, ResizePhase.FAILED, words, now)
    if seen.kills:
        return not_enough(resize, status, _killed(resize, new, lasted), now)
    if _is_back(resize, seen):
        words = say(
            "Somebody put {name} back to {old} {lasted} into the watch.",
            name=name(resize),
            old=revision(old_arn(resize)),
            lasted=lasted,
        )
        ended = replace(status, rollback_by=SOMEBODY)
        return finish(ended, ResizePhase.ROLLED_BACK, words, now)
    if seen.keeps_size is False:
        lost = replace(status, regressed_at=now)
        return finish(lost, ResizePhase.FAILED, _regressed(resize, seen), now)
    ends_at = _ends_at(resize, seen)
    if now < ends_at:
        return Wait(status, min(now + LOOK, ends_at))
    return _conclude(resize, status, seen, now)


def look_back(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step of a PROVEN one: told once when a later deployment brings the old memory back.

    Kills go on being counted for a while: a watch of hours proves less than `lesson` would make of it.
    """
    status = resize.status
    over = status.regressed_at is not None or seen.is_gone
    if over or status.ended_at is None or now >= status.ended_at + KEPT:
        return Finish(status)
    if _is_back(resize, seen) or seen.keeps_size is False:
        return Finish(replace(status, regressed_at=now, words=_regressed(resize, seen)))
    if now < status.ended_at + LEARNED:
        status = replace(status, kills_since=seen.kills)
    return Wait(status, now + LATER_LOOK)


def _conclude(resize: Resize, status: Status, seen: Observation, now: datetime) -> Finish:
    lasted = _since(status, now)
    if seen.runs == 0:
        new = revision(status.new_revision_arn)
        words = say("No task ran on {new} in {lasted}: nothing is proven.", new=new, lasted=lasted)
        return finish(status, ResizePhase.FAILED, words, now)
    proven = finish(status, ResizePhase.PROVEN, _held(resize, status, lasted), now)
    return replace(proven, look_again_at=now + LATER_LOOK)


def _held(resize: Resize, status: Status, lasted: str) -> str:
    limit = limit_mib(resize)
    if status.peak_mib is None or not limit:
        return say("No OOM in {lasted}; its memory was not measured.", lasted=lasted)
    share = status.peak_mib / limit
    if share < TIGHT:
        return say(
            "No OOM in {lasted}, peak {share:.0%} (minute samples): enough.", lasted=lasted, share=share
        )
    return say(
        "No OOM in {lasted}, peak {share:.0%} (minute samples): but that is tight.",
        lasted=lasted,
        share=share,
    )


def _measured(status: Status, seen: Observation) -> Status:
    peaks = [peak for peak in (status.peak_mib, seen.peak_mib) if peak is not None]
    return replace(status, peak_mib=max(peaks, default=None), kills_since=seen.kills)


def _is_back(resize: Resize, seen: Observation) -> bool:
    """Everything that was moved names the old revision again."""
    if is_pinned(resize):
        return {seen.pins.get(pin) for pin in resize.status.moved} == {old_arn(resize)}
    return seen.current_arn == old_arn(resize)


def _ends_at(resize: Resize, seen: Observation) -> datetime:
    """Where nothing has run yet there is nothing to conclude from: the watch goes on, to its longest."""
    steady_at = resize.status.steady_at or resize.spec.requested_at
    watched = timedelta(seconds=resize.spec.watch_s)
    return steady_at + (max(watched, LONGEST_WITHOUT_RUN) if seen.runs == 0 else watched)


def _regressed(resize: Resize, seen: Observation) -> str:
    new, number, what = revision(seen.current_arn), resize.spec.id, name(resize)
    if not new:
        return say(
            "A later change brought the old memory back: resize {number} of {name} is undone.",
            number=number,
            name=what,
        )
    return say(
        "{new} brought the old memory back: resize {number} of {name} is undone.",
        new=new,
        number=number,
        name=what,
    )


def _killed(resize: Resize, new: str, lasted: str) -> str:
    if limit := limit_mib(resize):
        return say("Killed again on {new} after {lasted}, at {mib:,} MiB.", new=new, lasted=lasted, mib=limit)
    return say("Killed again on {new} after {lasted}.", new=new, lasted=lasted)


def _since(status: Status, now: datetime) -> str:
    seconds = 0.0 if status.steady_at is None else (now - status.steady_at).total_seconds()
    hours = seconds / 3600
    if 2 <= hours <= 48 and hours == int(hours):
        return say("{hours} h", hours=f"{hours:.0f}")
    return rough(seconds)
