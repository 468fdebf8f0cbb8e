"""Ways back: everything that this resize moved names the recorded old revision again; nothing else is touched."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.calendar.duration import rough
from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import (
    GIVE_UP,
    POLICY,
    finish,
    in_flight,
    is_pinned,
    name,
    no_way_back,
    old_arn,
    revision,
)
from bot.domain.resize.moving import progressed
from bot.domain.resize.observation import Observation, Rollout
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import MovePin, MoveService, Step, StopDeployment, Wait
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas, sentences

LOOK = timedelta(seconds=15)


def go_back(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step while ROLLING_BACK. A freeze does not stop it: it makes things as they were."""
    status = resize.status
    if seen.is_gone:
        words = say("{name} was deleted: there is nothing left to roll back.", name=name(resize))
        return finish(status, ResizePhase.FAILED, words, now)
    idle = now - (status.progressed_at or now)
    if idle >= GIVE_UP:
        span = rough(idle.total_seconds())
        words = say("The rollback did not get ahead for {span}: look at it by hand.", span=span)
        return finish(status, ResizePhase.FAILED, words, now)
    if why := no_way_back(resize):
        return finish(status, ResizePhase.FAILED, why, now)
    if not status.new_revision_arn and seen.found is not None:
        status = replace(status, new_revision_arn=seen.found.arn)
    return _pins_back(resize, status, seen, now) if is_pinned(resize) else _back(resize, status, seen, now)


def _pins_back(resize: Resize, status: Status, seen: Observation, now: datetime) -> Step:
    old, new = old_arn(resize), status.new_revision_arn
    for pin in resize.spec.plan.target.pins:
        if new and seen.pins.get(pin) == new:
            acting = replace(status, moved=tuple(one for one in status.moved if one != pin))
            return MovePin(replace(acting, words=say("Moving {pin} back.", pin=pin)), pin, new, old)
    return _unless_unsettled(status, now) or _done(resize, status, now)


def _back(resize: Resize, status: Status, seen: Observation, now: datetime) -> Step:
    old, new = old_arn(resize), status.new_revision_arn
    if seen.current_arn == old:
        status = _returning(status, seen, now)
        if seen.is_deploying:
            return Wait(_returns(status, old), now + LOOK)
        return _unless_unsettled(status, now) or _done(resize, status, now)
    if seen.current_arn != new or not new:
        return finish(status, ResizePhase.FAILED, _overtaken(resize, seen), now)
    deployment, known = seen.deployment, status.deployment_arn
    status = progressed(status, seen, now)
    if deployment is not None and deployment.rollout is Rollout.ROLLING_BACK:
        return Wait(_returns(status, old), now + LOOK)
    is_under_way = deployment is not None and deployment.rollout is Rollout.IN_PROGRESS
    status = replace(_returns(status, old), deployment_arn=known)
    if is_under_way and known:
        return StopDeployment(status, known)
    return _by_update(resize, status, seen, now)


def _by_update(resize: Resize, status: Status, seen: Observation, now: datetime) -> Step:
    if (seen.other_code or seen.unknown_code) and status.rollback_by == POLICY:
        return _stays(resize, status, seen, now)
    return MoveService(status, status.new_revision_arn, old_arn(resize))


def _stays(resize: Resize, status: Status, seen: Observation, now: datetime) -> Step:
    """Nobody agreed to ship other code, so a policy does not: it stays, and a person decides who has seen the digests."""
    phase = ResizePhase.NOT_ENOUGH if seen.kills or status.kills_since else ResizePhase.FAILED
    words = sentences([status.rollback_why, _why_not(revision(old_arn(resize)), seen)])
    return finish(replace(status, rollback_by="", rollback_why=""), phase, words, now)


def _why_not(old: str, seen: Observation) -> str:
    if seen.other_code:
        return say(
            "Not rolled back by itself: with {old}, {names} would get other code than what runs, or none.",
            old=old,
            names=commas(seen.other_code),
        )
    return say(
        "Not rolled back by itself: whether {names} would get other code with {old} cannot be known. You decide.",
        names=commas(seen.unknown_code),
        old=old,
    )


def _returns(status: Status, old: str) -> Status:
    return replace(status, words=say("Rolling back to {old}.", old=revision(old)))


def _overtaken(resize: Resize, seen: Observation) -> str:
    new = revision(seen.current_arn)
    if not new:
        return say(
            "Not rolled back: somebody deployed something else to {name} meanwhile.", name=name(resize)
        )
    return say("Not rolled back: somebody deployed {new} to {name} meanwhile.", new=new, name=name(resize))


def _returning(status: Status, seen: Observation, now: datetime) -> Status:
    """Any change of the running tasks is progress."""
    deployment = seen.deployment
    if deployment is None or deployment.running_count == status.running_count:
        return status
    return replace(status, running_count=deployment.running_count, progressed_at=now)


def _unless_unsettled(status: Status, now: datetime) -> Wait | None:
    """A forward write whose answer was lost may yet become visible; what was seen is awaited no more."""
    return Wait(status, now + LOOK) if in_flight(status, now) else None


def _done(resize: Resize, status: Status, now: datetime) -> Step:
    what, old = name(resize), revision(old_arn(resize))
    if resize.spec.plan.target.kind is TargetKind.SERVICE:
        words = say("{name} is back on {old}.", name=what, old=old)
    else:
        words = say("What {name} runs names {old} again.", name=what, old=old)
    return finish(status, ResizePhase.ROLLED_BACK, sentences([words, status.rollback_why]), now)
