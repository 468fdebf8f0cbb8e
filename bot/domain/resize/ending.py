"""Endings: how a resize ends, or turns back; each says in a sentence what is true now."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.plan.plan import TargetKind
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import Finish, Wait
from bot.domain.telling.language import say

SETTLES = timedelta(seconds=90)  # a call has ended by then, with its timeouts, and ECS shows what it did
GIVE_UP = timedelta(hours=3)  # no progress at all for so long: a person must look
POLICY, ECS, SOMEBODY = "policy", "ECS", "somebody"  # who rolled back, where it was no person of ours
_ENDLESS = frozenset({TargetKind.FAMILY, TargetKind.JOB})


def finish(status: Status, phase: ResizePhase, words: str, now: datetime) -> Finish:
    """End in `phase`; what is no longer true of its progress goes."""
    return Finish(replace(status, phase=phase, words=words, ended_at=now, is_stuck=False))


def back(status: Status, by: str, why: str, now: datetime) -> Wait:
    """Turn back: the next look finds the way. `by` is a person's id, or POLICY."""
    turned = replace(
        status,
        phase=ResizePhase.ROLLING_BACK,
        words=say("Rolling back: {why}", why=why),
        rollback_by=by,
        rollback_why=why,
        progressed_at=now,
        is_stuck=False,
        ended_at=None,
    )
    return Wait(turned, now)


def fail(resize: Resize, status: Status, words: str, now: datetime) -> Wait | Finish:
    """It did not work after something was moved: back where the policy says so, else it stays and is told."""
    if resize.spec.rolls_back and not no_way_back(resize):
        return back(status, POLICY, words, now)
    return finish(status, ResizePhase.FAILED, words, now)


def not_enough(resize: Resize, status: Status, words: str, now: datetime) -> Wait | Finish:
    """Killed again on the new size: likewise."""
    if resize.spec.rolls_back and not no_way_back(resize):
        return back(status, POLICY, words, now)
    return finish(status, ResizePhase.NOT_ENOUGH, words, now)


def in_flight(status: Status, now: datetime) -> bool:
    """Whether a forward write whose effect was not seen may yet take effect: then it is neither repeated nor ruled out."""
    return status.acted_at is not None and now < status.acted_at + SETTLES


def no_way_back(resize: Resize) -> str:
    """Why the bot cannot roll it back, in a sentence; "" where it can.

    Nothing names the revision of a family or a job definition: the newest one counts. Going back would mean a
    further revision, or deregistering one, which breaks whoever pins it (facts/ecs.md §0.8); so people choose.
    """
    if resize.spec.plan.target.kind not in _ENDLESS:
        return ""
    new, old = revision(resize.status.new_revision_arn), revision(old_arn(resize))
    if not new:
        return say(
            "The new revision is used by its name only: name {old} where it is run to go back.", old=old
        )
    return say("{new} is used by its name only: name {old} where it is run to go back.", new=new, old=old)


def old_arn(resize: Resize) -> str:
    """The revision that was agreed to be replaced."""
    change = resize.spec.plan.change
    return "" if change is None else change.revision_arn


def name(resize: Resize) -> str:
    """The target as people call it."""
    return resize.spec.plan.target.subject.name


def revision(arn: str) -> str:
    """The last part of an ARN: `checkout:46`."""
    return arn.rpartition("/")[2]


def is_pinned(resize: Resize) -> bool:
    """Whether rules' targets or schedules have to be moved, one by one."""
    return resize.spec.plan.target.kind in (TargetKind.RULE, TargetKind.SCHEDULE)
