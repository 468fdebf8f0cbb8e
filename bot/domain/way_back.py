"""Ways back: everything that this resize moved names the recorded old revision again; nothing else is touched."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.duration import rough
from bot.domain.ending import GIVE_UP, finish, in_flight, is_pinned, name, no_way_back, old_arn, revision
from bot.domain.moving import progressed
from bot.domain.observation import Observation, Rollout
from bot.domain.plan import TargetKind
from bot.domain.resize import Resize, ResizePhase, Status
from bot.domain.step import MovePin, MoveService, Step, StopDeployment, Wait

LOOK = timedelta(seconds=15)


def go_back(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step while ROLLING_BACK. A freeze does not stop it: it makes things as they were."""
    status = resize.status
    if seen.is_gone:
        words = f"{name(resize)} was deleted: there is nothing left to roll back."
        return finish(status, ResizePhase.FAILED, words, now)
    idle = now - (status.progressed_at or now)
    if idle >= GIVE_UP:
        words = f"The rollback did not get ahead for {rough(idle.total_seconds())}: look at it by hand."
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
            return MovePin(replace(acting, words=f"Moving {pin} back."), pin, new, old)
    return _unless_unsettled(status, now) or _done(resize, status, now)


def _back(resize: Resize, status: Status, seen: Observation, now: datetime) -> Step:
    old, new = old_arn(resize), status.new_revision_arn
    if seen.current_arn == old:
        status = _returning(status, seen, now)
        if seen.is_deploying:
            return Wait(replace(status, words=f"Rolling back to {revision(old)}."), now + LOOK)
        return _unless_unsettled(status, now) or _done(resize, status, now)
    if seen.current_arn != new or not new:
        what = revision(seen.current_arn) or "something else"
        words = f"Not rolled back: somebody deployed {what} to {name(resize)} meanwhile."
        return finish(status, ResizePhase.FAILED, words, now)
    deployment, known = seen.deployment, status.deployment_arn
    status = progressed(status, seen, now)
    if deployment is not None and deployment.rollout is Rollout.ROLLING_BACK:
        return Wait(replace(status, words=f"Rolling back to {revision(old)}."), now + LOOK)
    is_under_way = deployment is not None and deployment.rollout is Rollout.IN_PROGRESS
    status = replace(status, words=f"Rolling back to {revision(old)}.", deployment_arn=known)
    if is_under_way and known:
        return StopDeployment(status, known)
    return MoveService(status, new, old)


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
    what = f"{name(resize)} is back on {revision(old_arn(resize))}."
    if resize.spec.plan.target.kind is not TargetKind.SERVICE:
        what = f"What {name(resize)} runs names {revision(old_arn(resize))} again."
    return finish(status, ResizePhase.ROLLED_BACK, f"{what} {status.rollback_why}".strip(), now)
