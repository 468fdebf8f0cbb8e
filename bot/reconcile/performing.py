"""Performing: do a resize's one writing step in AWS, and tell the audit trail before and after."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bot.aws import resize_writing
from bot.aws.calls import Calls
from bot.aws.resize_writing import NotNow, Overtaken, Pen, Refused, Unstoppable
from bot.domain import backoff, next_step
from bot.domain.audit import Deed, Entry
from bot.domain.ending import name, revision
from bot.domain.resize import Resize, ResizePhase, Status
from bot.domain.step import (
    Finish,
    MovePin,
    MoveService,
    Register,
    StopDeployment,
    Wait,
    Writing,
    registered,
    unstoppable,
)

LONGEST_S = 60.0
_SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: what to save next, and in what words. `is_unknown`: try again later, after a while."""

    step: Wait | Finish
    words: str
    is_unknown: bool = False


async def perform(calls: Calls, resize: Resize, step: Writing, now: datetime, *, tagged: bool) -> Done:
    """Do it. `resize` has the step's status, which was saved. Raises what only a mistake of ours can raise."""
    subject = resize.spec.plan.target.subject
    pen = Pen(calls, subject.account, subject.region, person(resize))
    try:
        async with asyncio.timeout(LONGEST_S):
            status = await _write(pen, resize, step, tagged=tagged)
    except Unstoppable as trouble:
        return Done(Wait(unstoppable(step.status), now), str(trouble))
    except Overtaken as trouble:
        return Done(Wait(step.status, now + _SOON), str(trouble))
    except Refused as trouble:
        return Done(next_step.refused(resize, str(trouble), now), str(trouble))
    except (NotNow, TimeoutError) as trouble:
        words = str(trouble) or "AWS gave no answer in time."
        return Done(Wait(step.status, now + backoff.after(2)), words, is_unknown=True)
    words = f"Registered as {status.new_revision_arn}." if isinstance(step, Register) else "Done."
    return Done(Wait(status, now), words)


def called(resize: Resize, step: Writing, now: datetime) -> Entry:
    """The entry before the call."""
    values = {key: value for key, value in msgspec.to_builtins(step).items() if key != "status"}
    return _entry(resize, Deed.CALLED, _words(resize, step), now, msgspec.json.encode(values).decode())


def answered(resize: Resize, done: Done, now: datetime) -> Entry:
    """The entry after it."""
    return _entry(resize, Deed.ANSWERED, done.words, now, "")


def person(resize: Resize) -> str:
    """In whose name AWS is changed: of who asked for it, or for the way back."""
    if resize.status.phase is ResizePhase.ROLLING_BACK and resize.status.rollback_by:
        return resize.status.rollback_by
    return resize.spec.requested_by


async def _write(pen: Pen, resize: Resize, step: Writing, *, tagged: bool) -> Status:
    match step:
        case Register():
            return registered(step.status, await resize_writing.register(pen, resize, tagged=tagged))
        case MoveService():
            await resize_writing.move_service(pen, resize, step)
        case MovePin():
            await resize_writing.move_pin(pen, step)
        case StopDeployment():
            await resize_writing.stop_deployment(pen, step)
    return step.status


def _words(resize: Resize, step: Writing) -> str:
    match step:
        case Register():
            return f"Register the planned revision of {name(resize)}."
        case MoveService():
            return f"Set {name(resize)} from {revision(step.from_arn)} to {revision(step.to_arn)}."
        case MovePin():
            return f"Have {step.pin} name {revision(step.to_arn)} instead of {revision(step.from_arn)}."
        case StopDeployment():
            return f"Have ECS roll back the deployment {step.deployment_arn.rpartition('/')[2]}."


def _entry(resize: Resize, deed: Deed, words: str, now: datetime, detail: str) -> Entry:
    return Entry(
        at=now,
        who=person(resize),
        deed=deed,
        words=words,
        subject=str(resize.spec.plan.target.subject),
        resize_id=resize.spec.id,
        detail=detail,
    )
