"""Moves: have a service, or pins one by one, run the new revision, and follow the deployment to the end."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.calendar.duration import rough
from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import (
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
from bot.domain.resize.observation import Deployment, Observation, Rollout
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import MovePin, MoveService, Step, Wait
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas, sentences

LOOK = timedelta(seconds=15)
SOON = timedelta(seconds=5)
STUCK = timedelta(minutes=10)  # no progress for so long is told
HOPELESS = timedelta(minutes=30)  # and for so long, a rollback is advised


def move(resize: Resize, seen: Observation, now: datetime) -> Step:
    """The next step while DEPLOYING."""
    if seen.is_gone:
        new = revision(resize.status.new_revision_arn)
        words = say("{name} was deleted while {new} was being deployed.", name=name(resize), new=new)
        return finish(resize.status, ResizePhase.FAILED, words, now)
    if is_pinned(resize):
        return _move_pins(resize, seen, now)
    if resize.spec.plan.target.kind is TargetKind.SERVICE:
        return _move_service(resize, seen, now)
    return steady(resize.status, say("It is the newest revision: the next run takes it."), now)


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
        words = say(
            "Somebody changed what {name} runs meanwhile: nothing names {new}.",
            name=name(resize),
            new=revision(new),
        )
        return finish(status, ResizePhase.FAILED, words, now)
    done = len(pins) - len(left)
    told = [say("{done} of {all} name {new}.", done=done, all=len(pins), new=revision(new))]
    if left:
        told.append(
            say("Left alone, as somebody changed or deleted them meanwhile: {pins}.", pins=commas(left))
        )
    return steady(status, sentences(told), now)


def _set_pin(resize: Resize, status: Status, pin: str, now: datetime) -> Step:
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if (idle := _idle(status, now)) >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    acting = replace(status, acted_at=now, words=say("Moving {pin}.", pin=pin))
    return MovePin(acting, pin, old_arn(resize), status.new_revision_arn)


def _move_service(resize: Resize, seen: Observation, now: datetime) -> Step:
    old, new, deployment = old_arn(resize), resize.status.new_revision_arn, seen.deployment
    status = progressed(resize.status, seen, now)
    if seen.current_arn == new:
        if seen.kills:
            words = say("Killed again on {new} while it was being deployed.", new=revision(new))
            return not_enough(resize, status, words, now)
        return _follow(resize, status, deployment, now)
    if seen.current_arn != old:
        current = revision(seen.current_arn)
        words = say("Somebody deployed {new} to {name} meanwhile.", new=current, name=name(resize))
        return finish(status, ResizePhase.FAILED, words, now)
    if deployment is None and not resize.status.deployment_id:
        return _set_service(resize, status, now)
    if deployment is not None and deployment.rollout in (Rollout.IN_PROGRESS, Rollout.ROLLING_BACK):
        return _await(resize, _rolling_back(status, deployment), now)
    return _went_back(resize, status, deployment, now)


def _set_service(resize: Resize, status: Status, now: datetime) -> Step:
    """Nothing of it is to be seen yet: have the service run it, or wait for what an earlier attempt did."""
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if (idle := _idle(status, now)) >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    new = status.new_revision_arn
    acting = replace(_usual(status, say("Deploying {new}.", new=revision(new))), acted_at=now)
    return MoveService(acting, old_arn(resize), new)


def _went_back(resize: Resize, status: Status, deployment: Deployment | None, now: datetime) -> Step:
    old = revision(old_arn(resize))
    by = ECS if deployment is not None and deployment.rollout is Rollout.ROLLED_BACK else SOMEBODY
    why = _why(deployment.reason if deployment is not None else "", status)
    if by == ECS:
        words = say("ECS put {name} back to {old}", name=name(resize), old=old)
    else:
        words = say("Somebody put {name} back to {old}", name=name(resize), old=old)
    words = say("{what}: {words}", what=words, words=why) if why else say("{sentence}.", sentence=words)
    ended = replace(status, rollback_by=by, rollback_why=why)
    return finish(ended, ResizePhase.ROLLED_BACK, words, now)


def _follow(resize: Resize, status: Status, deployment: Deployment | None, now: datetime) -> Step:
    new = revision(status.new_revision_arn)
    if deployment is None:
        return _await(resize, _usual(status, say("Deploying {new}.", new=new)), now, SOON)
    if deployment.rollout is Rollout.COMPLETED:
        return steady(status, say("{new} is steady.", new=new), now)
    if deployment.rollout is Rollout.FAILED:
        why = _why(deployment.reason, status) or say("tasks do not stay up")
        return fail(resize, status, say("The deployment of {new} failed: {why}", new=new, why=why), now)
    if deployment.rollout is Rollout.STOPPED:
        return fail(resize, status, say("Somebody stopped the deployment of {new}.", new=new), now)
    if deployment.rollout in (Rollout.ROLLING_BACK, Rollout.ROLLED_BACK):
        return _await(resize, _rolling_back(status, deployment), now)
    words = say(
        "Deploying {new}: {running} of {desired} tasks run.",
        new=new,
        running=deployment.running_count,
        desired=deployment.desired_count,
    )
    return _await(resize, _usual(status, words), now)


def _await(resize: Resize, status: Status, now: datetime, look: timedelta = LOOK) -> Step:
    """Look again soon; what does not get ahead is told, and is not waited for without end."""
    idle = _idle(status, now)
    if idle < STUCK:
        return Wait(replace(status, is_stuck=False), now + look)
    if idle >= GIVE_UP:
        return fail(resize, status, _gave_up(idle), now)
    advice = say("Rolling back is advised.") if idle >= HOPELESS else ""
    lasted = say("No progress for {span}.", span=rough(_whole_minutes(idle)))
    told = sentences([status.words, lasted, status.trouble, advice])
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


def _usual(status: Status, words: str) -> Status:
    return replace(status, words=words, is_as_usual=True)


def _rolling_back(status: Status, deployment: Deployment) -> Status:
    words = say("ECS is rolling it back.")
    if deployment.rollout is Rollout.IN_PROGRESS:
        words = say("ECS is switching over.")
    elif deployment.reason:
        words = say("ECS is rolling it back: {why}", why=deployment.reason)
    return replace(status, words=words, is_as_usual=False)


def _gave_up(idle: timedelta) -> str:
    span = rough(idle.total_seconds())
    return say("No progress for {span}: given up waiting. ECS itself may go on trying.", span=span)


def _idle(status: Status, now: datetime) -> timedelta:
    since = status.progressed_at or status.deploying_since
    return timedelta(0) if since is None else now - since


def _whole_minutes(span: timedelta) -> float:
    """Seconds, in steps that do not have the message rewritten at every look."""
    return span.total_seconds() // 300 * 300
