"""Beginnings: from the agreed plan to its one registered revision; until then nothing in AWS is different."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import GIVE_UP, finish, in_flight, is_pinned, name, old_arn, revision
from bot.domain.resize.observation import Found, Observation
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.step import Finish, Register, Step, Wait
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses, commas, sentences

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
    words = say("Nobody agreed in time; nothing was changed. Ask again for a fresh plan.")
    return finish(resize.status, ResizePhase.EXPIRED, words, now)


def begin(resize: Resize, seen: Observation, now: datetime) -> Step:
    """Everything is checked once more, then the one revision is registered."""
    status = resize.status
    if not is_agreed(resize):
        words = say("The second person's approval is missing; nothing was changed.")
        return finish(status, ResizePhase.CANCELLED, words, now)
    if why := _overtaken(resize, seen):
        return finish(status, ResizePhase.CANCELLED, sentences([why, say("Nothing was changed.")]), now)
    held = _held(seen)
    if now >= begin_by(resize):
        words = sentences([say("It could not begin in time."), held, say("Nothing was changed.")])
        return finish(status, ResizePhase.EXPIRED, words, now)
    if held:
        waiting = replace(status, words=say("Waiting: {why}", why=held))
        return Wait(waiting, min(now + HELD_LOOK, begin_by(resize)))
    if new := [one for one in seen.other_code if one not in resize.spec.plan.other_code]:
        words = say(
            "The image tag of {names} means other code by now, which nobody agreed to ship.",
            names=commas(new),
        )
        words = sentences([words, say("Nothing was changed."), say("Ask again.")])
        return finish(status, ResizePhase.CANCELLED, words, now)
    words = say("Registering the new revision.")
    begun = replace(status, phase=ResizePhase.REGISTERING, began_at=now, words=words)
    return Register(replace(begun, acted_at=now))


def _held(seen: Observation) -> str:
    """What stands in the way for now, in a sentence."""
    if seen.is_read_only:
        return say("OOM_READ_ONLY is set: nothing is written to AWS.")
    return seen.held or (say("Another deployment is in progress.") if seen.is_deploying else "")


def register(resize: Resize, seen: Observation, now: datetime) -> Step:
    """An earlier attempt may have registered it: look first, wait until a lost answer must be visible, then try."""
    status = resize.status
    if seen.found is not None:
        return _adopt(resize, seen, seen.found, now)
    if now >= (status.began_at or now) + GIVE_UP:
        why = status.trouble or say("AWS gave no clear answer")
        words = say("The new revision could not be registered: {why}.", why=why)
        return finish(status, ResizePhase.FAILED, words, now)
    if status.new_revision_arn:
        return Wait(status, now + SOON)  # it is registered, and not to be described yet
    if in_flight(status, now):
        return Wait(status, now + SOON)
    if why := _overtaken(resize, seen):
        return finish(status, ResizePhase.CANCELLED, sentences([why, say("Nothing was changed.")]), now)
    return Register(replace(status, acted_at=now))


def _adopt(resize: Resize, seen: Observation, found: Found, now: datetime) -> Wait | Finish:
    status = replace(resize.status, new_revision_arn=found.arn)
    new = revision(found.arn)
    if found.differences:
        other = clauses(found.differences)
        words = say("{new} differs from the plan: {differences}.", new=new, differences=other)
        return finish(status, ResizePhase.FAILED, sentences([words, _left(resize, new)]), now)
    if (why := _overtaken(resize, seen)) and seen.current_arn != found.arn:
        return finish(status, ResizePhase.FAILED, sentences([why, _left(resize, new)]), now)
    deploying = replace(
        status,
        phase=ResizePhase.DEPLOYING,
        words=say("{new} is registered.", new=new),
        deploying_since=now,
        progressed_at=now,
        acted_at=None,
    )
    return Wait(deploying, now)


def _left(resize: Resize, new: str) -> str:
    """What becomes of the revision that nothing is moved to."""
    if resize.spec.plan.target.kind in (TargetKind.FAMILY, TargetKind.JOB):
        old = revision(old_arn(resize))
        return say("{new} is now the newest revision: name {old} where it is run.", new=new, old=old)
    return say("{new} stays registered, and nothing names it.", new=new)


def _overtaken(resize: Resize, seen: Observation) -> str:
    """Why the plan is no longer about what is there, in a sentence; "" where it is."""
    old = old_arn(resize)
    if seen.is_gone:
        return say("{name} was deleted meanwhile.", name=name(resize))
    if is_pinned(resize):
        if old in seen.pins.values():
            return ""
        return say(
            "Nothing of {name} names {old} any more: somebody changed it meanwhile.",
            name=name(resize),
            old=revision(old),
        )
    if seen.current_arn == old:
        return ""
    new = revision(seen.current_arn)
    if not new:
        return say("Somebody deployed something else to {name} meanwhile.", name=name(resize))
    return say("Somebody deployed {new} to {name} meanwhile.", new=new, name=name(resize))
