"""Beginnings: from the agreed plan to its one registered revision; until then nothing in AWS is different."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.ending import GIVE_UP, finish, in_flight, is_pinned, name, old_arn, revision
from bot.domain.observation import Found, Observation
from bot.domain.plan import TargetKind
from bot.domain.resize import Resize, ResizePhase
from bot.domain.step import Finish, Register, Step, Wait

HELD_LOOK = timedelta(minutes=1)
SOON = timedelta(seconds=5)


def is_agreed(resize: Resize) -> bool:
    """Whether it may be carried out: it can be done, and whoever had to agree did, and is not who asked."""
    spec, status = resize.spec, resize.status
    seconded = bool(status.approved_by) and status.approved_by != spec.requested_by
    return spec.plan.can_be_done and (seconded or not spec.needs_approval)


def begin_by(resize: Resize) -> datetime:
    """An agreement lasts as long as a request waits for one: what was held up for longer is no longer wanted."""
    spec, agreed_at = resize.spec, resize.status.approved_at or resize.spec.requested_at
    return agreed_at + (spec.expires_at - spec.requested_at)


def await_approval(resize: Resize, now: datetime) -> Step:
    """Nobody has agreed yet."""
    if now < resize.spec.expires_at:
        return Wait(resize.status, resize.spec.expires_at)
    words = "Nobody agreed in time; nothing was changed. Ask again for a fresh plan."
    return finish(resize.status, ResizePhase.EXPIRED, words, now)


def begin(resize: Resize, seen: Observation, now: datetime) -> Step:
    """Everything is checked once more, then the one revision is registered."""
    status = resize.status
    if not is_agreed(resize):
        words = "The second person's approval is missing; nothing was changed."
        return finish(status, ResizePhase.CANCELLED, words, now)
    if why := _overtaken(resize, seen):
        return finish(status, ResizePhase.CANCELLED, f"{why} Nothing was changed.", now)
    held = seen.held or ("Another deployment is in progress." if seen.is_deploying else "")
    if seen.is_read_only:
        held = "OOM_READ_ONLY is set: nothing is written to AWS."
    if now >= begin_by(resize):
        words = f"It could not begin in time. {held} Nothing was changed.".replace("  ", " ")
        return finish(status, ResizePhase.EXPIRED, words, now)
    if held:
        return Wait(replace(status, words=f"Waiting: {held}"), min(now + HELD_LOOK, begin_by(resize)))
    if new := [one for one in seen.other_code if one not in resize.spec.plan.other_code]:
        words = f"The image tag of {', '.join(new)} means other code by now, which nobody agreed to ship."
        return finish(status, ResizePhase.CANCELLED, f"{words} Nothing was changed. Ask again.", now)
    begun = replace(
        status, phase=ResizePhase.REGISTERING, began_at=now, words="Registering the new revision."
    )
    return Register(replace(begun, acted_at=now))


def register(resize: Resize, seen: Observation, now: datetime) -> Step:
    """An earlier attempt may have registered it: look first, wait until a lost answer must be visible, then try."""
    status = resize.status
    if seen.found is not None:
        return _adopt(resize, seen, seen.found, now)
    if now >= (status.began_at or now) + GIVE_UP:
        words = f"The new revision could not be registered: {status.trouble or 'AWS gave no clear answer'}."
        return finish(status, ResizePhase.FAILED, words, now)
    if status.new_revision_arn:
        return Wait(status, now + SOON)  # it is registered, and not to be described yet
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if why := _overtaken(resize, seen):
        return finish(status, ResizePhase.CANCELLED, f"{why} Nothing was changed.", now)
    return Register(replace(status, acted_at=now))


def _adopt(resize: Resize, seen: Observation, found: Found, now: datetime) -> Wait | Finish:
    status = replace(resize.status, new_revision_arn=found.arn)
    new = revision(found.arn)
    left = f"{new} stays registered, and nothing names it."
    if resize.spec.plan.target.kind in (TargetKind.FAMILY, TargetKind.JOB):
        left = f"{new} is now the newest revision: name {revision(old_arn(resize))} where it is run."
    if found.differences:
        words = f"{new} differs from the plan: {'; '.join(found.differences)}. {left}"
        return finish(status, ResizePhase.FAILED, words, now)
    if (why := _overtaken(resize, seen)) and seen.current_arn != found.arn:
        return finish(status, ResizePhase.FAILED, f"{why} {left}", now)
    deploying = replace(
        status,
        phase=ResizePhase.DEPLOYING,
        words=f"{new} is registered.",
        deploying_since=now,
        progressed_at=now,
        acted_at=None,
    )
    return Wait(deploying, now)


def _overtaken(resize: Resize, seen: Observation) -> str:
    """Why the plan is no longer about what is there, in a sentence; "" where it is."""
    old = old_arn(resize)
    if seen.is_gone:
        return f"{name(resize)} was deleted meanwhile."
    if is_pinned(resize):
        if old in seen.pins.values():
            return ""
        return f"Nothing of {name(resize)} names {revision(old)} any more: somebody changed it meanwhile."
    if seen.current_arn == old:
        return ""
    return f"Somebody deployed {revision(seen.current_arn) or 'something else'} to {name(resize)} meanwhile."
