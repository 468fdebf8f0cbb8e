"""Moves: have a service, or pins one by one, run the new revision, and follow the deployment to the end."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.duration import rough
from bot.domain.ending import (
    ECS,
    GIVE_UP,
    SOMEBODY,
    fail,
    finish,
    in_flight,
    is_pinned,
    name,
    not_enough,
    old_arn,
    revision,
)
from bot.domain.observation import Deployment, Observation, Rollout
from bot.domain.plan import TargetKind
from bot.domain.resize import Resize, ResizePhase, Status
from bot.domain.step import MovePin, MoveService, Step, Wait

LOOK = timedelta(seconds=15)
SOON = timedelta(seconds=5)
STUCK = timedelta(minutes=10)  # no progress for so long is told
HOPELESS = timedelta(minutes=30)  # and for so long, a rollback is advised


def move(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step while DEPLOYING."""
    if seen.is_gone:
        new = revision(resize.status.new_revision_arn)
        words = f"{name(resize)} was deleted while {new} was being deployed."
        return finish(resize.status, ResizePhase.FAILED, words, now)
    if is_pinned(resize):
        return _move_pins(resize, seen, now)
    if resize.spec.plan.target.kind is TargetKind.SERVICE:
        return _move_service(resize, seen, now)
    return steady(resize.status, "It is the newest revision: the next run takes it.", now)


def steady(status: Status, words: str, now: datetime) -> Wait:
    """The new revision is in place: the watch begins."""
    placed = replace(
        status, phase=ResizePhase.WATCHING, words=words, steady_at=now, is_stuck=False, trouble=""
    )
    return Wait(placed, now)


def _move_pins(resize: Resize, seen: Observation, now: datetime) -> Step:
    """One by one. What names something else by now was changed by somebody, who knows why: it is left alone."""
    status, old, new = resize.status, old_arn(resize), resize.status.new_revision_arn
    pins = resize.spec.plan.target.pins
    moved = tuple(pin for pin in pins if seen.pins.get(pin) == new or pin in status.moved)
    if moved != status.moved:
        status = replace(status, moved=moved, acted_at=None, progressed_at=now)
    status = replace(status, running_count=len(moved), desired_count=len(pins))
    waiting = [pin for pin in pins if pin not in moved and seen.pins.get(pin) == old]
    if waiting:
        return _set_pin(resize, status, waiting[0], now)
    left = [pin for pin in pins if seen.pins.get(pin) != new]
    if len(left) == len(pins):
        words = f"Somebody changed what {name(resize)} runs meanwhile: nothing names {revision(new)}."
        return finish(status, ResizePhase.FAILED, words, now)
    told = f" Left alone, as somebody changed or deleted them meanwhile: {', '.join(left)}." if left else ""
    return steady(status, f"{len(pins) - len(left)} of {len(pins)} name {revision(new)}.{told}", now)


def _set_pin(resize: Resize, status: Status, pin: str, now: datetime) -> Step:
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if (idle := _idle(status, now)) >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    acting = replace(status, acted_at=now, words=f"Moving {pin}.")
    return MovePin(acting, pin, old_arn(resize), status.new_revision_arn)


def _move_service(resize: Resize, seen: Observation, now: datetime) -> Step:
    old, new, deployment = old_arn(resize), resize.status.new_revision_arn, seen.deployment
    status = progressed(resize.status, seen, now)
    if seen.current_arn == new:
        if seen.kills:
            words = f"Killed again on {revision(new)} while it was being deployed."
            return not_enough(resize, status, words, now)
        return _follow(resize, status, deployment, now)
    if seen.current_arn != old:
        words = f"Somebody deployed {revision(seen.current_arn)} to {name(resize)} meanwhile."
        return finish(status, ResizePhase.FAILED, words, now)
    if deployment is None and not resize.status.deployment_id:
        return _set_service(resize, status, now)
    if deployment is not None and deployment.rollout in (Rollout.IN_PROGRESS, Rollout.ROLLING_BACK):
        return _await(resize, replace(status, words=_rolling_back(deployment)), now)
    return _went_back(resize, status, deployment, now)


def _set_service(resize: Resize, status: Status, now: datetime) -> Step:
    """Nothing of it is to be seen yet: have the service run it, or wait for what an earlier attempt did."""
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if (idle := _idle(status, now)) >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    new = status.new_revision_arn
    acting = replace(status, acted_at=now, words=f"Deploying {revision(new)}.")
    return MoveService(acting, old_arn(resize), new)


def _went_back(resize: Resize, status: Status, deployment: Deployment | None, now: datetime) -> Step:
    old = revision(old_arn(resize))
    by = ECS if deployment is not None and deployment.rollout is Rollout.ROLLED_BACK else SOMEBODY
    why = _why(deployment.reason if deployment is not None else "", status)
    words = f"{by} put {name(resize)} back to {old}" + (f": {why}" if why else ".")
    ended = replace(status, rollback_by=by, rollback_why=why)
    return finish(ended, ResizePhase.ROLLED_BACK, words[:1].upper() + words[1:], now)


def _follow(resize: Resize, status: Status, deployment: Deployment | None, now: datetime) -> Step:
    new = revision(status.new_revision_arn)
    if deployment is None:
        return _await(resize, replace(status, words=f"Deploying {new}."), now, SOON)
    if deployment.rollout is Rollout.COMPLETED:
        return steady(status, f"{new} is steady.", now)
    if deployment.rollout is Rollout.FAILED:
        why = _why(deployment.reason, status) or "tasks do not stay up"
        return fail(resize, status, f"The deployment of {new} failed: {why}", now)
    if deployment.rollout is Rollout.STOPPED:
        return fail(resize, status, f"Somebody stopped the deployment of {new}.", now)
    if deployment.rollout in (Rollout.ROLLING_BACK, Rollout.ROLLED_BACK):
        return _await(resize, replace(status, words=_rolling_back(deployment)), now)
    done = f"{deployment.running_count} of {deployment.desired_count} tasks run"
    return _await(resize, replace(status, words=f"Deploying {new}: {done}."), now)


def _await(resize: Resize, status: Status, now: datetime, look: timedelta = LOOK) -> Step:
    """Look again soon; what does not get ahead is told, and is not waited for without end."""
    idle = _idle(status, now)
    if idle < STUCK:
        return Wait(replace(status, is_stuck=False), now + look)
    if idle >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    advice = " Rolling back is advised." if idle >= HOPELESS else ""
    why = f" {status.trouble}" if status.trouble else ""
    told = f"{status.words} No progress for {rough(_whole_minutes(idle))}.{why}{advice}"
    return Wait(replace(status, words=told, is_stuck=True), now + look)


def progressed(status: Status, seen: Observation, now: datetime) -> Status:
    """The status with what was seen of the deployment; its progress is any change of the running tasks."""
    deployment = seen.deployment
    status = replace(status, trouble=seen.trouble, kills_since=seen.kills)
    if deployment is None:
        return status
    before = (status.deployment_id, status.running_count)
    got_ahead = before != (deployment.id, deployment.running_count)
    return replace(
        status,
        deployment_id=deployment.id,
        deployment_arn=deployment.arn,
        running_count=deployment.running_count,
        desired_count=deployment.desired_count,
        progressed_at=now if got_ahead else status.progressed_at,
        acted_at=None,
    )


def _why(reason: str, status: Status) -> str:
    """Why a deployment failed: what ECS says of it, and of its tasks, where the cause stands."""
    return " ".join(dict.fromkeys(one for one in (reason, status.trouble) if one))


def _rolling_back(deployment: Deployment) -> str:
    if deployment.rollout is Rollout.IN_PROGRESS:
        return "ECS is switching over."
    return "ECS is rolling it back" + (f": {deployment.reason}" if deployment.reason else ".")


def _gave_up(idle: timedelta) -> str:
    return f"No progress for {rough(idle.total_seconds())}: given up waiting. ECS itself may go on trying."


def _idle(status: Status, now: datetime) -> timedelta:
    since = status.progressed_at or status.deploying_since
    return timedelta(0) if since is None else now - since


def _whole_minutes(span: timedelta) -> float:
    """Seconds, in steps that do not have the message rewritten at every look."""
    return span.total_seconds() // 300 * 300
